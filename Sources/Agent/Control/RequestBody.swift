import Directory
import Reconciler

/// What is sent with a request: strict, so that a misspelled word is not taken for its absence.
struct RequestBody: Hashable, Sendable {
  /// The largest that is read, in octets.
  static let largest = 64 << 10
  /// The longest reason, in characters.
  static let longestReason = 1_000
  var order: AgentOrder
  /// Whether the answer is waited for.
  var waits: Bool

  /// As a client writes it.
  static func text(of order: AgentOrder, waits: Bool) -> String {
    var members = order.request.members
    members["reason"] = order.reason.map { .string($0) }
    members["language"] = .string(order.language.rawValue)
    members["detail"] = .string(order.detail.name)
    members["allOrNothing"] = order.isAllOrNothing ? true : nil
    members["wait"] = .bool(waits)
    return CanonicalJSON.object(members).text
  }
}
