/// A JSON text of one form only: keys sorted by their octets, numbers whole, characters that a terminal would obey
/// written `\uXXXX`.
///
/// The same values give the same octets, so that two texts can be compared and a digest means something.
package indirect enum CanonicalJSON: Hashable, Sendable {
  case object([String: CanonicalJSON])
  case array([CanonicalJSON])
  case string(String)
  case number(Int)
  case bool(Bool)
  case null

  /// The text without line breaks.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  package func write(to out: inout some TextOutputStream) {
    switch self {
    case .object(let members):
      out.write("{")
      let inOrder = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (index, member) in inOrder.enumerated() {
        out.write((index > 0 ? "," : "") + CanonicalJSON.quoted(member.key) + ":")
        member.value.write(to: &out)
      }
      out.write("}")
    case .array(let elements):
      out.write("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { out.write(",") }
        element.write(to: &out)
      }
      out.write("]")
    case .string(let text): out.write(CanonicalJSON.quoted(text))
    case .number(let number): out.write(String(number))
    case .bool(let value): out.write(value ? "true" : "false")
    case .null: out.write("null")
    }
  }

  /// RFC 8259 section 7, with more escaped than it demands.
  static func quoted(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
      return "\"" + text + "\""
    }
    var result = "\""
    result.reserveCapacity(text.utf8.count + 2)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default:
        if VisibleText.mustBeSpelled(scalar) || scalar.value == 0x7F {
          for unit in String(scalar).utf16 { result += "\\u" + hexadecimal(unit) }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  private static func hexadecimal(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension CanonicalJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  package init(stringLiteral text: String) { self = .string(text) }
  package init(integerLiteral number: Int) { self = .number(number) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension CanonicalJSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  package init(dictionaryLiteral members: (String, CanonicalJSON)...) {
    self = .object(Dictionary(members, uniquingKeysWith: { $1 }))
  }
  package init(arrayLiteral elements: CanonicalJSON...) { self = .array(elements) }

  /// An object of the members that have a value.
  package init(present members: [String: CanonicalJSON?]) { self = .object(members.compactMapValues { $0 }) }
}
