extension DistinguishedName {
  /// The text that is the same for two names exactly when a server with this schema holds them equal.
  ///
  /// Types become the first name of the schema in small letters, whatever alias or OID was written; values become
  /// their normal form under the EQUALITY rule of their type; the pairs of an RDN are sorted (RFC 4517
  /// section 4.2.15). A type unknown to the schema is compared by its name and, value by value, by octets.
  public func normalForm(_ schema: Schema) -> String {
    String(decoding: normalOctets(schema), as: UTF8.self)
  }

  /// Whether this name lies below `other`, at any depth but not at the same place.
  public func isDescendant(of other: DistinguishedName, schema: Schema) -> Bool {
    guard rdns.count > other.rdns.count else { return false }
    return zip(rdns.suffix(other.rdns.count), other.rdns).allSatisfy { mine, theirs in
      mine == theirs || mine.normalOctets(schema) == theirs.normalOctets(schema)
    }
  }

  internal func normalOctets(_ schema: Schema) -> [UInt8] {
    Array(rdns.map { $0.normalOctets(schema) }.joined(separator: [ASCII.comma]))
  }
}

extension RelativeDistinguishedName {
  /// The text that is the same for two relative names exactly when a server with this schema holds them equal.
  public func normalForm(_ schema: Schema) -> String {
    String(decoding: normalOctets(schema), as: UTF8.self)
  }

  internal func normalOctets(_ schema: Schema) -> [UInt8] {
    if pairs.count == 1 { return pairs[0].normalOctets(schema) }
    let sorted = pairs.map { $0.normalOctets(schema) }.sorted { $0.lexicographicallyPrecedes($1) }
    return Array(sorted.joined(separator: [ASCII.plus]))
  }
}

extension AttributeTypeAndValue {
  internal func normalOctets(_ schema: Schema) -> [UInt8] {
    var output = Array(schema.canonicalName(type).utf8.map(\.asciiLowercased))
    output.append(ASCII.equals)
    let rule = schema.equality(of: type)
    let normal = value.bytes.withUnsafeBytes { rule.normalForm($0, schema: schema) }
    normal.withUnsafeBytes { DistinguishedNameEscape.append($0, to: &output) }
    return output
  }
}
