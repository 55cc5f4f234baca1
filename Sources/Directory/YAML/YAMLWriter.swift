import LDAP

extension YAMLText {
  /// Lines of a file of rows.
  struct Writer {
    private(set) var text = ""

    mutating func line(_ depth: Int, _ line: String) {
      text += String(repeating: "  ", count: depth) + line + "\n"
    }

    /// The first lines of an item of a list.
    mutating func row(_ lines: [String]) {
      for (index, line) in lines.enumerated() { text += (index == 0 ? "  - " : "    ") + line + "\n" }
    }
  }

  /// A value as it survives: plain where nobody can take it for something else, quoted otherwise, base64 for octets.
  static func value(_ octets: UnsafeRawBufferPointer) -> String {
    guard let text = String(validating: octets, as: UTF8.self) else {
      return "{base64: \(Base64.encode(octets))}"
    }
    return scalar(text)
  }

  /// A GeneralizedTime in the form that people read, where it can be.
  static func time(_ octets: UnsafeRawBufferPointer) -> String { CivilTime.written(octets) ?? value(octets) }

  /// A text as a scalar.
  static func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

  /// What some reader takes for a boolean or for nothing.
  private static let words: Set<String> = [
    "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf",
  ]

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, isLetter(first), !text.hasSuffix(" "), text.utf8.count < 200,
      !words.contains(text.asciiLowercased)
    else { return false }
    return text.unicodeScalars.allSatisfy {
      isLetter($0) || " ._/@-;".unicodeScalars.contains($0) || isDigit($0)
    }
      && !text.contains("  ")
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value &- 48 < 10 }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? (scalar.value | 0x20) &- 97 < 26 : (0xC0...0x24F).contains(scalar.value)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: result += "\\" + String(scalar)
      case 0x0A: result += "\\n"
      case 0x09: result += "\\t"
      case 0..<0x20, 0x7F..<0xA0: result += "\\x" + hexadecimal(scalar.value, 2)
      case 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: result += "\\u" + hexadecimal(scalar.value, 4)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func hexadecimal(_ number: UInt32, _ digits: Int) -> String {
    let text = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
