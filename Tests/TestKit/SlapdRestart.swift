import Foundation

extension Slapd {
  /// Starts it again with what is on its disk, after it was stopped; the new process lives as long as the answer is held.
  package func startAgain() async throws -> Server {
    let urls = [ldapi, ldap, ldaps].compactMap(\.self).joined(separator: " ")
    let server = try Server(
      "/usr/sbin/slapd", ["-f", folder.path("state/slapd.conf"), "-h", urls, "-d", "0"],
      log: folder.path("log"), folder: folder)
    try await eventually("slapd's first answer") { Loopback.answersLDAP(socketPath: folder.path("ldapi")) }
    return server
  }
}
