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
    let size = text.count / 4 * 3 - padding
    // The last group is looked at by itself: it may have padding.
    let whole = padding == 0 ? text.count : text.count - 4
    let isSound = values.withUnsafeBufferPointer { values in
      append(size, to: &output) { room in
        var from = 0
        var to = 0
        while from < whole {
          guard let group = group(text, from, 4, values) else { return false }
          room[to] = UInt8(truncatingIfNeeded: group >> 16)
          room[to + 1] = UInt8(truncatingIfNeeded: group >> 8)
          room[to + 2] = UInt8(truncatingIfNeeded: group)
          from += 4
          to += 3
        }
        guard padding > 0 else { return true }
        guard let group = group(text, from, 4 - padding, values) else { return false }
        room[to] = UInt8(truncatingIfNeeded: group >> 16)
        if padding == 1 { room[to + 1] = UInt8(truncatingIfNeeded: group >> 8) }
        return group & (padding == 2 ? 0xFFFF : 0xFF) == 0
      }
    }
    if !isSound { output.removeAll(keepingCapacity: true) }
    return isSound
  }

  /// Makes room for so many octets in an empty array and lends it to be filled.
  @inline(__always)
  private static func append(
    _ size: Int, to output: inout [UInt8], _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Bool
  ) -> Bool {
    if output.capacity < size { output.reserveCapacity(max(size, 256)) }
    output.append(contentsOf: repeatElement(0, count: size))
    return output.withUnsafeMutableBufferPointer { fill($0) }
  }

  /// The number that up to four digits stand for; `nil` when one is none.
  @inline(__always)
  private static func group(
    _ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int, _ values: UnsafeBufferPointer<UInt8>
  ) -> UInt32? {
    var group: UInt32 = 0
    var all: UInt8 = 0
    for offset in 0..<count {
      let value = values[Int(text[start + offset])]
      all |= value
      group |= UInt32(value) << UInt32(18 - 6 * offset)
    }
    // What is no digit has the value 0xFF.
    return all < 64 ? group : nil
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
