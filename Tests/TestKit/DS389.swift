import Foundation
import LDAP

/// A private 389 Directory Server on a temporary folder of its own; gone when released.
///
/// It is started without its installer `dscreate`, which writes to /etc, /var and systemd: the configuration is made
/// from the templates that the installer fills in, with every path in the folder, and nothing outside is touched. The
/// schema is the shipped one, the accounts are those of `conf/slapd`, the rules those of `conf/389ds`.
package final class DirectoryServer389: Sendable {
  /// Whether it can be started here.
  package static var isInstalled: Bool {
    [program, "/usr/bin/pwdhash", templates + "template-dse.ldif"].allSatisfy {
      FileManager.default.fileExists(atPath: $0)
    }
  }

  private static let program = "/usr/sbin/ns-slapd"
  private static let templates = "/usr/share/dirsrv/data/"
  private static let rootDN = "cn=Directory Manager"

  /// Where it keeps its files.
  package let folder: TemporaryFolder
  /// The URL of the Unix socket.
  package let ldapi: String
  /// The URL of the plain-text port on 127.0.0.1.
  package let ldap: String
  private let server: Server

  /// Starts the server and loads the content over LDAP, so that every entry gets its entryUUID; an import gives none.
  ///
  /// - Parameter syncs: whether it offers content sync (RFC 4533), which it does not by itself.
  package init(_ content: Slapd.Content = .base, syncs: Bool = false) async throws {
    folder = try TemporaryFolder()
    ldapi = "ldapi://" + folder.path("ldapi").replacing("/", with: "%2F")
    (server, ldap) = try await Self.start(folder, syncs: syncs)
    try await load(content)
  }

  deinit { server.stop() }

  /// The password of an account: `agent`, `admin`, `siths` or `reader`.
  package func password(of account: String) -> String { folder.text("secrets/\(account)") }

  /// How to bind as the agent.
  package var agent: BindMethod { get throws { try bind("agent", Slapd.agentDN) } }

  /// How to bind as the one to whom no rule applies: to set a test up and to look at what came of it.
  package var root: BindMethod { get throws { try bind("root", Self.rootDN) } }

  private func bind(_ account: String, _ dn: String) throws -> BindMethod {
    .simple(dn: dn, password: try Secret(Array(password(of: account).utf8)))
  }

  /// A connection over the Unix socket, bound as the agent unless told otherwise.
  package func connection(_ bind: BindMethod? = nil) async throws -> LDAPConnection {
    try await LDAPConnection.open(LDAPConfiguration(urls: [try LDAPURL(ldapi)]), bind: try bind ?? agent)
  }

  /// Changes entries as Directory Manager, from LDIF.
  package func change(_ ldif: String, _ options: [String] = []) async throws {
    try await Tool.run(
      "ldapmodify",
      ["-H", ldapi, "-x", "-D", Self.rootDN, "-y", folder.path("secrets/root")] + options, input: ldif)
  }

  /// Changes how many entries the agent may read at once, and by pages; a new connection knows it.
  package func limitAgent(to entries: Int, pages: Int) async throws {
    try await change(
      """
      dn: \(Slapd.agentDN)
      changetype: modify
      replace: nsSizeLimit
      nsSizeLimit: \(entries)
      -
      replace: nsPagedSizeLimit
      nsPagedSizeLimit: \(pages)

      """)
  }
}

// How it is set up.
extension DirectoryServer389 {
  private static let folders = [
    "config/schema", "secrets", "db", "dbhome", "ldif", "bak", "log", "run", "lock", "tmp", "inst",
  ]

  private static func start(_ folder: TemporaryFolder, syncs: Bool) async throws -> (Server, ldap: String) {
    for attempt in 1... {
      let port = try Loopback.freePort()
      try await prepare(folder, port: port, syncs: syncs)
      let server = try Server(
        program, ["-D", folder.path("config"), "-i", folder.path("run/pid"), "-d", "0"],
        log: folder.path("log/output"), folder: folder)
      if try await isReady(server, folder) { return (server, "ldap://127.0.0.1:\(port)") }
      // Most likely another process took the port between our look and the server's bind.
      guard attempt < 5 else { throw Failure("ns-slapd does not start: \(folder.text("log/errors"))") }
    }
    throw Failure("unreachable")
  }

