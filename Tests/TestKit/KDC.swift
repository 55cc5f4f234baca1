import Foundation

/// A private Kerberos realm on this machine: a KDC on a port of 127.0.0.1, and keytabs of its principals.
package final class KDC: Sendable {
  package static let realm = "EXAMPLE.TEST"

  /// Whether MIT Kerberos' server programs are installed.
  package static var isInstalled: Bool {
    ["krb5kdc", "kdb5_util", "kadmin.local"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: "/usr/sbin/\($0)")
    }
  }

  /// What client and server programs must have in their environment.
  package let environment: [String: String]
  private let folder: TemporaryFolder
  private let server: Server

  /// Makes a realm and starts its KDC.
  package init() async throws {
    folder = try TemporaryFolder()
    let port = try Loopback.freePort()
    try folder.write("krb5.conf", KDC.clientSettings(port))
    try folder.write("kdc.conf", KDC.serverSettings(port, folder.path))
    environment = ["KRB5_CONFIG": folder.path("krb5.conf"), "KRB5_KDC_PROFILE": folder.path("kdc.conf")]
    try await Tool.run(
      "/usr/sbin/kdb5_util", ["create", "-s", "-r", KDC.realm, "-P", "master"], environment: environment)
    server = try Server(
      "/usr/sbin/krb5kdc", ["-n"], environment: environment, log: folder.path("log"), folder: folder)
    let folder = folder
    try await eventually(within: .seconds(60), "the KDC's start") {
      folder.text("log").contains("commencing operation")
    }
  }

  deinit { server.stop() }

  /// Adds a principal with a random key and returns the path of its keytab.
  package func keytab(_ principal: String) async throws -> String {
    let path = folder.path("\(UUID().uuidString).keytab")
    for query in ["addprinc -randkey \(principal)", "ktadd -k \(path) \(principal)"] {
      try await Tool.run("/usr/sbin/kadmin.local", ["-r", KDC.realm, "-q", query], environment: environment)
    }
    return path
  }

  private static func clientSettings(_ port: UInt16) -> String {
    """
    [libdefaults]
      default_realm = \(realm)
      dns_lookup_kdc = false
      dns_lookup_realm = false
      dns_canonicalize_hostname = false
      rdns = false
      udp_preference_limit = 1
    [realms]
      \(realm) = {
        kdc = 127.0.0.1:\(port)
      }
    [domain_realm]
      127.0.0.1 = \(realm)

    """
  }

  private static func serverSettings(_ port: UInt16, _ folder: String) -> String {
    """
    [kdcdefaults]
      kdc_listen = 127.0.0.1:\(port)
      kdc_tcp_listen = 127.0.0.1:\(port)
    [realms]
      \(realm) = {
        database_name = \(folder)/principal
        key_stash_file = \(folder)/stash
        acl_file = \(folder)/kadm5.acl
        max_life = 1h
      }
    [logging]
      kdc = STDERR

    """
  }
}
