import Foundation

/// The `openssl` command, as another hand that makes certificates and lists.
struct OpenSSL {
  let folder: CardFolder

  init(_ folder: CardFolder) { self.folder = folder }

  struct Failure: Error { let text: String }

  /// Runs it in the folder and returns what it prints.
  @discardableResult func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder.path)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(text: text) }
    return text
  }

  func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder.path + "/" + name))
  }
}
