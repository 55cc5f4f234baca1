import LDAP

/// Judges each write of a plan by what the configuration owns, whoever made the plan: one read from a file may have been made
/// elsewhere, under another configuration, or by somebody with other wishes.
package struct Trespass: Sendable {
  private let base: DistinguishedName
  private let profile: Profile
  private let management: Management
  private let schema: Schema

  package init(base: DistinguishedName, profile: Profile, management: Management, schema: Schema) {
    self.base = base
    self.profile = profile
    self.management = management
    self.schema = schema
  }

  /// An error for each change that goes beyond what is owned; empty when the plan keeps within it.
  package func findings(in plan: Plan) -> [Finding] {
    plan.changes.compactMap { change in
      fault(of: change).map { fault in
        Finding(
          "not-owned", at: position(of: change), subject: change.identity,
          "change \(change.id + 1) \(fault)", advice: "plan again with this configuration")
      }
    }
  }

  private func position(of change: Change) -> SourcePosition? {
    if case .desired(let position) = change.cause { position } else { nil }
  }

  private func fault(of change: Change) -> String? {
    guard let managed = management[change.kind] else {
      return "is for the kind `\(change.kind.rawValue)`, which is not managed"
    }
    guard change.operation.dn == change.dn else { return "writes another entry than it names" }
    guard isBelowBase(change.dn), change.newDN.map(isBelowBase) ?? true else {
      return "writes outside the base"
    }
    switch change.operation {
    case .add(let entry): return fault(ofAttributes: entry.attributes.map(\.name), change, managed)
    case .modify(_, let modifications):
      return fault(ofAttributes: modifications.map(\.attribute), change, managed)
    case .rename(_, let newRDN, _, let newSuperior):
      guard newSuperior.map({ isBelowBase($0) || isBase($0) }) ?? true else { return "moves out of the base" }
      let expected = (newSuperior ?? DistinguishedName(Array(change.dn.rdns.dropFirst()))).child(newRDN)
      return change.newDN == expected ? nil : "moves the entry elsewhere than it says"
    case .delete: return mayDelete(change, managed) ? nil : "deletes what the configuration never deletes"
    }
  }

  private func isBase(_ name: DistinguishedName) -> Bool {
    name.normalForm(schema) == base.normalForm(schema)
  }

  /// The base itself may be changed, never moved or deleted: that is for the kinds to say.
  private func isBelowBase(_ name: DistinguishedName) -> Bool {
    isBase(name) || name.isDescendant(of: base, schema: schema)
  }

  private func mayDelete(_ change: Change, _ managed: KindManagement) -> Bool {
    switch change.cause {
    case .absence: managed.absent == .delete
    case .desired: false
    case .undo: true
    }
  }

  private func fault(ofAttributes names: [String], _ change: Change, _ managed: KindManagement) -> String? {
    var allowed = Set((managed.own + managed.merge).map(\.asciiLowercased))
    if case .add = change.operation { allowed.formUnion(settable(at: change.kind, managed)) }
    if change.isByAbsence || change.isUndo || change.action == .reactivate {
      allowed.formUnion([profile.endDate.asciiLowercased, "objectclass"])
    }
    let isRestored = if case .add = change.operation { change.isUndo } else { false }
    for name in names {
      let small = name.asciiLowercased
      let plain = String(small.prefix { $0 != ";" })
      if profile.neverOwned.contains(small) || profile.neverOwned.contains(plain) {
        return "writes \(name), which is made by the server or published by SITHS"
      }
      if !isRestored, !allowed.contains(small) { return "writes \(name), which is not owned" }
    }
    return nil
  }

  /// What only a creation sets.
  private func settable(at kind: Kind, _ managed: KindManagement) -> Set<String> {
    var names = ["objectClass", profile.identity] + managed.create
    if let of = profile[kind] { names += [of.naming] + of.templates.map(\.attribute) }
    return Set(names.map(\.asciiLowercased))
  }
}
