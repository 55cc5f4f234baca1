import Directory

/// A JSON value (RFC 8259) as a service provider writes it.
///
/// Numbers stay as they stand and members in their order, so that a resource that is written back (`PUT`) is the one
/// that was read, but for what was changed.
package indirect enum SCIMJSON: Hashable, Sendable {
  package struct Member: Hashable, Sendable {
    package var name: String
    package var value: SCIMJSON
  }
  case object([Member])
  case array([SCIMJSON])
  case string(String)
  /// As written.
  case number(String)
  case bool(Bool)
  case null

  /// A member of an object, whatever the case of its name (RFC 7643 section 2.1); `nil` as well where it is `null`.
  subscript(_ name: String) -> SCIMJSON? {
    get {
      guard case .object(let members) = self else { return nil }
      let found = members.first { SCIMJSON.isSame($0.name, name) }?.value
      return found == .null ? nil : found
    }
    set {
      guard case .object(var members) = self else { return }
      let index = members.firstIndex { SCIMJSON.isSame($0.name, name) }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
      self = .object(members)
    }
  }

  package var text: String? { if case .string(let text) = self { text } else { nil } }
  package var whole: Int? { if case .number(let text) = self { Int(text) } else { nil } }
  package var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  var elements: [SCIMJSON]? { if case .array(let elements) = self { elements } else { nil } }

  /// The text, without line breaks.
  var json: String {
    switch self {
    case .object(let members):
      "{" + members.map { SCIMJSON.quoted($0.name) + ":" + $0.value.json }.joined(separator: ",") + "}"
    case .array(let elements): "[" + elements.map(\.json).joined(separator: ",") + "]"
    case .string(let text): SCIMJSON.quoted(text)
    case .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .null: "null"
    }
  }

  /// A JSON string, which is also how a filter writes a text (RFC 7644 section 3.4.2.2).
  static func quoted(_ text: String) -> String { CanonicalJSON.string(text).text }

  /// Whether two attribute names are one (RFC 7643 section 2.1).
  static func isSame(_ left: String, _ right: String) -> Bool {
    left == right
      || left.utf8.count == right.utf8.count
        && zip(left.utf8, right.utf8).allSatisfy { $0 == $1 || small($0) == small($1) }
  }

  static func small(_ octet: UInt8) -> UInt8 { octet &- 65 < 26 ? octet | 0x20 : octet }
}

extension SCIMJSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral text: String) { self = .string(text) }
  package init(booleanLiteral flag: Bool) { self = .bool(flag) }
  package init(arrayLiteral elements: SCIMJSON...) { self = .array(elements) }
  package init(dictionaryLiteral members: (String, SCIMJSON)...) {
    self = .object(members.map { Member(name: $0, value: $1) })
  }
}
