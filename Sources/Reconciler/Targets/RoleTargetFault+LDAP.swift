import Directory
import LDAP

extension RoleTargetFault {
  /// What keeps a target in the directory from being read, whatever was thrown.
  init(_ error: any Error) {
    switch error {
    case let fault as RoleTargetFault: self = fault
    case let error as LDAPError: self.init(ldap: error)
    case is DistinguishedName.SyntaxError:
      self.init(.malformed, "the name of an entry is not a distinguished name; look at the server's log")
    default: self.init(.unavailable, "it cannot be read; try again")
    }
  }

  private init(ldap error: LDAPError) {
    let code = Code(error)
    self.init(code, "\(error.description); \(error.advice ?? code.advice(error.result))")
  }
}

extension RoleTargetFault.Code {
  fileprivate init(_ error: LDAPError) {
    switch error.code {
    case .unknownAuthority, .hostMismatch, .certificateExpired, .certificateNotYetValid, .certificateRevoked,
      .revocationListOutdated, .tlsVersionTooLow, .handshakeFailed, .startTLSRefused, .plainTextRefused:
      self = .tls
    case .badConfiguration: self = .unsuitable
    case .malformedAnswer: self = .malformed
    case .bindRefused, .identityMismatch: self = error.isWorthRetrying ? .unavailable : .notPermitted
    case .operationFailed: self = RoleTargetFault.Code(error.result)
    default: self = .unavailable
    }
  }

  private init(_ result: ResultCode?) {
    switch result {
    case .noSuchObject, .referral, .undefinedAttributeType, .inappropriateMatching: self = .unsuitable
    case .insufficientAccessRights, .sizeLimitExceeded, .adminLimitExceeded, .strongerAuthRequired,
      .confidentialityRequired, .authorizationDenied:
      self = .notPermitted
    case .protocolError: self = .malformed
    default: self = .unavailable
    }
  }

  fileprivate func advice(_ result: ResultCode?) -> String {
    switch (self, result) {
    case (.unsuitable, .noSuchObject): "create the base, or correct it in the configuration"
    case (.unsuitable, .referral): "choose a base that this server holds whole"
    case (.unsuitable, _): "compare the configuration with the server's schema"
    case (.notPermitted, .sizeLimitExceeded), (.notPermitted, .adminLimitExceeded):
      "lift the server's limits for the agent (conf/slapd/limits.conf)"
    case (.notPermitted, _): "give the agent the rights it needs (conf/slapd/acl.conf)"
    case (.tls, _): "see to the server's certificate and the agent's authorities"
    case (.malformed, _): "look at the server's log"
    case (.unavailable, _): "see that the directory runs and can be reached; it is caught up by itself"
    }
  }
}
