/// Well-formed UTF-8 (RFC 3629, table 3-7 of the Unicode standard), checked in place.
internal enum UTF8Sequence {
  /// How many octets the well-formed sequence at `position` has; 0 when there is none.
  static func length(at position: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    let lead = bytes[position]
    switch lead {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return isTail(position + 1, bytes) ? 2 : 0
    case 0xE0...0xEF:
      let second: ClosedRange<UInt8> = lead == 0xE0 ? 0xA0...0xBF : lead == 0xED ? 0x80...0x9F : 0x80...0xBF
      return isTail(position + 1, bytes, second) && isTail(position + 2, bytes) ? 3 : 0
    case 0xF0...0xF4:
      let second: ClosedRange<UInt8> = lead == 0xF0 ? 0x90...0xBF : lead == 0xF4 ? 0x80...0x8F : 0x80...0xBF
      return isTail(position + 1, bytes, second) && isTail(position + 2, bytes) && isTail(position + 3, bytes)
        ? 4 : 0
    default: return 0
    }
  }

  /// The first octet that is not part of well-formed UTF-8, or `nil`.
  static func firstFault(in bytes: UnsafeRawBufferPointer) -> Int? {
    var position = 0
    while position < bytes.count {
      if position + 8 <= bytes.count,
        bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        position += 8
        continue
      }
      let length = length(at: position, in: bytes)
      guard length > 0 else { return position }
      position += length
    }
    return nil
  }

  /// The scalar whose well-formed sequence of `length` octets begins at `position`.
  static func scalar(at position: Int, length: Int, in bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard length > 1 else { return UInt32(bytes[position]) }
    var code = UInt32(bytes[position]) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length { code = code << 6 | UInt32(bytes[position + offset] & 0x3F) }
    return code
  }

  /// Appends the sequence of a scalar value.
  static func append(_ code: UInt32, to output: inout [UInt8]) {
    switch code {
    case 0..<0x80:
      output.append(UInt8(code))
    case 0x80..<0x800:
      output.append(UInt8(0xC0 | code >> 6))
      output.append(UInt8(0x80 | code & 0x3F))
    case 0x800..<0x10000:
      output.append(UInt8(0xE0 | code >> 12))
      output.append(UInt8(0x80 | code >> 6 & 0x3F))
      output.append(UInt8(0x80 | code & 0x3F))
    default:
      output.append(UInt8(0xF0 | code >> 18 & 0x07))
      output.append(UInt8(0x80 | code >> 12 & 0x3F))
      output.append(UInt8(0x80 | code >> 6 & 0x3F))
      output.append(UInt8(0x80 | code & 0x3F))
    }
  }

  private static func isTail(
    _ position: Int, _ bytes: UnsafeRawBufferPointer, _ range: ClosedRange<UInt8> = 0x80...0xBF
  ) -> Bool {
    position < bytes.count && range.contains(bytes[position])
  }
}
