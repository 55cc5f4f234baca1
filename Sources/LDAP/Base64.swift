/// Base64 (RFC 4648 section 4) between buffers, without a detour by `Data` and `String`.
internal enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The number of each octet's digit; 0xFF for what is none.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, octet) in alphabet.enumerated() { values[Int(octet)] = UInt8(value) }
    return values
  }()

  /// Puts the decoded octets into `output`, whose room is used again; false when the text is not base64.
  ///
  /// Strict: groups of four, padded, nothing between them, no bits left over. A cut value is not taken for another.
  static func decode(_ text: UnsafeRawBufferPointer, into output: inout [UInt8]) -> Bool {
    output.removeAll(keepingCapacity: true)
    guard text.count % 4 == 0 else { return false }
    guard !text.isEmpty else { return true }
    let padding = text[text.count - 1] != ASCII.equals ? 0 : text[text.count - 2] != ASCII.equals ? 1 : 2
    return values.withUnsafeBufferPointer { values in
      var position = 0
      while position < text.count {
        let isLast = position + 4 == text.count
        var group: UInt32 = 0
        for offset in 0..<(isLast ? 4 - padding : 4) {
          let value = values[Int(text[position + offset])]
          guard value < 64 else { return false }
          group |= UInt32(value) << UInt32(18 - 6 * offset)
        }
        output.append(UInt8(truncatingIfNeeded: group >> 16))
        if !isLast || padding < 2 { output.append(UInt8(truncatingIfNeeded: group >> 8)) }
        if !isLast || padding < 1 { output.append(UInt8(truncatingIfNeeded: group)) }
        if isLast, group & (padding == 2 ? 0xFFFF : padding == 1 ? 0xFF : 0) != 0 { return false }
        position += 4
      }
      return true
    }
  }

  /// Appends the base64 form of octets.
  static func append(_ octets: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    var position = 0
    while position < octets.count {
      let count = min(3, octets.count - position)
      var group: UInt32 = 0
      for offset in 0..<count { group |= UInt32(octets[position + offset]) << UInt32(16 - 8 * offset) }
      for digit in 0..<4 {
        output.append(
          digit <= count ? alphabet[Int(group >> UInt32(18 - 6 * digit) & 63)] : ASCII.equals)
      }
      position += count
    }
  }
}
