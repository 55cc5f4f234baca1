extension DistinguishedName: CustomStringConvertible {
  /// The string form of RFC 4514: UTF-8 as it is, escapes only where they are needed.
  ///
  /// Octets that are not UTF-8 and control characters are written as `\` and two hexadecimal digits. A type in
  /// dotted form keeps its value as text and not as `#` and BER: slapd would not find `#…` equal to the text.
  public var description: String {
    var output: [UInt8] = []
    for (index, rdn) in rdns.enumerated() {
      if index > 0 { output.append(ASCII.comma) }
      rdn.append(to: &output)
    }
    return String(decoding: output, as: UTF8.self)
  }
}

extension RelativeDistinguishedName: CustomStringConvertible {
  /// The string form of RFC 4514 section 2.2.
  public var description: String {
    var output: [UInt8] = []
    append(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  internal func append(to output: inout [UInt8]) {
    for (index, pair) in pairs.enumerated() {
      if index > 0 { output.append(ASCII.plus) }
      output += pair.type.utf8
      output.append(ASCII.equals)
      pair.value.bytes.withUnsafeBytes { DistinguishedNameEscape.append($0, to: &output) }
    }
  }
}

/// The escapes of RFC 4514 section 2.4.
internal enum DistinguishedNameEscape {
  /// Appends a value with its escapes: always the same text for the same octets.
  static func append(_ value: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    var position = 0
    while position < value.count {
      let octet = value[position]
      let isFirst = position == 0
      let isLast = position == value.count - 1
      if octet == ASCII.space, isFirst || isLast {
        output += [ASCII.backslash, octet]
      } else if octet == ASCII.sharp, isFirst {
        output += [ASCII.backslash, octet]
      } else if isSpecial(octet) {
        output += [ASCII.backslash, octet]
      } else if ASCII.isControl(octet) {
        appendPair(octet, to: &output)
      } else if octet < 0x80 {
        output.append(octet)
      } else {
        position += appendSequence(at: position, of: value, to: &output)
        continue
      }
      position += 1
    }
  }

  private static func isSpecial(_ octet: UInt8) -> Bool {
    switch octet {
    case ASCII.quote, ASCII.plus, ASCII.comma, ASCII.semicolon, ASCII.less, ASCII.greater, ASCII.backslash:
      true
    default: false
    }
  }

  /// Appends a character as it is, or the one octet at `position` escaped; gives how many octets that took.
  private static func appendSequence(
    at position: Int, of value: UnsafeRawBufferPointer, to output: inout [UInt8]
  ) -> Int {
    let length = UTF8Sequence.length(at: position, in: value)
    guard length > 0 else {
      appendPair(value[position], to: &output)
      return 1
    }
    output += UnsafeRawBufferPointer(rebasing: value[position..<(position + length)])
    return length
  }

  private static func appendPair(_ octet: UInt8, to output: inout [UInt8]) {
    output.append(ASCII.backslash)
    ASCII.appendHex(octet, to: &output)
  }
}
