import Foundation
import Reconciler

/// What the agent notes in the index: it goes with it when the index is begun anew.
enum IndexNote: String {
  /// The digest of the desired state that the whole was last found to agree with.
  case settled
  /// How its files lay then (``DesiredSet/stamps``), under which configuration.
  case stamps
  /// Up to when dates have been looked at.
  case boundaries
  /// When everything was last compared.
  case comparison
}

extension TreeIndex {
  func text(_ note: IndexNote) throws -> String? {
    try value(note.rawValue).map { String(decoding: $0, as: UTF8.self) }
  }

  func set(_ note: IndexNote, _ text: String) throws { try set(note.rawValue, Data(text.utf8)) }

  func date(_ note: IndexNote) throws -> Date? {
    try text(note).flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0) }
  }

  func set(_ note: IndexNote, _ date: Date) throws { try set(note, "\(date.timeIntervalSince1970)") }
}
