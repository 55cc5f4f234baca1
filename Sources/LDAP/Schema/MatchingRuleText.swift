import Foundation

/// The preparation of text for comparison (RFC 4518) as slapd does it: letter case folded by the simple lower-case
/// mapping, compatibility decomposition, canonical composition, spaces dropped at the ends and collapsed within.
internal enum TextPreparation {
  /// The normal form, or `nil` for octets that are not UTF-8.
  static func normalForm(_ bytes: UnsafeRawBufferPointer, foldingCase: Bool) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    if bytes.allSatisfy({ $0 < 0x80 }) {
      if foldingCase { for octet in bytes { output.append(octet.asciiLowercased) } } else { output += bytes }
    } else {
      guard appendNormalized(bytes, foldingCase: foldingCase, to: &output) else { return nil }
    }
    collapseSpaces(&output)
    return output
  }

  /// Whether two ASCII texts are equal but for spaces (and case); `nil` when one has other characters.
  ///
  /// Walks both at once and needs no memory.
  static func asciiEqual(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, foldingCase: Bool
  ) -> Bool? {
    var first = Cursor(bytes: left, foldingCase: foldingCase)
    var second = Cursor(bytes: right, foldingCase: foldingCase)
    var equal = true
    while true {
      let one = first.next()
      let other = second.next()
      if one >= 0x80 && one != Cursor.end || other >= 0x80 && other != Cursor.end { return nil }
      if one != other { equal = false }
      // Past the first difference only the question of other characters is open.
      if one == Cursor.end && other == Cursor.end { return equal && left.isEmpty == right.isEmpty }
    }
  }

  /// Gives the octets of a text with its spaces collapsed; a text of spaces only gives none.
  private struct Cursor {
    static let end: UInt16 = 0x100
    let bytes: UnsafeRawBufferPointer
    let foldingCase: Bool
    var position = 0
    var hasBegun = false

    mutating func next() -> UInt16 {
      let start = position
      while position < bytes.count, bytes[position] == ASCII.space { position += 1 }
      guard position < bytes.count else { return Self.end }
      if position > start, hasBegun {
        hasBegun = false
        return UInt16(ASCII.space)
      }
      hasBegun = true
      let octet = bytes[position]
      position += 1
      return UInt16(foldingCase ? octet.asciiLowercased : octet)
    }
  }

  private static func collapseSpaces(_ text: inout [UInt8]) {
    guard !text.isEmpty else { return }
    var kept = 0
    var wasSpace = true
    for octet in text {
      let isSpace = octet == ASCII.space
      if isSpace && wasSpace { continue }
      text[kept] = octet
      kept += 1
      wasSpace = isSpace
    }
    if kept > 0, wasSpace { kept -= 1 }
    // A text of spaces only is one space: it is not the empty text.
    if kept == 0 { kept = 1 }
    text.removeLast(text.count - kept)
  }

  private static func appendNormalized(
    _ bytes: UnsafeRawBufferPointer, foldingCase: Bool, to output: inout [UInt8]
  ) -> Bool {
    var needsComposition = false
    var position = 0
    while position < bytes.count {
      let length = UTF8Sequence.length(at: position, in: bytes)
      guard length > 0 else { return false }
      var code = UTF8Sequence.scalar(at: position, length: length, in: bytes)
      position += length
      if foldingCase { code = lowercased(code) }
      needsComposition = needsComposition || !isInert(code)
      UTF8Sequence.append(code, to: &output)
    }
    guard needsComposition else { return true }
    output = Array(String(decoding: output, as: UTF8.self).precomposedStringWithCompatibilityMapping.utf8)
    return true
  }

  /// Whether a character is left alone by compatibility composition whatever stands beside it: ASCII and the
  /// letters of Latin-1 and Latin Extended-A, which Swedish and its neighbours are written with.
  private static func isInert(_ code: UInt32) -> Bool {
    switch code {
    case 0..<0x80: true
    case 0x132, 0x133, 0x13F, 0x140, 0x149, 0x17F: false
    case 0xC0...0x17E: true
    default: false
    }
  }

  /// The simple lower-case mapping: one character for one character.
  private static func lowercased(_ code: UInt32) -> UInt32 {
    switch code {
    case 0x41...0x5A: return code + 0x20
    case 0..<0xC0: return code
    case 0xC0...0xDE: return code == 0xD7 ? code : code + 0x20
    case 0xDF...0xFF: return code
    case 0x130: return 0x69
    default:
      guard let scalar = Unicode.Scalar(code), isFolded(scalar) else { return code }
      let mapping = scalar.properties.lowercaseMapping.unicodeScalars
      guard mapping.count == 1, let small = mapping.first, isKnown(small) else { return code }
      return small.value
    }
  }

  /// Whether slapd folds the character: it folds letters only, and has the tables of Unicode 3.2.
  private static func isFolded(_ scalar: Unicode.Scalar) -> Bool {
    guard isKnown(scalar) else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter: return true
    default: return false
    }
  }

  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.age.map { ($0.major, $0.minor) <= (3, 2) } ?? false
  }
}
