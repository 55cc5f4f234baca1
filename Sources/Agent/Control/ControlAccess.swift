import Directory
import Glibc
import Reconciler

/// Whom the agent listens to.
struct ControlAccess: Sendable {
  let settings: DaemonSettings.Control
  /// The persons behind accounts (``OmbudSettings/accounts``).
  var persons: [String: HSAIdentity] = [:]

  /// - Returns: `nil` for whom the configuration does not list as operator or reader.
  func caller(_ peer: ControlPeer) -> Caller? {
    role(of: peer.uid).map { Caller(actor: actor(of: peer), role: $0) }
  }

  /// Whoever asks, with the HSA-id where the configuration tells it: with a card and with an account they are one person.
  func actor(of peer: ControlPeer) -> Actor {
    var actor = peer.actor
    actor.person = persons[actor.user]?.normalForm
    return actor
  }

  /// The person behind an account, where nobody else has become its user.
  func person(behind peer: ControlPeer) -> HSAIdentity? {
    guard let name = NameService.user(peer.uid)?.name, name == peer.actor.user else { return nil }
    return persons[name]
  }

  private func role(of uid: UInt32) -> Caller.Role? {
    // Root may read and write all that the agent may, with or without it.
    if uid == 0 { return .operator }
    let account = Account(uid)
    if settings.operators.contains(where: account.isMeant) { return .operator }
    return settings.readers.contains(where: account.isMeant) ? .reader : nil
  }
}

/// A user as the system knows them (nsswitch.conf(5)).
private struct Account {
  private let uid: UInt32
  private let name: String?
  private let groups: [gid_t]

  init(_ uid: UInt32) {
    self.uid = uid
    guard let (name, first) = NameService.user(uid) else {
      (self.name, groups) = (nil, [])
      return
    }
    self.name = name
    groups = NameService.groups(of: name, first: first)
  }

  /// Whether a word of the configuration means this user: a name, a number, or a group after `@`.
  func isMeant(_ word: String) -> Bool {
    guard word.hasPrefix("@") else { return word == name || word == String(uid) }
    return NameService.group(String(word.dropFirst())).map(groups.contains) == true
  }
}

/// What somebody wants to know or have done.
enum ControlQuestion: Hashable, Sendable {
  case status, runs, events
  case explain(HSAIdentity)
  case order(AgentRequest)

  /// Whom or what it is about; `nil`: all of the catalogue, or nobody.
  fileprivate var identity: HSAIdentity? {
    switch self {
    case .explain(let identity): identity
    case .order(.plan(let extent)), .order(.reconcile(let extent)):
      switch extent {
      case .whole: nil
      case .unit(let identity), .provider(let identity), .person(let identity): identity
      }
    case .order(.release(let identity)), .order(.adopt(let identity)): identity
    case .order(.take(let provider, _)): provider
    case .status, .runs, .events, .order: nil
    }
  }

  fileprivate var role: Caller.Role {
    if case .order(let request) = self, !request.isDry { .operator } else { .reader }
  }
}

extension Caller {
  /// Why the caller may not ask this; `nil`: they may. The one place where role and scope are judged.
  ///
  /// Whoever has a scope gets nothing beyond it, and the same words whether or not there is anything.
  func refusal(of question: ControlQuestion) -> Refusal? {
    if role < question.role {
      return Refusal(
        .callerNotPermitted, .notPermitted, "\(actor.user) may look, and not have anything written",
        advice: "be listed under `control.operators` in the configuration")
    }
    guard let scope else { return nil }
    switch question {
    // Whose plan it is shows when it is looked at.
    case .order(.approve), .order(.cancel): return nil
    case .order(.plan(.provider(let provider))), .order(.reconcile(.provider(let provider))),
      .order(.take(let provider, _)):
      if scope.contains(provider) { return nil }
    default: break
    }
    return Refusal(
      .callerNotPermitted, .notPermitted, "this is not within what \(actor.user) answers for",
      advice: "ask for a care provider of your own")
  }
}
