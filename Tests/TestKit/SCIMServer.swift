import Foundation

/// A private `scim2-server`, the SCIM 2.0 server of the package of that name on PyPI, on a port of 127.0.0.1.
///
/// It is installed once, in a virtual environment under the repository's build folder.
package final class SCIMServer: Sendable {
  /// What is installed; other versions are other servers.
  private static let packages = [
    "scim2-server==0.8.3", "scim2-models==0.12.3", "pydantic==2.14.3", "pydantic-core==2.50.4",
    "email-validator==2.4.0", "dnspython==2.9.2", "idna==3.20", "lark==1.3.1", "annotated-types==0.8.0",
    "typing-extensions==4.16.0", "typing-inspection==0.4.5",
  ]
  private static let environment = Repository.path(".build/scim2-venv")

  /// What it wants to see in each request.
  package let token = UUID().uuidString
  package let port: UInt16
  private let folder: TemporaryFolder
  private let server: Server

  /// Whether it can be tested against; always where `HSASYNC_REQUIRE_SCIM` is 1, so that a fault is one.
  package static var isAvailable: Bool {
    get async {
      if ProcessInfo.processInfo.environment["HSASYNC_REQUIRE_SCIM"] == "1" { return true }
      return await (try? installation.value) != nil
    }
  }

  private static let installation = Task { try await install() }

  /// Installs the server when it has not been; several test processes may come here at once.
  private static func install() async throws {
    try FileManager.default.createDirectory(
      atPath: Repository.path(".build"), withIntermediateDirectories: true)
    let lock = open(environment + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw Failure("the lock of scim2-server's installation cannot be opened") }
    defer { close(lock) }
    try await eventually(within: .seconds(300), "the lock of scim2-server's installation") {
      flock(lock, LOCK_EX | LOCK_NB) == 0
    }
    let mark = environment + "/installed"
    let wanted = packages.joined(separator: "\n")
    if (try? String(contentsOfFile: mark, encoding: .utf8)) == wanted { return }
    try? FileManager.default.removeItem(atPath: environment)
    try await Tool.run("python3", ["-m", "venv", environment])
    let options = ["install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"]
    try await Tool.run(environment + "/bin/pip", options + packages)
    try wanted.write(toFile: mark, atomically: true, encoding: .utf8)
  }

  /// Starts a server without any user.
  package init() async throws {
    try await SCIMServer.installation.value
    folder = try TemporaryFolder()
    for attempt in 1... {
      let port = try Loopback.freePort()
      let server = try Server(
        SCIMServer.environment + "/bin/python",
        [SCIMServer.environment + "/bin/scim2-server", "--port", "\(port)", "--bearer-token", token],
        log: folder.path("log"), folder: folder)
      if try await SCIMServer.listens(server, port) {
        (self.server, self.port) = (server, port)
        return
      }
      server.stop()
      guard attempt < 5 else { throw Failure("scim2-server does not start: \(folder.text("log"))") }
    }
    throw Failure("unreachable")
  }

  deinit { server.stop() }

  private static func listens(_ server: Server, _ port: UInt16) async throws -> Bool {
    var isReady = false
    try await eventually(within: .seconds(120), "scim2-server's start") {
      if let descriptor = try? Loopback.connect(port: port) {
        close(descriptor)
        isReady = true
      }
      return isReady || server.hasEnded
    }
    return isReady
  }
}
