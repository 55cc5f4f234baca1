import Directory
import Foundation
import Reconciler
import Synchronization

/// What was asked for in the requests of the page, to be told while they go on and afterwards.
final class OmbudRequests: Sendable {
  struct Asked: Sendable {
    var id: String
    var provider: HSAIdentity
    var request: AgentRequest
    var actor: Actor
    var time: Date
  }

  /// How many are remembered.
  private static let most = 2_000
  private let asked = Mutex<[Asked]>([])

  func note(_ id: String, _ provider: HSAIdentity, _ request: AgentRequest, _ actor: Actor) {
    asked.withLock { asked in
      guard !asked.contains(where: { $0.id == id && $0.actor.key == actor.key }) else { return }
      asked.append(Asked(id: id, provider: provider, request: request, actor: actor, time: Date()))
      if asked.count > Self.most { asked.removeFirst() }
    }
  }

  func of(_ provider: HSAIdentity) -> [Asked] { asked.withLock { $0.filter { $0.provider == provider } } }

  subscript(id: String) -> Asked? { asked.withLock { $0.last { $0.id == id } } }
}

extension AgentRequest {
  func what(_ language: Language) -> String {
    switch self {
    case .take: language.say("Put a file in force and reconcile", "Sätt en fil i kraft och stäm av")
    case .reconcile: language.say("Reconcile", "Stäm av")
    case .approve: language.say("Approve a plan", "Godkänn en plan")
    case .cancel: language.say("Forget a plan", "Glöm en plan")
    case .plan: language.say("Plan", "Planera")
    default: route.rawValue
    }
  }
}
