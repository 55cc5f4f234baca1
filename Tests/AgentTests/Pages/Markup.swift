/// A page taken apart by the strictest reading: every tag closed, every attribute quoted, nothing guessed.
///
/// It reads scalars, as browsers do: a quote with a combining mark on it is a quote still.
struct Markup {
  /// One element in the order of the page.
  struct Element {
    var name: String
    var attributes: [String: String]
    var depth: Int
    /// The text within, of the element and all below it.
    var text = ""
    /// The places of those that it lies within, outermost first.
    var ancestors: [Int]
  }

  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var elements: [Element] = []
  private var open: [Int] = []
  private var rest: Substring.UnicodeScalarView
  private static let void: Set = ["meta", "link", "input", "br", "hr", "img"]

  init(_ html: String) throws {
    rest = html[...].unicodeScalars
    guard take("<!DOCTYPE html>\n") else { throw Fault(description: "no document type") }
    while !rest.isEmpty { try step() }
    guard open.isEmpty else { throw Fault(description: "unclosed \(elements[open[0]].name)") }
  }

  /// The elements of a name.
  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  /// The elements that lie within the one at a place.
  func within(_ place: Int) -> [Element] { elements.filter { $0.ancestors.contains(place) } }

  private mutating func step() throws {
    guard rest.first == "<" else { return try readText() }
    rest.removeFirst()
    if take("/") { return try close() }
    try openTag()
  }

  private mutating func readText() throws {
    let text = rest.prefix { $0 != "<" }
    guard !text.contains(">") else { throw Fault(description: "bare > in \(String(text))") }
    rest = rest.dropFirst(text.count)
    for place in open { elements[place].text.unicodeScalars += text }
  }

  private mutating func close() throws {
    let name = readName()
    guard take(">"), let last = open.popLast(), elements[last].name == name else {
      throw Fault(description: "stray </\(name)>")
    }
  }

  private mutating func openTag() throws {
    let name = readName()
    guard !name.isEmpty else { throw Fault(description: "bare < before \(String(rest.prefix(20)))") }
    var attributes: [String: String] = [:]
    while !take(">") {
      guard skipSpace() else { throw Fault(description: "no space in <\(name)") }
      if take(">") { break }
      let (key, value) = try readAttribute()
      guard attributes.updateValue(value, forKey: key) == nil else {
        throw Fault(description: "\(key) twice in <\(name)>")
      }
    }
    elements.append(Element(name: name, attributes: attributes, depth: open.count, ancestors: open))
    if !Self.void.contains(name) { open.append(elements.count - 1) }
  }

  private mutating func readAttribute() throws -> (String, String) {
    let key = readName()
    guard !key.isEmpty else { throw Fault(description: "no attribute before \(String(rest.prefix(20)))") }
    guard take("=") else {
      guard ["required", "defer"].contains(key) else { throw Fault(description: "\(key) without value") }
      return (key, "")
    }
    guard take("\"") else { throw Fault(description: "\(key) is not quoted") }
    let value = rest.prefix { $0 != "\"" }
    guard !value.contains("<"), !value.contains(">") else { throw Fault(description: "tag in \(key)") }
    rest = rest.dropFirst(value.count)
    guard take("\"") else { throw Fault(description: "\(key) does not end") }
    return (key, String(value))
  }

  private mutating func readName() -> String {
    let name = rest.prefix { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-")
    }
    rest = rest.dropFirst(name.count)
    return String(name)
  }

  private mutating func skipSpace() -> Bool {
    let space = rest.prefix { $0 == " " || $0 == "\n" }
    rest = rest.dropFirst(space.count)
    return !space.isEmpty
  }

  private mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.unicodeScalars) else { return false }
    rest = rest.dropFirst(text.unicodeScalars.count)
    return true
  }
}
