/// One `type=value` of a relative distinguished name (RFC 4514 section 2.3).
public struct AttributeTypeAndValue: Hashable, Sendable {
  /// The attribute type as spelled: a short name or an OID.
  public var type: String
  /// The value, unescaped.
  public var value: Value

  /// Makes a pair.
  public init(_ type: String, _ value: Value) {
    self.type = type
    self.value = value
  }
}

/// The name of an entry among its siblings: one pair or several (RFC 4514 section 2.2).
public struct RelativeDistinguishedName: Hashable, Sendable {
  /// At least one.
  public var pairs: [AttributeTypeAndValue]

  /// Makes an RDN of pairs.
  public init(_ pairs: [AttributeTypeAndValue]) { self.pairs = pairs }

  /// Makes an RDN of one pair.
  public init(_ type: String, _ value: Value) { self.pairs = [AttributeTypeAndValue(type, value)] }
}

/// A distinguished name (RFC 4514). `==` compares the spelling; ``normalForm(_:)`` is what a server holds equal.
public struct DistinguishedName: Hashable, Sendable {
  /// The relative names, the entry's own first.
  public var rdns: [RelativeDistinguishedName]

  /// Makes a name of its parts, the entry's own first.
  public init(_ rdns: [RelativeDistinguishedName] = []) { self.rdns = rdns }

  /// The name of the entry above; `nil` at the root.
  public var parent: DistinguishedName? { rdns.isEmpty ? nil : DistinguishedName(Array(rdns.dropFirst())) }

  /// The name of an entry directly below this one.
  public func child(_ rdn: RelativeDistinguishedName) -> DistinguishedName { DistinguishedName([rdn] + rdns) }
}
