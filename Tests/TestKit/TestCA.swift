import Foundation

/// A certificate authority of a test's own, made with the `openssl` program in a temporary folder.
package final class TestCA: Sendable {
  /// A certificate and its key, PEM files.
  package struct Identity: Sendable {
    package let certificate: String
    package let key: String
    fileprivate let name: String
  }

  /// What a certificate is to be like.
  package struct Request: Sendable {
    /// The subject, as `openssl req -subj` takes it.
    package var subject = "/CN=server"
    /// The subjectAltName extension, such as `IP:127.0.0.1,DNS:ek.example.org`; `nil` for none.
    package var alternativeNames: String? = "IP:127.0.0.1"
    /// Validity in days from now; both may be negative.
    package var days: ClosedRange<Int> = -1...30

    package init() {}
  }

  /// The authority's own certificate, a PEM file.
  package let certificate: String
  private let folder: TemporaryFolder

  /// Makes an authority with a key of its own.
  package init(name: String = "Test CA") async throws {
    folder = try TemporaryFolder()
    certificate = folder.path("ca.pem")
    try folder.write("ca.cnf", TestCA.settings(folder.path))
    try folder.write("index.txt", "")
    try folder.write("serial", "1000\n")
    try folder.write("crlnumber", "01\n")
    try await run([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
      "-subj", "/CN=\(name)",
      "-keyout", "ca.key", "-out", "ca.pem", "-extensions", "authority", "-config", "ca.cnf",
    ])
  }

  /// Issues a certificate.
  package func issue(_ request: Request = Request()) async throws -> Identity {
    let name = UUID().uuidString
    try await run([
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", request.subject,
      "-keyout", "\(name).key",
      "-out", "\(name).csr", "-config", "ca.cnf",
    ])
    let names = request.alternativeNames.map { "subjectAltName = \($0)" } ?? ""
    try folder.write(
      "\(name).ext",
      "[leaf]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth, clientAuth\n\(names)\n")
    try await run([
      "ca", "-batch", "-config", "ca.cnf", "-in", "\(name).csr", "-out", "\(name).pem", "-notext", "-extfile",
      "\(name).ext", "-extensions", "leaf", "-startdate", TestCA.time(request.days.lowerBound), "-enddate",
      TestCA.time(request.days.upperBound),
    ])
    return Identity(certificate: folder.path("\(name).pem"), key: folder.path("\(name).key"), name: name)
  }

  /// Puts a certificate on the revocation list.
  package func revoke(_ identity: Identity) async throws {
    try await run(["ca", "-batch", "-config", "ca.cnf", "-revoke", identity.certificate])
  }

  /// Writes the revocation list, valid until so many days from now, and returns its path.
  package func revocationList(days: Int = 10) async throws -> String {
    let name = "crl-\(UUID().uuidString).pem"
    try await run([
      "ca", "-batch", "-config", "ca.cnf", "-gencrl", "-crl_lastupdate", TestCA.time(min(-1, days - 1)),
      "-crl_nextupdate",
      TestCA.time(days), "-out", name,
    ])
    return folder.path(name)
  }

  /// What a private slapd needs to serve TLS with a certificate of this authority.
  package func server(_ request: Request = Request()) async throws -> Slapd.ServerTLS {
    let identity = try await issue(request)
    return Slapd.ServerTLS(certificate: identity.certificate, key: identity.key, ca: certificate)
  }

  private func run(_ arguments: [String]) async throws {
    try await Tool.run("openssl", arguments, in: folder.path)
  }

  private static func time(_ days: Int) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyyMMddHHmmss'Z'"
    return formatter.string(from: Date().addingTimeInterval(Double(days) * 86_400))
  }

  private static func settings(_ folder: String) -> String {
    """
    [req]
    distinguished_name = name
    [name]
    [authority]
    basicConstraints = critical, CA:TRUE
    keyUsage = critical, keyCertSign, cRLSign
    subjectKeyIdentifier = hash
    [ca]
    default_ca = here
    [here]
    dir = \(folder)
    database = \(folder)/index.txt
    serial = \(folder)/serial
    crlnumber = \(folder)/crlnumber
    new_certs_dir = \(folder)
    certificate = \(folder)/ca.pem
    private_key = \(folder)/ca.key
    default_md = sha256
    default_days = 30
    default_crl_days = 10
    policy = any
    unique_subject = no
    [any]
    countryName = optional
    organizationName = optional
    organizationalUnitName = optional
    commonName = optional
    serialNumber = optional

    """
  }
}
