import Foundation
import TestKit

/// A slapd prepared by `conf/slapd/prepare`, as an operator's would be: access rules, limits, indices, overlays, and
/// every write on the disk before it is answered.
final class PreparedServer {
  static let base = Region.base
  static let agent = "cn=hsasync,ou=System,\(base)"

  let folder: TemporaryFolder
  /// The file that holds the agent's password and nothing else.
  var passwordFile: String { folder.path("slapd/secrets/agent") }
  private(set) var port: UInt16 = 0
  private var server: Server?

  /// Loads a directory; ``start()`` starts the server.
  init(content: String) async throws {
    folder = try TemporaryFolder()
    try await Tool.run(Repository.path("conf/slapd/prepare"), [folder.path("slapd"), content])
  }

  deinit { server?.stop() }

  var url: String { "ldap://127.0.0.1:\(port)" }

  /// Starts the server on the content that it was loaded with; what an earlier start has written is kept.
  func start() async throws {
    for _ in 1...5 {
      port = try Loopback.freePort()
      let socket = folder.path("ldapi")
      let addresses = "ldapi://\(socket.replacing("/", with: "%2F")) \(url)"
      let server = try Server(
        "/usr/sbin/slapd", ["-f", folder.path("slapd/slapd.conf"), "-h", addresses, "-d", "0"],
        log: folder.path("slapd.log"), folder: folder)
      if try await isReady(server, socket) {
        self.server = server
        return
      }
    }
    throw Failure("slapd does not start: \(folder.text("slapd.log"))")
  }

  private func isReady(_ server: Server, _ socket: String) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
    while !server.hasEnded, ContinuousClock.now < deadline {
      if Loopback.answersLDAP(socketPath: socket) { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }

  /// Ends the server properly, so that its databases may be copied.
  func stop() {
    server?.stop(SIGINT)
    server = nil
  }

  /// Keeps the databases as they are now for ``restore()``; the server must not run.
  func keep() async throws {
    for name in ["data", "log"] {
      try await Tool.run("cp", ["-a", "--sparse=always", folder.path("slapd/\(name)"), folder.path(name)])
    }
  }

  /// Lends the URL of the server with its content as it was when it was kept.
  ///
  /// - Parameter delay: of the line to it, each way.
  func afresh(over delay: Duration = .zero, _ body: (String) async throws -> Double) async throws -> Double {
    try await restore()
    try await start()
    defer { stop() }
    guard delay > .zero else { return try await body(url) }
    let line = try DelayLine(to: port, delay: delay)
    defer { line.close() }
    return try await body("ldap://127.0.0.1:\(line.port)")
  }

  /// Puts the databases back as they were.
  func restore() async throws {
    for name in ["data", "log"] {
      try FileManager.default.removeItem(atPath: folder.path("slapd/\(name)"))
      try await Tool.run("cp", ["-a", "--sparse=always", folder.path(name), folder.path("slapd/\(name)")])
    }
  }
}
