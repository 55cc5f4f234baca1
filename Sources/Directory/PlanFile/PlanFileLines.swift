import LDAP

/// The lines of a plan file, taken one by one: members of the whole, and the changes between them.
struct PlanFileLines {
  typealias Fault = PlanFileFault

  enum Item {
    case member(String, CanonicalJSON, line: Int)
    case change(CanonicalJSON, line: Int)
  }

  /// A line that begins in a certain way.
  struct Found {
    var number: Int
    var rest: ArraySlice<UInt8>
    /// A carriage return is told by its place, when the line is read.
    func isExactly(_ text: String) -> Bool {
      (rest.last == 0x0D ? rest.dropLast() : rest).elementsEqual(text.utf8)
    }
  }

  private let bytes: [UInt8]
  private var position = 0
  private var number = 0
  private var isInChanges = false
  private var lastName = ""

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// How many lines there are.
  var count: Int { number(at: max(bytes.count - 1, 0)) }

  /// The line, from 1, in which an octet stands.
  func number(at position: Int) -> Int { bytes.prefix(position).count { $0 == 0x0A } + 1 }

  /// The first line that begins with a text, or with a brace and the text.
  func line(beginning text: String) -> Found? {
    var start = 0
    var number = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      number += 1
      let line = bytes[start..<end].drop { $0 == UInt8(ascii: "{") }
      if line.starts(with: text.utf8) { return Found(number: number, rest: line.dropFirst(text.utf8.count)) }
      start = end + 1
    }
    return nil
  }

  /// The next member or change; `nil` at the end.
  mutating func next() throws(Fault) -> Item? {
    guard position < bytes.count else { return nil }
    var start = position
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    position = end + 1
    number += 1
    if isInChanges { return try change(start, end) }
    if number == 1 { start += 1 }
    let name = try name(&start, end)
    if name == "changes", bytes[start..<end].elementsEqual("[".utf8) {
      isInChanges = true
      return try next()
    }
    let isLast = position >= bytes.count
    let stop = end - 1
    guard stop > start, bytes[stop] == UInt8(ascii: isLast ? "}" : ",") else {
      throw fault(end, "a \(isLast ? "closing brace" : "comma") is wanted here")
    }
    let value = try value(start, stop, end)
    guard name != "changes" || value == [] else { throw fault(start, "each change has a line of its own") }
    return .member(name, value, line: number)
  }

  private mutating func change(_ start: Int, _ end: Int) throws(Fault) -> Item {
    guard end > start, bytes[end - 1] == UInt8(ascii: ",") else { throw fault(end, "a comma is wanted here") }
    var stop = end - 1
    if stop > start, bytes[stop - 1] == UInt8(ascii: "]") {
      stop -= 1
      isInChanges = false
    }
    return .change(try value(start, stop, end), line: number)
  }

  /// A name in quotation marks and a colon; the names come in order, each once.
  private mutating func name(_ start: inout Int, _ end: Int) throws(Fault) -> String {
    let rest = bytes[start..<end]
    guard rest.first == UInt8(ascii: "\""),
      let close = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")), close + 1 < end,
      bytes[close + 1] == UInt8(ascii: ":")
    else { throw fault(start, "the name of a member is wanted here") }
    let name = String(decoding: bytes[(start + 1)..<close], as: UTF8.self)
    guard PlanFileLines.names.contains(name) else { throw fault(start, "the member is not known") }
    guard lastName < name else { throw fault(start, "the members are in alphabetical order, each once") }
    lastName = name
    start = close + 2
    return name
  }

  private static let names: Set<String> = [
    "absentees", "applicable", "base", "changes", "code", "counts", "desired", "digest", "findings",
    "foreseen",
    "formatVersion", "guards", "instant", "observed", "ofEndings", "part", "population", "proof", "redacted",
    "roles", "sha256",
  ]

  /// - Parameter end: where the line ends, after what follows the value.
  private func value(_ start: Int, _ stop: Int, _ end: Int) throws(Fault) -> CanonicalJSON {
    let column = bytes[lineStart(start)..<start].count { $0 & 0xC0 != 0x80 }
    let result = bytes.withUnsafeBytes { all in
      Result { () throws(CanonicalJSON.SyntaxError) in
        try CanonicalJSON(
          parsing: UnsafeRawBufferPointer(rebasing: all[start..<stop]), line: number, after: column)
      }
    }
    do {
      return try result.get()
    } catch {
      throw Fault(code: .form, line: error.line, column: error.column, reason: error.reason)
    }
  }

  private func lineStart(_ position: Int) -> Int {
    (bytes[..<position].lastIndex(of: 0x0A) ?? -1) + 1
  }

  private func fault(_ position: Int, _ reason: String) -> Fault {
    let column = bytes[lineStart(position)..<position].count { $0 & 0xC0 != 0x80 }
    return Fault(code: .form, line: number, column: column + 1, reason: reason)
  }
}
