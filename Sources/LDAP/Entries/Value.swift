/// One attribute value: the octets that LDAP carries (RFC 4511 section 4.1.5).
///
/// Values stay octets until a person has to read them. Two values are `==` when their octets are; whether
/// a *server* holds them equal is the business of ``MatchingRule``.
public struct Value: Hashable, Sendable {
  /// The octets, as sent on the wire.
  public var bytes: [UInt8]

  /// Makes a value of the given octets.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Makes a value of the UTF-8 form of `text`.
  public init(_ text: String) { self.bytes = Array(text.utf8) }

  /// Makes a value by copying a buffer.
  public init(copying buffer: UnsafeRawBufferPointer) { self.bytes = Array(buffer) }

  /// The octets as text, or `nil` when they are not valid UTF-8.
  public var text: String? { String(validating: bytes, as: UTF8.self) }
}

extension Value {
  /// Whether octets are well-formed UTF-8 (RFC 3629), without making text of them.
  public static func isUTF8(_ octets: UnsafeRawBufferPointer) -> Bool {
    UTF8Sequence.firstFault(in: octets) == nil
  }
}

extension Value: ExpressibleByStringLiteral {
  /// Makes a value of the UTF-8 form of a literal.
  public init(stringLiteral text: String) { self.init(text) }
}

extension Value: Comparable {
  /// Orders by octets, so that what is printed is printed in the same order each time.
  public static func < (left: Value, right: Value) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
