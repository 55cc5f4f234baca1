import Foundation

/// A private slapd, set up as `conf/slapd` ships it, on a temporary folder of its own; gone when released.
///
/// It listens on a Unix socket, and on request on 127.0.0.1 as `ldap` and `ldaps`. Any number of them run side by
/// side. The agent under test binds as ``Slapd/agentDN``: access rules and limits are those of the shipped files.
package final class Slapd: Sendable {
  /// What the catalogue holds when the server starts, loaded by `slapadd`.
  package enum Content: Sendable {
    /// LDIF content records.
    case text(String)
    /// A file of LDIF content records.
    case file(String)

    /// The top of a catalogue with nothing below it: `conf/slapd/base.ldif`.
    package static var base: Content { .file(Repository.path("conf/slapd/base.ldif")) }
    /// The sample region, the top included: `conf/region/directory.ldif`.
    package static var region: Content { .file(Repository.path("conf/region/directory.ldif")) }
  }

  /// What the server is set up with beyond the shipped files.
  package struct Options: Sendable {
    /// Whether it listens on 127.0.0.1 in plain text (and with StartTLS, when it has a certificate).
    package var listensOnTCP = false
    /// The server's certificate; with one it listens on 127.0.0.1 with TLS from the start.
    package var tls: ServerTLS?
    /// slapd's log level (`-d`), such as `stats`; its log is ``Slapd/log``.
    package var logLevel = "0"
    /// Lines of slapd.conf before the databases.
    package var globalLines = ""
    /// Lines of slapd.conf at the end of the catalogue's own.
    package var databaseLines = ""
    /// Stretches of the shipped slapd.conf (paths filled in) that are replaced, for servers set up otherwise; each must be there.
    package var edits: [(shipped: String, instead: String)] = []
    /// Environment variables of the server.
    package var environment: [String: String] = [:]

    package init() {}
  }

  /// A server's certificate and what it asks of its clients.
  package struct ServerTLS: Sendable {
    package var certificate: String
    package var key: String
    package var ca: String
    /// Whether a client must show a certificate of the CA: slapd's `TLSVerifyClient`.
    package var verifiesClient = "never"
    /// GnuTLS priority string (slapd's `TLSCipherSuite`).
    package var priority: String?

    package init(certificate: String, key: String, ca: String) {
      self.certificate = certificate
      self.key = key
      self.ca = ca
    }

    fileprivate var lines: String {
      """
      TLSCertificateFile \(certificate)
      TLSCertificateKeyFile \(key)
      TLSCACertificateFile \(ca)
      TLSVerifyClient \(verifiesClient)
      \(priority.map { "TLSCipherSuite \($0)" } ?? "")
      """
    }
  }

  /// The top of the catalogue that the sample region lies in.
  package static let suffix = "o=Region Exempel,c=SE"
  /// The agent under test.
  package static let agentDN = "cn=hsasync,ou=System,o=Region Exempel,c=SE"
  /// The catalogue's administrator, whom the access rules let do everything: to set up a test and to look at what came of it.
  package static let adminDN = "cn=katalogadmin,ou=System,o=Region Exempel,c=SE"
  /// What publishes certificates into the same entries.
  package static let sithsDN = "cn=siths,ou=System,o=Region Exempel,c=SE"
  /// Anybody else with a password; limited to 100 entries a search.
  package static let readerDN = "cn=reader,ou=System,o=Region Exempel,c=SE"

  /// Where it keeps its files.
  package let folder: TemporaryFolder
  /// The URL of the Unix socket.
  package let ldapi: String
  /// The URL of the plain-text port; `nil` unless asked for.
  package let ldap: String?
  /// The URL of the TLS port; `nil` unless asked for.
  package let ldaps: String?
  private let server: Server

  /// Loads the content and starts the server; returns when it answers.
  package init(_ content: [Content] = [.base], options: Options = Options()) async throws {
    folder = try TemporaryFolder()
    try await Slapd.prepare(content, options, in: folder)
    for attempt in 1... {
      let port = try options.listensOnTCP ? Loopback.freePort() : nil
      let tlsPort = try options.tls != nil ? Loopback.freePort() : nil
      let urls = [
        "ldapi://" + folder.path("ldapi").replacing("/", with: "%2F"), port.map { "ldap://127.0.0.1:\($0)" },
        tlsPort.map { "ldaps://127.0.0.1:\($0)" },
      ]
      let arguments = [
        "-f", folder.path("state/slapd.conf"), "-h", urls.compactMap(\.self).joined(separator: " "),
        "-d", options.logLevel,
      ]
      let server = try Server(
        "/usr/sbin/slapd", arguments, environment: options.environment, log: folder.path("log"),
        folder: folder)
      if try await Slapd.isReady(server, folder) {
        self.server = server
        (ldapi, ldap, ldaps) = (urls[0] ?? "", urls[1], urls[2])
        return
      }
      // Most likely another process took the port between our look and slapd's bind.
      guard attempt < 5 else { throw Failure("slapd does not start: \(folder.text("log"))") }
    }
    throw Failure("unreachable")
  }

  deinit { server.stop() }

  /// What slapd has written to its log so far.
  package var log: String { folder.text("log") }

  /// The process id.
  package var pid: pid_t { server.pid }

  /// The file that holds the agent's password, for configurations that name a file.
  package var agentPasswordFile: String { folder.path("state/secrets/agent") }

  /// The password of an account, each server's own: `agent`, `admin`, `siths` or `reader`.
  package func password(of account: String) -> String { folder.text("state/secrets/\(account)") }

  /// Sends a signal: `SIGSTOP` freezes the server, `SIGCONT` lets it go on.
  package func signal(_ number: Int32) { server.signal(number) }

  /// Ends the server at once.
  package func stop() { server.stop() }

  private static func isReady(_ server: Server, _ folder: TemporaryFolder) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(30))
    while !server.hasEnded {
      if Loopback.answersLDAP(socketPath: folder.path("ldapi")) { return true }
      guard ContinuousClock.now < deadline else {
        throw Failure("slapd does not answer: \(folder.text("log"))")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }

  private static func prepare(
    _ content: [Content], _ options: Options, in folder: TemporaryFolder
  ) async throws {
    var files: [String] = []
    for (index, item) in content.enumerated() {
      switch item {
      case .file(let path): files.append(path)
      case .text(let text): files.append(try folder.write("content\(index).ldif", text))
      }
    }
    let global = [options.tls?.lines ?? "", options.globalLines].joined(separator: "\n")
    try await Tool.run(
      Repository.path("conf/slapd/prepare"), [folder.path("state")] + files,
      environment: ["SLAPD_TLS": global])
    guard !options.databaseLines.isEmpty || !options.edits.isEmpty else { return }
    var text = folder.text("state/slapd.conf")
    for edit in options.edits {
      guard text.contains(edit.shipped) else { throw Failure("slapd.conf has no \(edit.shipped)") }
      text = text.replacing(edit.shipped, with: edit.instead)
    }
    try folder.write("state/slapd.conf", "\(text)\n\(options.databaseLines)\n")
  }
}
