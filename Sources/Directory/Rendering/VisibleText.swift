/// Text from files and servers, made fit to print: what a terminal would obey, or an eye misread, is spelled out.
///
/// Control characters (ANSI escapes among them), characters without a form of their own (bidirectional marks,
/// zero-width joiners, soft hyphens), spaces that are not the space and unassigned characters become `\u{..}`.
package struct VisibleText: Sendable {
  /// The text, safe to print.
  package let text: String

  /// Text that stands by itself in a column: a second space in a row is spelled out, so that no column can be forged.
  package init(_ raw: String) {
    text = VisibleText.escaped(raw, quoted: false)
  }

  /// Text between quotation marks.
  package init(quoting raw: String) {
    text = "\"" + VisibleText.escaped(raw, quoted: true) + "\""
  }

  private static func escaped(_ raw: String, quoted: Bool) -> String {
    if isPlain(raw, quoted: quoted) { return raw }
    var result = ""
    result.reserveCapacity(raw.utf8.count + 2)
    var previous: Unicode.Scalar = " "
    for scalar in raw.unicodeScalars {
      if mustBeSpelled(scalar) || (!quoted && scalar == " " && previous == " ")
        || startsOnNothing(scalar, previous)
      {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        if quoted, scalar == "\\" || scalar == "\"" { result += "\\" }
        result.unicodeScalars.append(scalar)
      }
      previous = scalar
    }
    return result
  }

  /// Whether there is nothing to spell out: letters, digits and signs of ASCII, as most text is.
  private static func isPlain(_ raw: String, quoted: Bool) -> Bool {
    var previous = UInt8(ascii: " ")
    for octet in raw.utf8 {
      guard octet &- 0x20 < 0x5F else { return false }
      if quoted {
        if octet == UInt8(ascii: "\\") || octet == UInt8(ascii: "\"") { return false }
      } else if octet == UInt8(ascii: " "), previous == octet {
        return false
      }
      previous = octet
    }
    return true
  }

  /// Whether a character says nothing, or something else, when it is printed as it is.
  package static func mustBeSpelled(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    if scalar.properties.isDefaultIgnorableCodePoint { return true }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator:
      true
    default: false
    }
  }

  /// Whether an accent would sit on a character of ours, such as the opening quotation mark.
  private static func startsOnNothing(_ scalar: Unicode.Scalar, _ previous: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    return switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: previous == " " || mustBeSpelled(previous)
    default: false
    }
  }
}

extension String {
  /// How many columns of a terminal the text takes; for text that ``VisibleText`` has let through.
  package var displayWidth: Int {
    // Below the combining accents each character is one scalar and one column.
    var count = 0
    for scalar in unicodeScalars {
      guard scalar.value < 0x300 else { return displayWidthOfAnyText }
      count += 1
    }
    return count
  }

  private var displayWidthOfAnyText: Int {
    reduce(0) { sum, character in
      sum + (character.unicodeScalars.first.map(String.isWide) ?? false ? 2 : 1)
    }
  }

  /// The text with spaces behind it up to a width.
  package func padded(to width: Int) -> String {
    let missing = width - displayWidth
    return missing > 0 ? self + String(repeating: " ", count: missing) : self
  }

  /// The text, its end replaced by `…` when it is wider than `width`.
  package func cut(to width: Int) -> String {
    guard displayWidth > width else { return self }
    var result = ""
    var room = width - 1
    for character in self {
      room -= String(character).displayWidth
      guard room >= 0 else { break }
      result.append(character)
    }
    return result + "…"
  }

  /// Whether a character takes two columns: the East Asian wide ranges and the emoji blocks of UAX 11.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
