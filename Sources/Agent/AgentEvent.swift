import Foundation

/// Something that happened, for whoever listens: counts and HSA-ids of nobody.
package struct AgentEvent: Hashable, Sendable, Codable {
  package enum Name: String, Hashable, Sendable, Codable {
    case state, changed, planned, refused, applied, pushed, approved, desiredLoaded, desiredRefused,
      comparison
    case connected, disconnected, overdue
  }
  /// Grows by one with each event of this process.
  package var number: Int
  package var time: Date
  package var name: Name
  /// One sentence.
  package var message: String
  /// Figures by name, such as `changes`, `run`.
  package var figures: [String: Int]
  package var code: String?
}
