import LDAP

/// A plan as LDIF change records (RFC 2849) that `ldapmodify` applies to the same effect, conditions included.
///
/// Each record carries its precondition as a critical assertion control (RFC 4528) and stands in the plan's order, so
/// that the file can be applied from top to bottom. Modifications of attributes that the profile calls unique have the
/// exact old values as their only condition: slapd's overlay `unique` (2.5.13) holds an assertion against the base of its
/// own search too, and would refuse every one of them.
///
/// It holds values by its purpose, those of protected persons and
/// personal numbers included: it is to be kept like the directory itself.
package struct PlanLDIF {
  /// Why a plan is not given as LDIF.
  package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let obstacle: Plan.Obstacle
    package var description: String {
      "the plan is not given as LDIF, which could be applied by anyone: \(obstacle)"
    }
  }

  private let plan: Plan
  private let unique: Set<String>

  /// - Throws: ``Refusal`` when the plan may not be applied.
  package init(_ plan: Plan, profile: Profile) throws(Refusal) {
    if let obstacle = plan.obstacle { throw Refusal(obstacle: obstacle) }
    self.plan = plan
    unique = Set(profile.unique.map(\.asciiLowercased))
  }

  /// The file's octets.
  package var bytes: [UInt8] {
    var writer = LDIFWriter()
    writer.comment(VisibleText(PlanSummary(plan).line).text)
    writer.comment(VisibleText(PlanSummary(plan).proof).text)
    writer.comment("Apply with ldapmodify, without -c: a record that fails may be what later ones stand on.")
    var written: Set<String> = []
    for change in plan.changes {
      let uuid = change.precondition.entryUUID ?? ""
      let condition = change.precondition.filter(asWritten: written.contains(uuid))
      let isMisjudged = modifiesUnique(change)
      writer.comment(PlanLDIF.heading(of: change) + (isMisjudged ? " (old values are the condition)" : ""))
      writer.append(change.operation, controls: isMisjudged ? [] : PlanLDIF.controls(condition))
      written.insert(uuid)
    }
    return writer.bytes
  }

  private func modifiesUnique(_ change: Change) -> Bool {
    guard case .modify(_, let modifications) = change.operation else { return false }
    return modifications.contains { unique.contains($0.attribute.asciiLowercased) }
  }

  private static func heading(of change: Change) -> String {
    let cause =
      switch change.cause {
      case .desired(let position): "\(position.file):\(position.line)"
      case .absence(let source): "absent from \(source)"
      case .undo(let run): "undo of run \(run)"
      }
    return VisibleText("\(change.id + 1) \(change.action) \(change.kind) \(change.identity) \(cause)").text
  }

  private static func controls(_ condition: Filter?) -> [LDIFControl] {
    guard let filter = condition else { return [] }
    let control = Control.assertion(filter)
    return [LDIFControl(oid: control.oid, criticality: true, value: control.value)]
  }
}

extension Change.Precondition {
  /// The condition as one filter; `nil` for an add.
  ///
  /// - Parameter asWritten: whether an earlier change has written the entry, so that its CSN is no longer the one planned with.
  fileprivate func filter(asWritten: Bool) -> Filter? {
    var clauses: [Filter] = []
    if case .and(let parts) = assertion { clauses = parts } else if let assertion { clauses = [assertion] }
    clauses.removeAll { $0.isEquality(of: "entryCSN") }
    if let entryUUID, !clauses.contains(where: { $0.isEquality(of: "entryUUID") }) {
      clauses.insert(.equal("entryUUID", Value(entryUUID)), at: 0)
    }
    if let entryCSN, !asWritten { clauses.append(.equal("entryCSN", Value(entryCSN))) }
    return clauses.count > 1 ? .and(clauses) : clauses.first
  }
}

extension Filter {
  fileprivate func isEquality(of attribute: String) -> Bool {
    if case .equal(let name, _) = self { name.equalsIgnoringASCIICase(attribute) } else { false }
  }
}
