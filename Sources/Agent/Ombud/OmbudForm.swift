import Foundation
import Reconciler

/// What a form of the page has sent: names and texts, and at most one file. Bounded, and strict: what is not understood is
/// refused as a whole.
struct OmbudForm: Sendable {
  struct File: Sendable {
    var name: String
    var octets: [UInt8]
  }

  /// The longest text of one field, in octets.
  static let longest = 8_000
  private(set) var fields: [String: String] = [:]
  private(set) var file: File?

  subscript(name: String) -> String? { fields[name] }

  /// Reads a body by its media type (RFC 7578; the URL standard's application/x-www-form-urlencoded).
  init(_ octets: [UInt8], type: String) throws(Refusal) {
    let parts = type.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    switch parts.first?.lowercased() {
    case "application/x-www-form-urlencoded": try readPairs(octets)
    case "multipart/form-data":
      guard let boundary = parts.dropFirst().compactMap(Self.boundary).first else { throw Self.fault }
      try readParts(octets, boundary)
    default: throw Self.fault
    }
  }

  private static func boundary(_ parameter: String) -> String? {
    guard parameter.lowercased().hasPrefix("boundary=") else { return nil }
    let text = parameter.dropFirst(9).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    let isFit = (1...70).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    return isFit ? text : nil
  }

  private mutating func readPairs(_ octets: [UInt8]) throws(Refusal) {
    guard octets.count <= 64 << 10, let text = String(validating: octets, as: UTF8.self) else {
      throw Self.fault
    }
    for pair in text.split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = sides.map { $0.replacing("+", with: " ").removingPercentEncoding }
      guard let name = decoded[0], let value = decoded.count == 2 ? decoded[1] : "" else { throw Self.fault }
      try put(name, value)
    }
  }

  private mutating func put(_ name: String, _ value: String) throws(Refusal) {
    guard fields[name] == nil, fields.count < 20, name.utf8.count <= 100, value.utf8.count <= Self.longest,
      !value.unicodeScalars.contains("\0")
    else { throw Self.fault }
    fields[name] = value
  }

  private mutating func readParts(_ octets: [UInt8], _ boundary: String) throws(Refusal) {
    let mark = Array("--\(boundary)".utf8)
    guard octets.starts(with: mark) else { throw Self.fault }
    let between = [0x0D, 0x0A] + mark
    var rest = octets[mark.count...]
    while !rest.starts(with: [0x2D, 0x2D]) {
      guard rest.starts(with: [0x0D, 0x0A]), let end = rest.firstRange(of: between),
        let head = rest.firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A]), head.upperBound <= end.lowerBound
      else { throw Self.fault }
      try readPart(rest[(rest.startIndex + 2)..<head.lowerBound], rest[head.upperBound..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
  }

  private mutating func readPart(_ head: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) throws(Refusal) {
    guard head.count <= 4_000, let text = String(validating: head, as: UTF8.self) else { throw Self.fault }
    let line = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") }
    guard let line, let name = Self.parameter("name", in: line) else { throw Self.fault }
    guard let called = Self.parameter("filename", in: line) else {
      guard let value = String(validating: body, as: UTF8.self) else { throw Self.fault }
      return try put(name, value)
    }
    guard file == nil, name == "file" else { throw Self.fault }
    file = File(name: String(called.prefix(200)), octets: Array(body))
  }

  /// A quoted parameter; browsers write quotes in it as `%22`.
  private static func parameter(_ name: String, in line: Substring) -> String? {
    guard let start = line.firstRange(of: "; \(name)=\"") else { return nil }
    let rest = line[start.upperBound...]
    return rest.firstIndex(of: "\"").map { String(rest[..<$0]) }
  }

  static var fault: Refusal {
    Refusal(
      .requestMalformed, .usage, "what was sent is not what a form of this page sends",
      advice: "go back, load the page again, and send it once more")
  }
}
