import Foundation
import LDAP
import TestKit
import Testing

@Suite struct `Securing a connection` {
  /// Starts a server with a certificate and says what opening a connection to it failed with.
  static func failure(
    _ ca: TestCA, _ tls: Slapd.ServerTLS, host: String = "127.0.0.1",
    _ adjust: (inout LDAPConfiguration) throws -> Void = { _ in }
  ) async throws -> LDAPError? {
    let slapd = try await server(tls)
    let url = try #require(slapd.ldaps).replacing("127.0.0.1", with: host)
    var configuration = LDAPConfiguration(urls: [try LDAPURL(url)])
    configuration.tls.caFile = ca.certificate
    try adjust(&configuration)
    let bind = try slapd.agent
    return await #expect(throws: LDAPError.self) {
      try await LDAPConnection.open(configuration, bind: bind)
    }
  }

  static func server(_ tls: Slapd.ServerTLS) async throws -> Slapd {
    var options = Slapd.Options()
    options.tls = tls
    options.listensOnTCP = true
    return try await Slapd(options: options)
  }

  @Test func `a certificate for the address is accepted, over ldaps and StartTLS, and the version is told`()
    async throws
  {
    let ca = try await TestCA()
    let slapd = try await Self.server(try await ca.server())
    for (text, startTLS) in [(slapd.ldaps, false), (slapd.ldap, true)] {
      var configuration = LDAPConfiguration(urls: [try LDAPURL(try #require(text))])
      configuration.startTLS = startTLS
      configuration.tls.caFile = ca.certificate
      configuration.tls.crlFile = try await ca.revocationList()
      let connection = try await LDAPConnection.open(
        configuration, bind: try slapd.agent, expecting: "dn:\(Slapd.agentDN)")
      #expect(connection.server.tlsVersion == "TLS1.3")
      #expect(connection.server.tlsCipher?.isEmpty == false)
      #expect(try await connection.entry(DistinguishedName(parsing: Slapd.suffix)) != nil)
    }
  }

  @Test func `a certificate of an unknown authority is refused`() async throws {
    let (ours, theirs) = (try await TestCA(), try await TestCA(name: "Another CA"))
    let error = try await Self.failure(ours, try await theirs.server())
    #expect(error?.code == .unknownAuthority)
    #expect(error?.description.contains("does not lead to an authority") == true)
  }

  @Test func `a wrong subjectAltName is refused although the common name is right`() async throws {
    let ca = try await TestCA()
    var request = TestCA.Request()
    request.subject = "/CN=127.0.0.1"
    request.alternativeNames = "DNS:ek.example.org"
    let error = try await Self.failure(ca, try await ca.server(request))
    #expect(error?.code == .hostMismatch)
    #expect(error?.description.contains("is for ek.example.org, not for 127.0.0.1") == true)
  }

  @Test func `a common name without subjectAltName does not count`() async throws {
    let ca = try await TestCA()
    var request = TestCA.Request()
    request.subject = "/CN=127.0.0.1"
    request.alternativeNames = nil
    let error = try await Self.failure(ca, try await ca.server(request))
    #expect(error?.code == .hostMismatch)
    #expect(error?.description.contains("has no subjectAltName") == true)
  }

  @Test func `a certificate of another address is refused`() async throws {
    let ca = try await TestCA()
    var request = TestCA.Request()
    request.alternativeNames = "IP:10.1.2.3"
    let error = try await Self.failure(ca, try await ca.server(request))
    #expect(error?.code == .hostMismatch)
    #expect(error?.description.contains("10.1.2.3") == true)
  }

  @Test func `an expired certificate is refused with its date`() async throws {
    let ca = try await TestCA()
    var request = TestCA.Request()
    request.days = -20 ... -10
    let error = try await Self.failure(ca, try await ca.server(request))
    #expect(error?.code == .certificateExpired)
    #expect(error?.description.contains("ended at 20") == true)
  }

  @Test func `a certificate that is not valid yet is refused with its date`() async throws {
    let ca = try await TestCA()
    var request = TestCA.Request()
    request.days = 10...20
    let error = try await Self.failure(ca, try await ca.server(request))
    #expect(error?.code == .certificateNotYetValid)
    #expect(error?.description.contains("begins at 20") == true)
  }

  @Test func `a revoked certificate is refused`() async throws {
    let ca = try await TestCA()
    let identity = try await ca.issue()
    try await ca.revoke(identity)
    let list = try await ca.revocationList()
    let tls = Slapd.ServerTLS(certificate: identity.certificate, key: identity.key, ca: ca.certificate)
    let error = try await Self.failure(ca, tls) { $0.tls.crlFile = list }
    #expect(error?.code == .certificateRevoked)
  }

  @Test func `a revocation list that has ended is told apart from a revocation`() async throws {
    let ca = try await TestCA()
    let list = try await ca.revocationList(days: -2)
    let error = try await Self.failure(ca, try await ca.server()) { $0.tls.crlFile = list }
    #expect(error?.code == .revocationListOutdated)
  }

  @Test func `a server that speaks only an older version than allowed is refused`() async throws {
    let ca = try await TestCA()
    var tls = try await ca.server()
    tls.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2"
    let error = try await Self.failure(ca, tls) { $0.tls.minimumVersion = .v1_3 }
    #expect(error?.code == .tlsVersionTooLow)
    #expect(error?.description.contains("TLS1.2") == true)
    let slapd = try await Self.server(tls)
    var configuration = LDAPConfiguration(urls: [try LDAPURL(try #require(slapd.ldaps))])
    configuration.tls.caFile = ca.certificate
    let connection = try await LDAPConnection.open(configuration, bind: try slapd.agent)
    #expect(connection.server.tlsVersion == "TLS1.2")
  }

  @Test func `a peer that stays silent in the handshake is given up at the deadline`() async throws {
    let server = try ScriptedServer(sending: [])
    for (scheme, startTLS) in [("ldaps", false), ("ldap", true)] {
      var configuration = LDAPConfiguration(urls: [try LDAPURL("\(scheme)://127.0.0.1:\(server.port)")])
      configuration.startTLS = startTLS
      configuration.handshakeTimeout = .milliseconds(300)
      let begin = ContinuousClock.now
      let error = await #expect(throws: LDAPError.self) {
        try await LDAPConnection.open(configuration, bind: .anonymous)
      }
      #expect(error?.code == .handshakeTimeout)
      #expect(ContinuousClock.now - begin < .seconds(120))
    }
  }

  @Test func `cancelling ends a handshake at once`() async throws {
    let server = try ScriptedServer(sending: [])
    let configuration = LDAPConfiguration(urls: [try LDAPURL("ldaps://127.0.0.1:\(server.port)")])
    let begin = ContinuousClock.now
    let opening = Task { try await LDAPConnection.open(configuration, bind: .anonymous) }
    try await Task.sleep(for: .milliseconds(50))
    opening.cancel()
    let error = await #expect(throws: LDAPError.self) { try await opening.value }
    #expect(error?.code == .cancelled)
    #expect(ContinuousClock.now - begin < .seconds(120))
  }

  @Test func `a port that does not speak TLS is told so`() async throws {
    let server = try ScriptedServer(sending: Array("220 mail.example.org ESMTP\r\n".utf8))
    let configuration = LDAPConfiguration(urls: [try LDAPURL("ldaps://127.0.0.1:\(server.port)")])
    let error = await #expect(throws: LDAPError.self) {
      try await LDAPConnection.open(configuration, bind: .anonymous)
    }
    #expect(error?.code == .handshakeFailed)
  }

  @Test func `a server without certificate refuses StartTLS`() async throws {
    var options = Slapd.Options()
    options.listensOnTCP = true
    let slapd = try await Slapd(options: options)
    var configuration = LDAPConfiguration(urls: [try LDAPURL(try #require(slapd.ldap))])
    configuration.startTLS = true
    let bind = try slapd.agent
    let error = await #expect(throws: LDAPError.self) {
      try await LDAPConnection.open(configuration, bind: bind)
    }
    #expect(error?.code == .startTLSRefused)
  }

  @Test func `a CA file that is missing or no CA file is a fault of the configuration`() async throws {
    let ca = try await TestCA()
    let tls = try await ca.server()
    let missing = try await Self.failure(ca, tls) { $0.tls.caFile = "/nonexistent/ca.pem" }
    #expect(missing?.code == .badConfiguration)
    #expect(missing?.description.contains("/nonexistent/ca.pem cannot be read") == true)
    let folder = try TemporaryFolder()
    let file = try folder.write("ca.pem", "no certificate\n")
    let wrong = try await Self.failure(ca, tls) { $0.tls.caFile = file }
    #expect(wrong?.code == .badConfiguration)
  }

  @Test func `a client certificate is the identity`() async throws {
    let ca = try await TestCA()
    var tls = try await ca.server()
    tls.verifiesClient = "demand"
    let slapd = try await Self.server(tls)
    var request = TestCA.Request()
    request.subject = "/C=SE/O=Region Exempel/CN=hsasync"
    let client = try await ca.issue(request)
    var configuration = LDAPConfiguration(urls: [try LDAPURL(try #require(slapd.ldaps))])
    configuration.tls.caFile = ca.certificate
    configuration.tls.certificate = client.certificate
    configuration.tls.key = client.key
    let connection = try await LDAPConnection.open(configuration, bind: .external(), expecting: Slapd.agentDN)
    #expect(connection.authorizationIdentity.lowercased() == "dn:\(Slapd.agentDN)".lowercased())

    configuration.tls.certificate = nil
    configuration.tls.key = nil
    let (without, bind) = (configuration, try slapd.agent)
    let error = await #expect(throws: LDAPError.self) {
      try await LDAPConnection.open(without, bind: bind)
    }
    #expect([.handshakeFailed, .connectionLost].contains(error?.code))
  }
}
