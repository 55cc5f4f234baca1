import Foundation
import LDAP
import TestKit
import Testing

@Suite struct `Binding` {
  static func failure(_ configuration: LDAPConfiguration, _ bind: BindMethod, expecting: String? = nil) async
    -> LDAPError?
  {
    await #expect(throws: LDAPError.self) {
      try await LDAPConnection.open(configuration, bind: bind, expecting: expecting)
    }
  }

  @Test func `a password does not cross the network in plain text unless that is allowed`() async throws {
    var options = Slapd.Options()
    options.listensOnTCP = true
    options.logLevel = "stats"
    let slapd = try await Slapd(options: options)
    var configuration = LDAPConfiguration(urls: [try LDAPURL(try #require(slapd.ldap))])
    let error = await Self.failure(configuration, try slapd.agent)
    #expect(error?.code == .plainTextRefused)
    #expect(error?.advice?.contains("StartTLS") == true)
    #expect(!slapd.log.contains("BIND dn=\"cn=hsasync"))
    configuration.allowsPlainText = true
    let connection = try await LDAPConnection.open(configuration, bind: try slapd.agent)
    #expect(connection.authorizationIdentity.lowercased() == "dn:\(Slapd.agentDN)".lowercased())
    try await eventually { slapd.log.contains("BIND dn=\"cn=hsasync") }
  }

  @Test func `the peer of a Unix socket is known by SASL EXTERNAL`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection(.external())
    #expect(connection.authorizationIdentity.lowercased() == "dn:\(Slapd.adminDN)".lowercased())
    #expect(connection.server.tlsVersion == nil)
  }

  @Test func `a wrong password is refused without telling more, and not tried on the next server`()
    async throws
  {
    var options = Slapd.Options()
    options.logLevel = "stats"
    let (first, second) = (try await Slapd(), try await Slapd(options: options))
    let configuration = LDAPConfiguration(urls: [try LDAPURL(first.ldapi), try LDAPURL(second.ldapi)])
    let bind = BindMethod.simple(dn: Slapd.agentDN, password: try Secret(Array("Gissning-17".utf8)))
    let error = await Self.failure(configuration, bind)
    #expect(error?.code == .bindRefused)
    #expect(error?.result == .invalidCredentials)
    #expect(error.map { "\($0) \($0.debugDescription)".contains("Gissning") } == false)
    #expect(!second.log.contains("BIND dn=\"cn=hsasync"))
  }

  @Test func `an empty password and an empty name are refused here, not taken for anonymous there`()
    async throws
  {
    let empty = #expect(throws: LDAPError.self) { try Secret([]) }
    #expect(empty?.code == .badConfiguration)
    let folder = try TemporaryFolder()
    let file = try folder.write("password", "\n")
    let blank = #expect(throws: LDAPError.self) { try Secret(contentsOf: file) }
    #expect(blank?.description.contains("\(file) is empty") == true)
    let missing = #expect(throws: LDAPError.self) { try Secret(contentsOf: folder.path("none")) }
    #expect(missing?.description.contains("cannot be read") == true)
    let slapd = try await Slapd()
    let error = await Self.failure(try slapd.configuration, .simple(dn: "", password: try Secret([120])))
    #expect(error?.code == .badConfiguration)
  }

  @Test func `a secret is never printed`() throws {
    let secret = try Secret(Array("Hemlig-2026".utf8))
    var dumped = ""
    dump(BindMethod.simple(dn: "cn=x", password: secret), to: &dumped)
    #expect(!"\(secret)\(String(reflecting: secret))\(dumped)".contains("Hemlig"))
    #expect(!dumped.contains("72"))
  }

  @Test func `being taken for somebody else is refused`() async throws {
    let slapd = try await Slapd()
    let error = await Self.failure(
      try slapd.configuration, try slapd.reader, expecting: "dn:\(Slapd.agentDN)")
    #expect(error?.code == .identityMismatch)
    #expect(error?.description.contains("cn=") == false)
    let connection = try await LDAPConnection.open(
      try slapd.configuration, bind: try slapd.agent,
      expecting: "dn:CN=hsasync, ou=SYSTEM,o=region exempel,c=se")
    #expect(connection.authorizationIdentity.isEmpty == false)
  }

  @Test func `the next server is tried when one is away or busy`() async throws {
    let slapd = try await Slapd()
    let closed = try Loopback.freePort()
    var configuration = LDAPConfiguration(urls: [
      try LDAPURL("ldap://127.0.0.1:\(closed)"), try LDAPURL("ldapi://%2Fnonexistent%2Fldapi"),
      try LDAPURL(slapd.ldapi),
    ])
    let connection = try await LDAPConnection.open(configuration, bind: try slapd.agent)
    #expect(connection.server.url == configuration.urls[2])
    configuration.urls.removeLast()
    let error = await Self.failure(configuration, try slapd.agent)
    #expect(error?.code == .connectFailed)
    #expect(error?.description.contains("Connection refused") == true)
    #expect(error?.description.contains("No such file") == true)
  }

  @Test func `a server that takes the connection and never answers the bind is given up`() async throws {
    let server = try ScriptedServer(sending: [])
    var configuration = LDAPConfiguration(urls: [try LDAPURL("ldap://127.0.0.1:\(server.port)")])
    configuration.allowsPlainText = true
    configuration.operationTimeout = .milliseconds(300)
    let error = await Self.failure(configuration, .simple(dn: "cn=x", password: try Secret([120])))
    #expect(error?.code == .deadlineExceeded)
  }

  @Test func `a host that does not exist is told so`() async throws {
    let configuration = LDAPConfiguration(urls: [try LDAPURL("ldaps://no-such-host.invalid")])
    let error = await Self.failure(configuration, .anonymous)
    #expect([.connectFailed, .connectTimeout].contains(error?.code))
    #expect(error?.server == "ldaps://no-such-host.invalid:636")
  }

  @Test(arguments: [
    "", "http://a", "ldap://", "ldap://a:0", "ldap://a:99999", "ldap://a:x", "ldap://a/o=x", "ldap://a?b",
    "ldapi://relative", "ldap://u@h", "ldap://[::1]389",
  ])
  func `what is not the URL of a server is refused`(text: String) {
    let error = #expect(throws: LDAPError.self) { try LDAPURL(text) }
    #expect(error?.code == .badConfiguration)
  }

  @Test func `URLs are read with their standard ports`() throws {
    #expect(try LDAPURL("LDAPS://ek.example.org").description == "ldaps://ek.example.org:636")
    #expect(try LDAPURL("ldap://[::1]/").description == "ldap://[::1]:389")
    #expect(try LDAPURL("ldapi://").host == LDAPURL.defaultSocketPath)
    #expect(try LDAPURL("ldapi://%2Ftmp%2Fx").description == "ldapi://%2Ftmp%2Fx")
  }
}

@Suite(
  .serialized,
  .enabled(if: KDC.isInstalled, "krb5kdc is not installed (apt-get install krb5-kdc krb5-admin-server)"))
struct `Binding by Kerberos` {
  @Test func `a keytab binds, and a second keytab or another principal in this process is refused`()
    async throws
  {
    let kdc = try await KDC()
    let service = try await kdc.keytab("ldap/127.0.0.1")
    let client = try await kdc.keytab("hsasync")
    var options = Slapd.Options()
    options.listensOnTCP = true
    options.environment = kdc.environment.merging(["KRB5_KTNAME": service]) { $1 }
    options.globalLines = """
      sasl-host 127.0.0.1
      authz-regexp "^uid=hsasync(,cn=[^,]*)?,cn=gssapi,cn=auth$" "\(Slapd.agentDN)"
      """
    let slapd = try await Slapd(options: options)
    // The Kerberos library reads these in this process; this is the one test that uses it.
    for (name, value) in kdc.environment { setenv(name, value, 1) }
    let configuration = LDAPConfiguration(urls: [try LDAPURL(try #require(slapd.ldap))])
    let connection = try await LDAPConnection.open(
      configuration, bind: .gssapi(keytab: client, principal: "hsasync"), expecting: Slapd.agentDN)
    #expect(try await connection.entry(DistinguishedName(parsing: Slapd.suffix)) != nil)

    let other = await Binding.failure(configuration, .gssapi(keytab: client, principal: "somebody"))
    #expect(other?.code == .identityMismatch)
    let second = try await kdc.keytab("second")
    let refused = await Binding.failure(configuration, .gssapi(keytab: second))
    #expect(refused?.code == .badConfiguration)
    let missing = await Binding.failure(configuration, .gssapi(keytab: "/nonexistent/keytab"))
    #expect(missing?.description.contains("cannot be read") == true)
  }
}
