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
        if isSuspect(name[position]) { return false }
        position += 1
      }
      if position == name.count { return true }
      position += 1
    }
  }

  @inline(__always)
  private static func isSuspect(_ octet: UInt8) -> Bool {
    switch octet {
    case 0, ASCII.backslash, ASCII.quote, ASCII.semicolon, ASCII.less, ASCII.greater, ASCII.plus: true
    default: false
    }
  }
}
