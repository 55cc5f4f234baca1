/// The result of an operation as a server or libldap gives it: any number, with names for those that are known.
///
/// Codes from 0 up are the server's (RFC 4511 appendix A and its registry); negative ones are libldap's own.
public struct ResultCode: RawRepresentable, Hashable, Sendable {
  /// The number.
  public var rawValue: Int32

  /// Makes a code of any number.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  private init(_ rawValue: Int32) { self.rawValue = rawValue }

  /// Whether a caught result is the one asked for, in `catch` and `switch`.
  public static func ~= (pattern: ResultCode, value: ResultCode?) -> Bool { pattern == value }

  /// The number's name as in RFC 4511, or `result N` for one without.
  public var name: String { ResultCode.names[rawValue] ?? "result \(rawValue)" }

  /// 0: done.
  public static let success = ResultCode(0)
  /// 1: out of order, or an internal fault.
  public static let operationsError = ResultCode(1)
  /// 2: the server did not understand.
  public static let protocolError = ResultCode(2)
  /// 3: the time limit ended the search; what came is not all.
  public static let timeLimitExceeded = ResultCode(3)
  /// 4: the size limit ended the search; what came is not all.
  public static let sizeLimitExceeded = ResultCode(4)
  /// 5: compared, and not equal.
  public static let compareFalse = ResultCode(5)
  /// 6: compared, and equal.
  public static let compareTrue = ResultCode(6)
  /// 7: the server does not know the way to bind.
  public static let authMethodNotSupported = ResultCode(7)
  /// 8: the server wants a stronger bind or TLS.
  public static let strongerAuthRequired = ResultCode(8)
  /// 10: another server has it.
  public static let referral = ResultCode(10)
  /// 11: an administrative limit ended the search; what came is not all.
  public static let adminLimitExceeded = ResultCode(11)
  /// 12: a critical control is not known or not allowed.
  public static let unavailableCriticalExtension = ResultCode(12)
  /// 13: the server wants TLS.
  public static let confidentialityRequired = ResultCode(13)
  /// 14: the SASL exchange goes on.
  public static let saslBindInProgress = ResultCode(14)
  /// 16: the entry has no such attribute or value.
  public static let noSuchAttribute = ResultCode(16)
  /// 17: the schema has no such attribute.
  public static let undefinedAttributeType = ResultCode(17)
  /// 18: the attribute has no such matching rule.
  public static let inappropriateMatching = ResultCode(18)
  /// 19: a rule of the server forbids it (a value not unique, too long, ...).
  public static let constraintViolation = ResultCode(19)
  /// 20: the value is there already.
  public static let attributeOrValueExists = ResultCode(20)
  /// 21: not a value of the attribute's syntax.
  public static let invalidAttributeSyntax = ResultCode(21)
  /// 32: no entry has that name.
  public static let noSuchObject = ResultCode(32)
  /// 33: an alias leads nowhere.
  public static let aliasProblem = ResultCode(33)
  /// 34: not a distinguished name that the server accepts.
  public static let invalidDNSyntax = ResultCode(34)
  /// 36: an alias could not be followed.
  public static let aliasDereferencingProblem = ResultCode(36)
  /// 48: that way of binding is not for this name.
  public static let inappropriateAuthentication = ResultCode(48)
  /// 49: wrong name or password.
  public static let invalidCredentials = ResultCode(49)
  /// 50: not permitted.
  public static let insufficientAccessRights = ResultCode(50)
  /// 51: too busy now.
  public static let busy = ResultCode(51)
  /// 52: shutting down, or part of it is off line.
  public static let unavailable = ResultCode(52)
  /// 53: the server refuses, for a reason of its own.
  public static let unwillingToPerform = ResultCode(53)
  /// 54: aliases or referrals in a ring.
  public static let loopDetect = ResultCode(54)
  /// 64: the name does not fit the schema or the tree.
  public static let namingViolation = ResultCode(64)
  /// 65: the entry would not fit its object classes.
  public static let objectClassViolation = ResultCode(65)
  /// 66: the entry has entries below it.
  public static let notAllowedOnNonLeaf = ResultCode(66)
  /// 67: the value is part of the entry's name.
  public static let notAllowedOnRDN = ResultCode(67)
  /// 68: an entry has that name already.
  public static let entryAlreadyExists = ResultCode(68)
  /// 69: the structural class cannot be changed.
  public static let objectClassModsProhibited = ResultCode(69)
  /// 71: it would touch several servers.
  public static let affectsMultipleDSAs = ResultCode(71)
  /// 80: another fault of the server.
  public static let other = ResultCode(80)
  /// 118: the operation was cancelled (RFC 3909).
  public static let canceled = ResultCode(118)
  /// 122: the assertion control's filter did not match, nothing was done (RFC 4528).
  public static let assertionFailed = ResultCode(122)
  /// 123: the server did not assume the authorization identity asked for (RFC 4370).
  public static let authorizationDenied = ResultCode(123)
  /// 4096: the content sync must begin from nothing (RFC 4533).
  public static let syncRefreshRequired = ResultCode(4096)

  /// -1: the connection is gone (libldap).
  public static let serverDown = ResultCode(-1)
  /// -2: a fault inside libldap.
  public static let localError = ResultCode(-2)
  /// -4: an answer could not be decoded.
  public static let decodingError = ResultCode(-4)
  /// -5: no answer in time (libldap).
  public static let timeout = ResultCode(-5)
  /// -6: the way of binding is not known to libldap or Cyrus SASL.
  public static let authUnknown = ResultCode(-6)
  /// -7: not a filter that libldap accepts.
  public static let filterError = ResultCode(-7)
  /// -9: a call with a wrong parameter.
  public static let parameterError = ResultCode(-9)
  /// -11: no connection, or TLS could not be set up.
  public static let connectError = ResultCode(-11)

  private static let names: [Int32: String] = [
    0: "success", 1: "operationsError", 2: "protocolError", 3: "timeLimitExceeded", 4: "sizeLimitExceeded",
    5: "compareFalse", 6: "compareTrue", 7: "authMethodNotSupported", 8: "strongerAuthRequired",
    10: "referral",
    11: "adminLimitExceeded", 12: "unavailableCriticalExtension", 13: "confidentialityRequired",
    14: "saslBindInProgress", 16: "noSuchAttribute", 17: "undefinedAttributeType",
    18: "inappropriateMatching",
    19: "constraintViolation", 20: "attributeOrValueExists", 21: "invalidAttributeSyntax", 32: "noSuchObject",
    33: "aliasProblem", 34: "invalidDNSyntax", 36: "aliasDereferencingProblem",
    48: "inappropriateAuthentication",
    49: "invalidCredentials", 50: "insufficientAccessRights", 51: "busy", 52: "unavailable",
    53: "unwillingToPerform", 54: "loopDetect", 64: "namingViolation", 65: "objectClassViolation",
    66: "notAllowedOnNonLeaf", 67: "notAllowedOnRDN", 68: "entryAlreadyExists",
    69: "objectClassModsProhibited",
    71: "affectsMultipleDSAs", 80: "other", 118: "canceled", 122: "assertionFailed",
    123: "authorizationDenied",
    4096: "e-syncRefreshRequired", -1: "serverDown", -2: "localError", -3: "encodingError",
    -4: "decodingError",
    -5: "timeout", -6: "authUnknown", -7: "filterError", -8: "userCancelled", -9: "parameterError",
    -10: "noMemory", -11: "connectError", -12: "notSupported",
  ]
}

extension ResultCode: CustomStringConvertible {
  /// Name and number, such as `noSuchObject (32)`.
  public var description: String { "\(name) (\(rawValue))" }
}
