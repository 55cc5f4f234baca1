extension Filter: CustomStringConvertible {
  /// The string form of RFC 4515: UTF-8 as it is; `(`, `)`, `*`, `\`, control characters and octets that are not
  /// UTF-8 as `\` and two hexadecimal digits.
  public var description: String {
    var output: [UInt8] = []
    append(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private func append(to output: inout [UInt8]) {
    output.append(ASCII.open)
    switch self {
    case .and(let filters): append("&", filters, to: &output)
    case .or(let filters): append("|", filters, to: &output)
    case .not(let filter): append("!", [filter], to: &output)
    case .equal(let name, let value): append(name, "=", value, to: &output)
    case .greaterOrEqual(let name, let value): append(name, ">=", value, to: &output)
    case .lessOrEqual(let name, let value): append(name, "<=", value, to: &output)
    case .approximate(let name, let value): append(name, "~=", value, to: &output)
    case .present(let name): output += (name + "=*").utf8
    case .substrings(let name, let initial, let any, let final):
      output += (name + "=").utf8
      let parts = [initial ?? Value([])] + any + [final ?? Value([])]
      for (index, part) in parts.enumerated() {
        if index > 0 { output.append(ASCII.asterisk) }
        FilterEscape.append(part.bytes, to: &output)
      }
    case .extensible(let rule, let name, let isInName, let value):
      append((name ?? "") + (isInName ? ":dn" : "") + (rule.map { ":" + $0 } ?? ""), ":=", value, to: &output)
    }
    output.append(ASCII.close)
  }

  private func append(_ sign: String, _ filters: [Filter], to output: inout [UInt8]) {
    output += sign.utf8
    for filter in filters { filter.append(to: &output) }
  }

  private func append(_ name: String, _ sign: String, _ value: Value, to output: inout [UInt8]) {
    output += name.utf8
    output += sign.utf8
    FilterEscape.append(value.bytes, to: &output)
  }
}

/// The escapes of RFC 4515 section 3.
internal enum FilterEscape {
  static func append(_ value: [UInt8], to output: inout [UInt8]) {
    value.withUnsafeBytes { value in
      var position = 0
      while position < value.count {
        let length = isSpecial(value[position]) ? 0 : UTF8Sequence.length(at: position, in: value)
        if length == 0 {
          output.append(ASCII.backslash)
          ASCII.appendHex(value[position], to: &output)
        } else {
          output += UnsafeRawBufferPointer(rebasing: value[position..<(position + length)])
        }
        position += max(length, 1)
      }
    }
  }

  private static func isSpecial(_ octet: UInt8) -> Bool {
    switch octet {
    case ASCII.open, ASCII.close, ASCII.asterisk, ASCII.backslash: true
    default: ASCII.isControl(octet)
    }
  }
}
