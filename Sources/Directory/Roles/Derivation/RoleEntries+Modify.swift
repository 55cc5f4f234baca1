import LDAP

extension RoleEntries {
  /// Makes one change of one attribute, as a server does.
  mutating func apply(_ modification: Modification, to content: inout Content) {
    if RoleValues.key(modification.attribute, schema) == memberKey { applyToMembers(modification, &content) }
    let slot = slot(modification.attribute)
    guard slot >= 0 else { return }
    while content.sets.count <= slot { content.sets.append(0) }
    let rule = schema.equality(of: modification.attribute)
    func normal(_ value: Value) -> [UInt8] {
      value.bytes.withUnsafeBytes { rule.normalForm($0, schema: schema) }
    }
    var present = values.values(slot, content.sets[slot])
    switch modification.kind {
    case .replace: present = modification.values
    case .delete:
      let gone = Set(modification.values.map(normal))
      present = gone.isEmpty ? [] : present.filter { !gone.contains(normal($0)) }
    case .add:
      let there = Set(present.map(normal))
      present += modification.values.filter { !there.contains(normal($0)) }
    }
    content.sets[slot] = values.number(slot, present)
  }

  private mutating func applyToMembers(_ modification: Modification, _ content: inout Content) {
    if modification.kind == .replace || modification.kind == .delete && modification.values.isEmpty {
      content.members = []
      content.badMembers = 0
    }
    guard modification.kind == .delete else {
      for value in modification.values { value.bytes.withUnsafeBytes { addMember($0, to: &content) } }
      return
    }
    var gone: [RoleMember: Int] = [:]
    for value in modification.values {
      if let period = MemberPeriod(value) {
        gone[member(period), default: 0] += 1
      } else {
        content.badMembers = max(0, content.badMembers - 1)
      }
    }
    content.members.removeAll { member in
      guard let left = gone[member], left > 0 else { return false }
      gone[member] = left - 1
      return true
    }
  }
}
