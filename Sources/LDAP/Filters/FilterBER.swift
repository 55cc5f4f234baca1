extension Filter {
  /// Writes the filter as RFC 4511 section 4.5.1 has it; total, whatever the attribute descriptions hold.
  internal func write(to writer: inout BERWriter) {
    switch self {
    case .and(let parts): writer.constructed(0xa0) { writer in for part in parts { part.write(to: &writer) } }
    case .or(let parts): writer.constructed(0xa1) { writer in for part in parts { part.write(to: &writer) } }
    case .not(let part): writer.constructed(0xa2) { part.write(to: &$0) }
    case .equal(let name, let value): Filter.writeAssertion(0xa3, name, value, to: &writer)
    case .substrings(let name, let initial, let any, let final):
      Filter.writeSubstrings(name, initial, any, final, to: &writer)
    case .greaterOrEqual(let name, let value): Filter.writeAssertion(0xa5, name, value, to: &writer)
    case .lessOrEqual(let name, let value): Filter.writeAssertion(0xa6, name, value, to: &writer)
    case .present(let name): writer.octets(name, tag: 0x87)
    case .approximate(let name, let value): Filter.writeAssertion(0xa8, name, value, to: &writer)
    case .extensible(let rule, let attribute, let dn, let value):
      Filter.writeExtensible(rule, attribute, dn, value, to: &writer)
    }
  }

  private static func writeAssertion(_ tag: UInt8, _ name: String, _ value: Value, to writer: inout BERWriter)
  {
    writer.constructed(tag) {
      $0.octets(name)
      $0.primitive(BERTag.octetString, value.bytes)
    }
  }

  private static func writeSubstrings(
    _ name: String, _ initial: Value?, _ any: [Value], _ final: Value?, to writer: inout BERWriter
  ) {
    writer.constructed(0xa4) {
      $0.octets(name)
      $0.constructed(BERTag.sequence) { writer in
        if let initial { writer.primitive(0x80, initial.bytes) }
        for part in any { writer.primitive(0x81, part.bytes) }
        if let final { writer.primitive(0x82, final.bytes) }
      }
    }
  }

  private static func writeExtensible(
    _ rule: String?, _ attribute: String?, _ dn: Bool, _ value: Value, to writer: inout BERWriter
  ) {
    writer.constructed(0xa9) {
      if let rule { $0.octets(rule, tag: 0x81) }
      if let attribute { $0.octets(attribute, tag: 0x82) }
      $0.primitive(0x83, value.bytes)
      if dn { $0.boolean(true, tag: 0x84) }
    }
  }
}
