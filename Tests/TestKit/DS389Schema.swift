import Foundation

/// The shipped schema in the form that 389 Directory Server reads: the same descriptions, as values of one LDIF entry.
enum DS389Schema {
  /// What `schemas/hsa.schema` says, for a file of the server's schema folder.
  static func ldif(slapdSchema text: String) throws -> String {
    var identifiers: [Substring: String] = [:]
    var lines = ["dn: cn=schema"]
    for statement in statements(text) {
      let words = statement.split(separator: " ", maxSplits: 1)
      guard words.count == 2 else { throw Failure("not a statement of a schema: \(statement)") }
      switch words[0].lowercased() {
      case "objectidentifier":
        let pair = words[1].split(separator: " ")
        identifiers[pair[0]] = try expand(pair[1], identifiers)
      case "attributetype": lines.append("attributeTypes: " + (try expandFirst(words[1], identifiers)))
      case "objectclass": lines.append("objectClasses: " + (try expandFirst(words[1], identifiers)))
      default: throw Failure("not known in a schema: \(words[0])")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Statements on one line each, single spaces between words, comments left out.
  private static func statements(_ text: String) -> [String] {
    var result: [String] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if let first = line.first, first.isWhitespace, !result.isEmpty {
        result[result.count - 1] += " " + words
      } else if !words.isEmpty {
        result.append(words)
      }
    }
    return result
  }

  /// `( name:7 NAME …` with the number that the name stands for.
  private static func expandFirst(_ description: Substring, _ identifiers: [Substring: String]) throws
    -> String
  {
    let words = description.split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[0] == "(" else { throw Failure("not a description: \(description)") }
    return "( \(try expand(words[1], identifiers)) \(words[2])"
  }

  private static func expand(_ identifier: Substring, _ identifiers: [Substring: String]) throws -> String {
    let parts = identifier.split(separator: ":")
    if parts[0].first?.isNumber == true { return String(identifier) }
    guard let root = identifiers[parts[0]] else { throw Failure("no objectidentifier \(parts[0])") }
    return parts.count == 1 ? root : "\(root).\(parts[1])"
  }
}
