import Foundation

/// A folder of its own under the system's temporary folder, removed with all it holds when released.
package final class TemporaryFolder: Sendable {
  /// Where it lies. Short: the name of a Unix socket in it must fit in 107 octets.
  package let path: String

  package init() throws {
    var template = Array("/tmp/hsasync-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Failure("mkdtemp: \(String(cString: strerror(errno)))") }
    path = String(cString: made)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a name in the folder.
  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, making the folders above it, and returns its path.
  @discardableResult
  package func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  /// Writes a file, making the folders above it, and returns its path.
  @discardableResult
  package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = URL(filePath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  /// Makes a folder in the folder and returns its path.
  @discardableResult
  package func folder(_ name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    return path(name)
  }

  /// The text of a file in the folder; empty when there is none.
  package func text(_ name: String) -> String {
    String(decoding: (try? Data(contentsOf: URL(filePath: path(name)))) ?? Data(), as: UTF8.self)
  }
}

/// What went wrong in the test kit itself, for whoever reads the test's output.
package struct Failure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
