/// A search filter (RFC 4511 section 4.5.1.7).
///
/// Write one as a literal: `"(&(objectClass=person)(cn=\(name)))"`. What is interpolated is a value and is escaped,
/// so that no name can change what the filter means.
public indirect enum Filter: Hashable, Sendable {
  /// All of them; none is true (RFC 4526).
  case and([Filter])
  /// One of them at least; none is false (RFC 4526).
  case or([Filter])
  /// What the inner filter is not.
  case not(Filter)
  /// A value equal under the attribute's EQUALITY rule.
  case equal(String, Value)
  /// A value at least so great under the attribute's ORDERING rule.
  case greaterOrEqual(String, Value)
  /// A value at most so great under the attribute's ORDERING rule.
  case lessOrEqual(String, Value)
  /// A value that sounds alike, whatever the server makes of that.
  case approximate(String, Value)
  /// The attribute is there.
  case present(String)
  /// A value with these parts in this order, under the attribute's SUBSTR rule.
  case substrings(String, initial: Value?, any: [Value], final: Value?)
  /// A value that a named rule holds equal, in an attribute or in all that the rule fits, and perhaps in the name.
  case extensible(rule: String?, attribute: String?, dn: Bool, Value)

  /// How deep filters may stand in filters when they are read; deeper ones are refused.
  public static let maximumDepth = 100
  /// The longest text that is read as a filter, in octets.
  public static let maximumLength = 1_048_576
}
