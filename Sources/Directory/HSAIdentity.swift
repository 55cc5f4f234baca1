import LDAP

/// An HSA-id: what an entry *is*, wherever it lies and whatever it is called.
///
/// Two spellings that differ in letter case only are the same identity; ``text`` keeps the spelling.
package struct HSAIdentity: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The id as written.
  package let text: String
  /// The form that is compared: ASCII capitals.
  package let normalForm: String

  package init(_ text: String) {
    self.text = text
    self.normalForm = HSAIdentity.normalForm(text)
  }

  package static func normalForm(_ text: String) -> String {
    String(decoding: text.utf8.map { $0 &- 97 < 26 ? $0 & 0xDF : $0 }, as: UTF8.self)
  }

  package static func == (left: HSAIdentity, right: HSAIdentity) -> Bool {
    left.normalForm == right.normalForm
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(normalForm) }
  package static func < (left: HSAIdentity, right: HSAIdentity) -> Bool { left.normalForm < right.normalForm }
  package var description: String { text }
}

extension HSAIdentity: Codable {
  package init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
