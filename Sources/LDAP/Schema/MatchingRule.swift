/// By what rule a server holds two values of an attribute equal (RFC 4517 section 4.2).
///
/// Each rule is known by its normal form: two values are equal when their normal forms are. The normal forms are
/// slapd's; where slapd departs from RFC 4517, its way is followed, since it is the server that decides.
public enum MatchingRule: String, Hashable, Sendable, CaseIterable {
  case bitString = "bitStringMatch"
  case boolean = "booleanMatch"
  case caseExact = "caseExactMatch"
  case caseExactIA5 = "caseExactIA5Match"
  case caseIgnore = "caseIgnoreMatch"
  case caseIgnoreIA5 = "caseIgnoreIA5Match"
  case caseIgnoreList = "caseIgnoreListMatch"
  /// Certificates, by octets here; slapd compares serial number and issuer.
  case certificateExact = "certificateExactMatch"
  /// OpenLDAP's change sequence numbers (`entryCSN`).
  case csn = "CSNMatch"
  case distinguishedName = "distinguishedNameMatch"
  case generalizedTime = "generalizedTimeMatch"
  case integer = "integerMatch"
  case integerFirstComponent = "integerFirstComponentMatch"
  case numericString = "numericStringMatch"
  case objectIdentifier = "objectIdentifierMatch"
  case objectIdentifierFirstComponent = "objectIdentifierFirstComponentMatch"
  case octetString = "octetStringMatch"
  case telephoneNumber = "telephoneNumberMatch"
  case uniqueMember = "uniqueMemberMatch"
  case uuid = "UUIDMatch"

  /// The rule with a name or OID, in any letter case; ORDERING and SUBSTR rules give the rule that prepares
  /// values in the same way. `nil` for rules that are not known here.
  public init?(_ nameOrOID: String) {
    guard let rule = Self.known[nameOrOID.asciiLowercased] else { return nil }
    self = rule
  }

  /// Whether values that are equal may still be told apart by people: by letter case, by spacing, by hyphens.
  ///
  /// Where it is true, a difference in spelling is worth a change of its own; where it is false (names, numbers,
  /// times), servers write what they like.
  public var keepsSpelling: Bool {
    switch self {
    case .caseExact, .caseExactIA5, .caseIgnore, .caseIgnoreIA5, .caseIgnoreList, .numericString,
      .telephoneNumber:
      true
    default: false
    }
  }

  private static let known: [String: MatchingRule] = {
    var known: [String: MatchingRule] = [:]
    for rule in allCases { known[rule.rawValue.asciiLowercased] = rule }
    for (alias, rule) in aliases { known[alias.asciiLowercased] = rule }
    return known
  }()

  /// OIDs (RFC 4517, RFC 4523, RFC 4530, OpenLDAP) and the rules for order and parts.
  private static let aliases: [(String, MatchingRule)] = [
    ("2.5.13.0", .objectIdentifier), ("2.5.13.1", .distinguishedName), ("2.5.13.2", .caseIgnore),
    ("2.5.13.3", .caseIgnore), ("caseIgnoreOrderingMatch", .caseIgnore),
    ("2.5.13.4", .caseIgnore), ("caseIgnoreSubstringsMatch", .caseIgnore),
    ("2.5.13.5", .caseExact), ("2.5.13.6", .caseExact), ("caseExactOrderingMatch", .caseExact),
    ("2.5.13.7", .caseExact), ("caseExactSubstringsMatch", .caseExact),
    ("2.5.13.8", .numericString), ("2.5.13.9", .numericString),
    ("numericStringOrderingMatch", .numericString), ("2.5.13.10", .numericString),
    ("numericStringSubstringsMatch", .numericString), ("2.5.13.11", .caseIgnoreList),
    ("2.5.13.12", .caseIgnoreList), ("caseIgnoreListSubstringsMatch", .caseIgnoreList),
    ("2.5.13.13", .boolean), ("2.5.13.14", .integer), ("2.5.13.15", .integer),
    ("integerOrderingMatch", .integer), ("2.5.13.16", .bitString), ("2.5.13.17", .octetString),
    ("2.5.13.18", .octetString), ("octetStringOrderingMatch", .octetString), ("2.5.13.19", .octetString),
    ("octetStringSubstringsMatch", .octetString), ("2.5.13.20", .telephoneNumber),
    ("2.5.13.21", .telephoneNumber), ("telephoneNumberSubstringsMatch", .telephoneNumber),
    ("2.5.13.23", .uniqueMember), ("2.5.13.27", .generalizedTime), ("2.5.13.28", .generalizedTime),
    ("generalizedTimeOrderingMatch", .generalizedTime), ("2.5.13.29", .integerFirstComponent),
    ("2.5.13.30", .objectIdentifierFirstComponent), ("2.5.13.34", .certificateExact),
    ("1.3.6.1.4.1.1466.109.114.1", .caseExactIA5), ("1.3.6.1.4.1.1466.109.114.2", .caseIgnoreIA5),
    ("1.3.6.1.4.1.1466.109.114.3", .caseIgnoreIA5), ("caseIgnoreIA5SubstringsMatch", .caseIgnoreIA5),
    ("1.3.6.1.4.1.4203.1.2.1", .caseExactIA5), ("caseExactIA5SubstringsMatch", .caseExactIA5),
    ("1.3.6.1.1.16.2", .uuid), ("1.3.6.1.1.16.3", .uuid), ("UUIDOrderingMatch", .uuid),
    ("1.3.6.1.4.1.4203.666.11.2.2", .csn), ("1.3.6.1.4.1.4203.666.11.2.3", .csn), ("CSNOrderingMatch", .csn),
  ]
}
