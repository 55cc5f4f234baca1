import Foundation
import Glibc
import TestKit

/// All that commands under test say, in the file that `HSASYNC_TEST_TRANSCRIPT` names: afterwards `.ci/check-output` looks
/// in it for what nobody may be shown.
enum Transcript {
  private static let path = ProcessInfo.processInfo.environment["HSASYNC_TEST_TRANSCRIPT"]

  /// Adds what a command said, unless values are what it is for.
  static func add(_ arguments: [String], _ answer: Tool.Answer) {
    guard !holdsValues(arguments) else { return }
    add("$ hsasync \(arguments.joined(separator: " "))\n\(answer.output)\(answer.errors)")
  }

  /// Adds a file, such as an audit log.
  static func add(file: String) {
    guard path != nil, let text = try? String(contentsOfFile: file, encoding: .utf8) else { return }
    add("# \(file)\n\(text)")
  }

  private static func holdsValues(_ arguments: [String]) -> Bool {
    arguments.contains("export") || arguments.contains("ldif") || arguments.contains("--reveal")
  }

  /// One write for each piece: tests run side by side.
  private static func add(_ text: String) {
    guard let path else { return }
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }
}
