import LDAP
import Logging

extension Configuration {
  /// Connects and binds as configured; the password is read now.
  package func openConnection(logger: Logger) async throws(LDAPError) -> LDAPConnection {
    try await LDAPConnection.open(
      ldapConfiguration(), bind: bindMethod(), expecting: server.bind.identity, logger: logger)
  }

  /// The settings as the LDAP library wants them.
  package func ldapConfiguration() throws(LDAPError) -> LDAPConfiguration {
    var urls: [LDAPURL] = []
    for url in server.urls { urls.append(try LDAPURL(url)) }
    var result = LDAPConfiguration(urls: urls)
    result.startTLS = server.startTLS
    result.allowsPlainText = server.allowsPlainText
    result.connectTimeout = server.timeouts.connect
    result.handshakeTimeout = server.timeouts.handshake
    result.operationTimeout = server.timeouts.operation
    result.window = apply.window
    result.onOperationEnd = Measures.ldap
    result.tls.caFile = server.tls.ca
    result.tls.caDirectory = server.tls.caDirectory
    result.tls.certificate = server.tls.certificate
    result.tls.key = server.tls.key
    result.tls.crlFile = server.tls.crl
    result.tls.minimumVersion = server.tls.requiresTLS13 ? .v1_3 : .v1_2
    return result
  }

  private func bindMethod() throws(LDAPError) -> BindMethod {
    switch server.bind.method {
    case .anonymous: .anonymous
    case .simple(let dn, .file(let path)): .simple(dn: dn, password: try Secret(contentsOf: path))
    case .simple(let dn, .given(let secret)): .simple(dn: dn, password: secret)
    case .external: .external()
    case .gssapi(let keytab, let principal): .gssapi(keytab: keytab, principal: principal)
    }
  }
}

extension LDAPError {
  /// Whether the same may succeed a moment later: the network and the server come and go, a wrong password and a
  /// wrong certificate stay.
  var isWorthRetrying: Bool {
    switch code {
    case .connectFailed, .connectTimeout, .handshakeTimeout, .deadlineExceeded, .connectionLost: true
    case .bindRefused, .operationFailed: result == .busy || result == .unavailable || result == .serverDown
    default: false
    }
  }

  /// What the command ends with.
  package var exitCode: ExitCode {
    switch code {
    case .badConfiguration, .plainTextRefused: .configurationWrong
    case .bindRefused, .identityMismatch:
      result == .busy || result == .unavailable ? .tryAgain : .notPermitted
    case .operationFailed where result == .insufficientAccessRights: .notPermitted
    case .unknownOutcome, .cancelled: .tryAgain
    default: .directoryUnavailable
    }
  }
}

extension ExitCode {
  /// What the command ends with after an error of any kind.
  package init(_ error: any Error) {
    self =
      switch error {
      case let refusal as Refusal: refusal.exitCode
      case let error as LDAPError: error.exitCode
      case is CancellationError: .tryAgain
      default: .someFailed
      }
  }
}
