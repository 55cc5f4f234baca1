/// One `name: value` of LDIF (`attrval-spec` of RFC 2849), where it lies.
internal struct LDIFLine {
  /// How the value is written.
  enum Form { case text, base64, url }

  let name: UnsafeRawBufferPointer
  let value: UnsafeRawBufferPointer
  let form: Form

  /// The octet at which the value begins, from 1.
  var column: Int { valueStart + 1 }
  private let valueStart: Int

  /// Takes a line apart; `nil` when it has no colon.
  @inline(__always)
  init?(_ line: UnsafeRawBufferPointer) {
    // Names are short: looking at each octet is quicker here than a call.
    var colon = 0
    while colon < line.count, line[colon] != ASCII.colon { colon += 1 }
    guard colon < line.count else { return nil }
    name = UnsafeRawBufferPointer(rebasing: line[..<colon])
    var start = colon + 1
    var form = Form.text
    if start < line.count {
      if line[start] == ASCII.colon { form = .base64 } else if line[start] == ASCII.less { form = .url }
      if form != .text { start += 1 }
    }
    while start < line.count, line[start] == ASCII.space { start += 1 }
    self.form = form
    valueStart = start
    value = UnsafeRawBufferPointer(rebasing: line[start...])
  }
}

/// What may stand in a line.
internal enum LDIFText {
  /// The first octet of text that LDIF cannot have in the open: NUL, carriage return, or no UTF-8; `nil` if fine.
  @inline(__always)
  static func firstFault(in text: UnsafeRawBufferPointer, requiresUTF8: Bool) -> (offset: Int, isUTF8: Bool)?
  {
    var position = 0
    while position + 8 <= text.count {
      guard isPlain(text.loadUnaligned(fromByteOffset: position, as: UInt64.self)) else { break }
      position += 8
    }
    while position < text.count, text[position] < 0x80, text[position] != 0,
      text[position] != ASCII.carriageReturn
    {
      position += 1
    }
    return position == text.count ? nil : firstFault(in: text, from: position, requiresUTF8)
  }

  /// Whether eight octets are ASCII without NUL and carriage return.
  ///
  /// `x - 1` borrows into the high bit of an octet that is zero, and of no octet below 0x80 before the first zero.
  @inline(__always)
  private static func isPlain(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let returns = word ^ (ones &* UInt64(ASCII.carriageReturn))
    return (word | (word &- ones) | (returns &- ones)) & (ones &* 0x80) == 0
  }

  private static func firstFault(
    in text: UnsafeRawBufferPointer, from start: Int, _ requiresUTF8: Bool
  ) -> (offset: Int, isUTF8: Bool)? {
    var position = start
    while position < text.count {
      let octet = text[position]
      if octet == 0 || octet == ASCII.carriageReturn { return (position, true) }
      let length = octet < 0x80 ? 1 : UTF8Sequence.length(at: position, in: text)
      if length == 0, requiresUTF8 { return (position, false) }
      position += max(length, 1)
    }
    return nil
  }
}
