import Directory
import Reconciler

/// What can be asked for by `POST`, and where.
enum ControlRoute: String, CaseIterable, Hashable, Sendable {
  case plan = "plan"
  case reconcile = "reconcile"
  case apply = "apply"
  case undo = "undo"
  case take = "take"
  case pushRoles = "roles/push"
  case approve = "approve"
  case cancel = "cancel"
  case release = "release"
  case adopt = "adopt"

  var path: String { "/v1/" + rawValue }

  /// The members of a body that say what is asked for; those that any body may have are in ``OrderBody``.
  var members: Set<String> {
    switch self {
    case .plan, .reconcile: ["unit", "provider", "person"]
    case .apply, .approve, .cancel: ["code"]
    case .undo: ["run"]
    case .take: ["provider", "file"]
    case .pushRoles: []
    case .release, .adopt: ["hsaIdentity"]
    }
  }
}

extension AgentRequest {
  var route: ControlRoute {
    switch self {
    case .plan: .plan
    case .reconcile: .reconcile
    case .apply: .apply
    case .approve: .approve
    case .cancel: .cancel
    case .undo: .undo
    case .take: .take
    case .pushRoles: .pushRoles
    case .release: .release
    case .adopt: .adopt
    }
  }

  /// What a body says of it.
  var members: [String: CanonicalJSON] {
    switch self {
    case .plan(let extent), .reconcile(let extent): extent.members
    case .apply(let code): code.map { ["code": .string($0)] } ?? [:]
    case .approve(let code), .cancel(let code): ["code": .string(code)]
    case .undo(let run): ["run": .number(run)]
    case .take(let provider, let file): ["provider": .string(provider.text), "file": .number(file)]
    case .pushRoles: [:]
    case .release(let identity), .adopt(let identity): ["hsaIdentity": .string(identity.text)]
    }
  }

  /// Whether it writes nothing but what the store remembers.
  var isDry: Bool { if case .plan = self { true } else { false } }
}

extension AgentRequest.Extent {
  fileprivate var members: [String: CanonicalJSON] {
    switch self {
    case .whole: [:]
    case .unit(let identity): ["unit": .string(identity.text)]
    case .provider(let identity): ["provider": .string(identity.text)]
    case .person(let identity): ["person": .string(identity.text)]
    }
  }
}
