import LDAP

extension CommissionRight {
  /// Reads `activity;type;scope` as a directory holds it; `nil` for any other form.
  static func reading(_ value: Value) -> CommissionRight? {
    guard let text = value.text else { return nil }
    let parts = text.split(separator: ";", omittingEmptySubsequences: false).map {
      $0.split(separator: " ").joined(separator: " ").lowercased()
    }
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    let scope: Scope =
      switch parts[2] {
      case "ve": .unit
      case "vg": .provider
      case "sjf": .others
      default: .identity(HSAIdentity(parts[2]))
      }
    return CommissionRight(activity: parts[0], type: parts[1], scope: scope)
  }

  /// Whether who has this right has the other: the same activity and scope, the type or all types.
  func gives(_ other: CommissionRight) -> Bool {
    activity == other.activity && (type == other.type || type == "alla") && scope == other.scope
  }
}
