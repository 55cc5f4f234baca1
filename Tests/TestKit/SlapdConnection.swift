import LDAP

extension Slapd {
  /// How to bind as the agent.
  package static var agent: BindMethod {
    get throws { .simple(dn: agentDN, password: try Secret(Array(agentPassword.utf8))) }
  }

  /// How to bind as the directory's administrator: to set a test up and to look at what came of it.
  package static var root: BindMethod {
    get throws { .simple(dn: rootDN, password: try Secret(Array(rootPassword.utf8))) }
  }

  /// How to reach this server over its Unix socket.
  package var configuration: LDAPConfiguration {
    get throws { LDAPConfiguration(urls: [try LDAPURL(ldapi)]) }
  }

  /// A connection over the Unix socket, bound as the agent unless told otherwise.
  package func connection(_ bind: BindMethod? = nil) async throws -> LDAPConnection {
    try await LDAPConnection.open(try configuration, bind: try bind ?? Slapd.agent)
  }
}
