/// How texts of roles are compared: neither letter case nor the number of spaces makes another role.
package enum RoleName {
  /// Small letters, single spaces, none at the ends.
  package static func normalForm(_ text: String) -> String {
    text.lowercased().split(separator: " ").joined(separator: " ")
  }
}

/// Which roles are meant, such as `NPÖ;*`: a star stands for any characters, none among them.
package struct RolePattern: Hashable, Sendable, CustomStringConvertible {
  /// As written.
  package let text: String
  private let parts: [[UInt8]]

  package init(_ text: String) {
    self.text = text
    parts = RoleName.normalForm(text).utf8.split(
      separator: UInt8(ascii: "*"), omittingEmptySubsequences: false
    )
    .map(Array.init)
  }

  /// Whether a role is one of those that are meant.
  package func matches(_ role: String) -> Bool {
    var rest = Array(RoleName.normalForm(role).utf8)[...]
    guard let first = parts.first, let last = parts.last else { return false }
    guard parts.count > 1 else { return rest.elementsEqual(first) }
    guard rest.starts(with: first) else { return false }
    rest = rest.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }

  package var description: String { text }
}

extension [RolePattern] {
  /// Whether one of them means a role.
  package func match(_ role: String) -> Bool { contains { $0.matches(role) } }
}
