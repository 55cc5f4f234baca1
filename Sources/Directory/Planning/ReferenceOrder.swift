import LDAP

/// What is referred to comes before who refers to it, and a reference goes before what it refers to.
struct ReferenceOrder {
  private let planner: Planner

  init(_ planner: Planner) { self.planner = planner }

  func connect(_ drafts: inout [Draft]) {
    guard !planner.profile.references.isEmpty else { return }
    var made: [String: Int] = [:]
    var removed: [String: Int] = [:]
    for (index, draft) in drafts.enumerated() {
      for key in keys(draft.change) {
        switch draft.change.action {
        case .create, .move, .rename: made[key] = index
        case .delete: removed[key] = index
        default: break
        }
      }
    }
    for index in drafts.indices {
      for difference in drafts[index].change.differences {
        guard let form = planner.profile.references[difference.attribute.asciiLowercased] else { continue }
        for target in difference.added.compactMap({ key($0, form) }) {
          if let maker = made[target], maker != index { drafts[index].prefers.insert(maker) }
        }
        for target in difference.removed.compactMap({ key($0, form) }) {
          if let remover = removed[target], remover != index { drafts[remover].prefers.insert(index) }
        }
      }
    }
  }

  /// What others may call the entry of a change.
  private func keys(_ change: Change) -> [String] {
    [change.identity.normalForm, (change.newDN ?? change.dn).normalForm(planner.schema)]
  }

  private func key(_ value: Value, _ form: Profile.ReferenceForm) -> String? {
    guard let text = value.text else { return nil }
    switch form {
    case .identity: return HSAIdentity.normalForm(text)
    case .memberPeriod: return HSAIdentity.normalForm(String(text.prefix { $0 != ";" }))
    case .name: return (try? DistinguishedName(parsing: text))?.normalForm(planner.schema)
    }
  }
}
