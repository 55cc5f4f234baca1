import LDAP

extension Slapd {
  /// How to bind as the agent.
  package var agent: BindMethod { get throws { try account("agent", Slapd.agentDN) } }

  /// How to bind as the catalogue's administrator: to set a test up and to look at what came of it.
  package var admin: BindMethod { get throws { try account("admin", Slapd.adminDN) } }

  /// How to bind as anybody else.
  package var reader: BindMethod { get throws { try account("reader", Slapd.readerDN) } }

  /// How to bind as what publishes certificates.
  package var siths: BindMethod { get throws { try account("siths", Slapd.sithsDN) } }

  private func account(_ name: String, _ dn: String) throws -> BindMethod {
    .simple(dn: dn, password: try Secret(Array(password(of: name).utf8)))
  }

  /// How to reach this server over its Unix socket.
  package var configuration: LDAPConfiguration {
    get throws { LDAPConfiguration(urls: [try LDAPURL(ldapi)]) }
  }

  /// A connection over the Unix socket, bound as the agent unless told otherwise.
  package func connection(_ bind: BindMethod? = nil) async throws -> LDAPConnection {
    try await LDAPConnection.open(try configuration, bind: try bind ?? agent)
  }
}
