/// An attribute of an entry: its description and its values (RFC 4511 section 4.1.7).
public struct Attribute: Hashable, Sendable {
  /// The attribute description as spelled by its origin, options included (`userCertificate;binary`).
  public var name: String
  /// The values; a set whose order means nothing.
  public var values: [Value]

  /// Makes an attribute of a description and its values.
  public init(_ name: String, _ values: [Value]) {
    self.name = name
    self.values = values
  }
}

/// One entry, in the form that is comfortable to work with.
///
/// Masses of entries travel as ``EntryTable``; an `Entry` is what one takes out of it to look at.
public struct Entry: Hashable, Sendable {
  /// The distinguished name.
  public var dn: DistinguishedName
  /// The attributes in the order of their origin.
  public var attributes: [Attribute]

  /// Makes an entry.
  public init(dn: DistinguishedName, attributes: [Attribute] = []) {
    self.dn = dn
    self.attributes = attributes
  }

  /// The values of the attribute with this description, compared without regard to ASCII case; empty when absent.
  ///
  /// Aliases and OIDs are a matter of the schema: see ``Schema/attributeType(_:)``.
  public subscript(name: String) -> [Value] {
    get { attributes.first { $0.name.equalsIgnoringASCIICase(name) }?.values ?? [] }
    set {
      if let index = attributes.firstIndex(where: { $0.name.equalsIgnoringASCIICase(name) }) {
        attributes[index].values = newValue
      } else {
        attributes.append(Attribute(name, newValue))
      }
    }
  }

  /// The first value of the attribute as text, or `nil`.
  public func text(_ name: String) -> String? { self[name].first?.text }
}

extension StringProtocol {
  /// Whether two attribute descriptions or keywords are the same but for ASCII letter case (RFC 4512 section 1.4).
  public func equalsIgnoringASCIICase(_ other: some StringProtocol) -> Bool {
    utf8.count == other.utf8.count
      && zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0.asciiLowercased == $1.asciiLowercased }
  }

  /// The text with ASCII capitals made small; other letters stay.
  public var asciiLowercased: String { String(decoding: utf8.map(\.asciiLowercased), as: UTF8.self) }
}

extension UInt8 {
  /// The octet with `A`-`Z` made `a`-`z`.
  @inlinable public var asciiLowercased: UInt8 { self &- 65 < 26 ? self | 0x20 : self }
}
