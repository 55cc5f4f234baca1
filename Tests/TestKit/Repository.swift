import Foundation

/// Where the checked-out repository lies: the tests run its samples, schemas and server configuration as they ship.
package enum Repository {
  /// The top folder.
  package static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The path of a file or folder in the repository.
  package static func path(_ relative: String) -> String { root.appending(path: relative).path }

  /// The bytes of a file in the repository.
  package static func bytes(_ relative: String) throws -> [UInt8] {
    Array(try Data(contentsOf: root.appending(path: relative)))
  }
}