  private static func prepare(_ folder: TemporaryFolder, port: UInt16, syncs: Bool) async throws {
    for name in folders { try folder.folder(name) }
    for file in ["certmap.conf", "slapd-collations.conf"] {
      let bytes = try Data(contentsOf: URL(filePath: "/etc/dirsrv/config/\(file)"))
      try folder.write("config/\(file)", Array(bytes))
    }
    let schema = String(decoding: try Repository.bytes("schemas/hsa.schema"), as: UTF8.self)
    try folder.write("config/schema/98hsa.ldif", try DS389Schema.ldif(slapdSchema: schema))
    for account in ["root", "agent", "admin", "siths", "reader"] {
      try folder.write("secrets/\(account)", UUID().uuidString)
    }
    var settings = try await configuration(folder, port: port)
    if syncs {
      let more = "nsslapd-attribute: nsuniqueid:targetUniqueId\n"
      try turnOn("Retro Changelog Plugin", more, in: &settings)
      try turnOn("Content Synchronization", "", in: &settings)
    }
    try folder.write("config/dse.ldif", settings)
  }

  /// The installer's templates filled in, and the plug-in that gives entries an entryUUID.
  private static func configuration(_ folder: TemporaryFolder, port: UInt16) async throws -> String {
    let hash = try await Tool.run("/usr/bin/pwdhash", ["-s", "SSHA512", folder.text("secrets/root")]).output
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let user = NSUserName()
    let values = [
      "schema_dir": folder.path("config/schema"), "lock_dir": folder.path("lock"),
      "tmp_dir": folder.path("tmp"),
      "cert_dir": folder.path("config"), "config_dir": folder.path("config"), "ldif_dir": folder.path("ldif"),
      "bak_dir": folder.path("bak"), "run_dir": folder.path("run"), "inst_dir": folder.path("inst"),
      "log_dir": folder.path("log"), "db_dir": folder.path("db"), "db_home_dir": folder.path("dbhome"),
      "db_lib": "bdb", "fqdn": "localhost", "ds_port": "\(port)\nnsslapd-listenhost: 127.0.0.1",
      "ds_user": user, "rootdn": rootDN, "ds_passwd": hash, "instance_name": "hsasync", "ds_suffix": "c=SE",
      "ds_bename": "userRoot", "ldapi_enabled": "on", "ldapi": folder.path("ldapi"), "ldapi_autobind": "off",
    ]
    let text = try ["template-dse.ldif", "template-suffix-db.ldif"].map { name in
      var text = try String(contentsOfFile: templates + name, encoding: .utf8)
      for (key, value) in values { text = text.replacing("%\(key)%", with: value) }
      return text.trimmingCharacters(in: .newlines)
    }
    let uuid = [("entryuuid_syntax", "syntax"), ("entryuuid", "betxnpreoperation")].map(plugin)
    return (text + uuid).joined(separator: "\n\n") + "\n"
  }

  /// Turns a plug-in of the templates on, with further settings.
  private static func turnOn(_ plugin: String, _ more: String, in settings: inout String) throws {
    let off = "nsslapd-pluginenabled: off\n"
    guard let name = settings.range(of: "cn: \(plugin)\n"),
      let place = settings.range(of: off, range: name.upperBound..<settings.endIndex)
    else { throw Failure("the templates have no \(plugin)") }
    settings.replaceSubrange(place, with: "nsslapd-pluginenabled: on\n\(more)")
  }

  /// What the server adds to its own configuration too late, at the end of its first start.
  private static func plugin(_ name: String, type: String) -> String {
    """
    dn: cn=\(name),cn=plugins,cn=config
    objectclass: top
    objectclass: nsSlapdPlugin
    cn: \(name)
    nsslapd-pluginpath: lib\(name.replacing("_", with: "-"))-plugin
    nsslapd-plugininitfunc: \(name)_plugin_init
    nsslapd-plugintype: \(type)
    nsslapd-pluginenabled: on
    nsslapd-pluginId: \(name)
    nsslapd-pluginVersion: none
    nsslapd-pluginVendor: 389 Project
    nsslapd-pluginDescription: \(name)
    """
  }

  private static func isReady(_ server: Server, _ folder: TemporaryFolder) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(90))
    while !server.hasEnded {
      if Loopback.answersLDAP(socketPath: folder.path("ldapi")) { return true }
      guard ContinuousClock.now < deadline else {
        throw Failure("ns-slapd does not answer: \(folder.text("log/errors"))")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  private func load(_ content: Slapd.Content) async throws {
    var accounts = String(decoding: try Repository.bytes("conf/slapd/accounts.ldif"), as: UTF8.self)
    for account in ["agent", "admin", "siths", "reader"] {
      accounts = accounts.replacing("@\(account.uppercased())_PASSWORD@", with: password(of: account))
    }
    let text: String =
      switch content {
      case .text(let text): text
      case .file(let path): try String(contentsOfFile: path, encoding: .utf8)
      }
    try await change(text + "\n\n" + accounts, ["-a"])
    try await change(String(decoding: try Repository.bytes("conf/389ds/access.ldif"), as: UTF8.self))
  }
}
