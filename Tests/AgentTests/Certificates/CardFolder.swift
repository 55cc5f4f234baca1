import Foundation

/// A folder of a test's own, removed at the end of its life.
final class CardFolder: Sendable {
  let path: String

  init() throws {
    let place = FileManager.default.temporaryDirectory.appending(path: "cards-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    path = place.path()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
