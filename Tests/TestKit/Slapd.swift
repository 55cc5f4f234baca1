import Foundation

/// A private slapd on a temporary folder: its own database, its own socket, gone when released.
///
/// It listens on a Unix socket, and on request on 127.0.0.1 as `ldap` and `ldaps`. Any number of them run side by
/// side; one takes about 60 ms from start to its first answer.
package final class Slapd: Sendable {
  /// What the database holds when the server starts, loaded by `slapadd`.
  package enum Content: Sendable {
    /// LDIF content records.
    case text(String)
    /// A file of LDIF content records.
    case file(String)
  }

  /// What the server is set up with.
  package struct Options: Sendable {
    /// Whether it listens on 127.0.0.1 in plain text (and with StartTLS, when it has a certificate).
    package var listensOnTCP = false
    /// The server's certificate; with one it listens on 127.0.0.1 with TLS from the start.
    package var tls: ServerTLS?
    /// slapd's log level (`-d`), such as `stats`; its log is ``Slapd/log``.
    package var logLevel = "0"
    /// Lines of slapd.conf before the database.
    package var globalLines = ""
    /// Lines of slapd.conf after the database's own.
    package var databaseLines = ""

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
  }

  package static let suffix = "o=Region Exempel,c=SE"
  /// The directory's own administrator. Never bind the agent as this one: it skips ACLs and limits.
  package static let rootDN = "cn=root,o=Region Exempel,c=SE"
  package static let rootPassword = "root-secret"
  /// The agent under test.
  package static let agentDN = "cn=hsasync,o=Region Exempel,c=SE"
  package static let agentPassword = "agent-secret"

  /// The entry that every other lies below, and the agent's own.
  package static let base = """
    dn: o=Region Exempel,c=SE
    objectClass: organization
    o: Region Exempel

    dn: cn=hsasync,o=Region Exempel,c=SE
    objectClass: applicationProcess
    objectClass: simpleSecurityObject
    cn: hsasync
    userPassword: agent-secret


    """

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
  package init(_ content: [Content] = [.text(Slapd.base)], options: Options = Options()) async throws {
    folder = try TemporaryFolder()
    try Slapd.writeConfiguration(options, in: folder)
    try await Slapd.load(content, in: folder)
    for attempt in 1... {
      let port = try options.listensOnTCP ? Loopback.freePort() : nil
      let tlsPort = try options.tls != nil ? Loopback.freePort() : nil
      let urls = [
        "ldapi://" + folder.path("ldapi").replacing("/", with: "%2F"), port.map { "ldap://127.0.0.1:\($0)" },
        tlsPort.map { "ldaps://127.0.0.1:\($0)" },
      ]
      let arguments = [
        "-f", folder.path("slapd.conf"), "-h", urls.compactMap(\.self).joined(separator: " "),
        "-d", options.logLevel,
      ]
      let server = try Server("/usr/sbin/slapd", arguments, log: folder.path("log"), folder: folder)
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

  private static func load(_ content: [Content], in folder: TemporaryFolder) async throws {
    for item in content {
      let file =
        switch item {
        case .file(let path): path
        case .text(let text): try folder.write("content.ldif", text)
        }
      try await Tool.run("/usr/sbin/slapadd", ["-q", "-f", folder.path("slapd.conf"), "-l", file])
    }
  }

  private static func writeConfiguration(_ options: Options, in folder: TemporaryFolder) throws {
    try folder.folder("database")
    try folder.write("slapd.conf", configuration(options, in: folder))
  }

  private static func configuration(_ options: Options, in folder: TemporaryFolder) -> String {
    let schemas = ["core", "cosine", "inetorgperson"].map { "include /etc/ldap/schema/\($0).schema" }
    var tls: [String] = []
    if let server = options.tls {
      tls = [
        "TLSCertificateFile \(server.certificate)", "TLSCertificateKeyFile \(server.key)",
        "TLSCACertificateFile \(server.ca)", "TLSVerifyClient \(server.verifiesClient)",
      ]
      if let priority = server.priority { tls.append("TLSCipherSuite \(priority)") }
    }
    return """
      \(schemas.joined(separator: "\n"))
      pidfile \(folder.path("slapd.pid"))
      modulepath /usr/lib/ldap
      moduleload back_mdb
      moduleload syncprov
      \(tls.joined(separator: "\n"))
      authz-regexp "gidNumber=.*,cn=peercred,cn=external,cn=auth" "\(agentDN)"
      \(options.globalLines)
      database mdb
      suffix "\(suffix)"
      rootdn "\(rootDN)"
      rootpw \(rootPassword)
      directory \(folder.path("database"))
      maxsize 4294967296
      dbnosync
      index objectClass,entryCSN,entryUUID eq
      limits dn.exact="\(agentDN)" size=unlimited time=unlimited
      access to attrs=userPassword by dn.exact="\(agentDN)" write by anonymous auth
      access to * by dn.exact="\(agentDN)" write by * read
      overlay syncprov
      \(options.databaseLines)

      """
  }
}
