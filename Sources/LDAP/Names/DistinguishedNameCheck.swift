extension DistinguishedName {
  /// Whether octets are a distinguished name (RFC 4514 section 3), without taking it apart.
  public static func isValid(_ octets: UnsafeRawBufferPointer) -> Bool {
    DistinguishedNameCheck.fault(in: octets) == nil
  }
}

/// Tells whether octets are a distinguished name without taking it apart, for names that come in masses.
internal enum DistinguishedNameCheck {
  /// What is wrong, or `nil`: the same answer as ``DistinguishedName/init(parsing:)-(UnsafeRawBufferPointer)`` gives.
  static func fault(in name: UnsafeRawBufferPointer) -> DistinguishedName.SyntaxError? {
    if isPlain(name) { return nil }
    do throws(DistinguishedName.SyntaxError) {
      _ = try DistinguishedName(parsing: name)
      return nil
    } catch {
      return error
    }
  }

  /// Whether it is made of `type=value` with nothing in it that needs a second look. False decides nothing.
  private static func isPlain(_ name: UnsafeRawBufferPointer) -> Bool {
    guard name.count <= DistinguishedName.maximumLength, UTF8Sequence.firstFault(in: name) == nil else {
      return false
    }
    var position = 0
    while true {
      guard position < name.count, ASCII.isLetter(name[position]) else { return false }
      while position < name.count, ASCII.isKeyOctet(name[position]) { position += 1 }
      guard position < name.count, name[position] == ASCII.equals else { return false }
      position += 1
      guard position < name.count, name[position] != ASCII.sharp else { return false }
      while position < name.count, name[position] != ASCII.comma {
        let length = lengthOfPlain(at: position, in: name)
        guard length > 0 else { return false }
        position += length
      }
      if position == name.count { return true }
      position += 1
    }
  }

  /// How many octets the character or escape at `position` takes; 0 for what needs a second look.
  @inline(__always)
  private static func lengthOfPlain(at position: Int, in name: UnsafeRawBufferPointer) -> Int {
    switch name[position] {
    case 0, ASCII.quote, ASCII.semicolon, ASCII.less, ASCII.greater, ASCII.plus: 0
    case ASCII.backslash: isEscapedComma(at: position, in: name) ? 2 : 0
    default: 1
    }
  }

  /// `\,` is by far the most frequent escape: units are called "Avdelning 12, medicin".
  private static func isEscapedComma(at position: Int, in name: UnsafeRawBufferPointer) -> Bool {
    position + 1 < name.count && name[position + 1] == ASCII.comma
  }
}
