import Directory
import LDAP

extension Change {
  /// What must hold of the entry for the write to happen, as one filter; `nil` where the plan gives no condition.
  ///
  /// - Parameter csn: the entry's CSN after our own last write to it; it takes the place of the plan's, which
  ///   that write made stale.
  func condition(csn: String?) -> Filter? {
    var parts: [Filter] = precondition.assertion.map(Change.clauses) ?? []
    parts.removeAll { precondition.entryCSN != nil && $0.isEquality(of: "entryCSN") }
    if let uuid = precondition.entryUUID, !parts.contains(where: { $0.isEquality(of: "entryUUID") }) {
      parts.insert(.equal("entryUUID", Value(uuid)), at: 0)
    }
    if let planned = precondition.entryCSN { parts.append(.equal("entryCSN", Value(csn ?? planned))) }
    return parts.count > 1 ? .and(parts) : parts.first
  }

  private static func clauses(_ filter: Filter) -> [Filter] {
    if case .and(let parts) = filter { parts.flatMap(clauses) } else { [filter] }
  }

  var isAddition: Bool { if case .add = operation { true } else { false } }
  var isDeletion: Bool { if case .delete = operation { true } else { false } }
  var isRename: Bool { if case .rename = operation { true } else { false } }
}

extension Filter {
  func isEquality(of attribute: String) -> Bool {
    if case .equal(let name, _) = self { name.equalsIgnoringASCIICase(attribute) } else { false }
  }

  /// The attributes that the filter looks at.
  var attributes: Set<String> {
    switch self {
    case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.attributes) }
    case .not(let part): part.attributes
    case .equal(let name, _), .greaterOrEqual(let name, _), .lessOrEqual(let name, _),
      .approximate(let name, _),
      .present(let name), .substrings(let name, _, _, _):
      [name]
    case .extensible(_, let name, _, _): name.map { [$0] } ?? []
    }
  }
}

/// Which conditions a server can check, and what it can tell after a write.
package struct WriteSupport: Hashable, Sendable {
  /// RFC 4528: the write happens only if a filter holds.
  package var assertion: Bool
  /// RFC 4527: what the entry was after the write.
  package var postRead: Bool
  /// Adding what is there and removing what is not are no errors.
  package var permissiveModify: Bool

  package init(assertion: Bool, postRead: Bool, permissiveModify: Bool) {
    self.assertion = assertion
    self.postRead = postRead
    self.permissiveModify = permissiveModify
  }

  package init(_ rootDSE: RootDSE) {
    let controls = rootDSE.supportedControls
    assertion = controls.contains(Control.OID.assertion)
    postRead = controls.contains(Control.OID.postRead)
    permissiveModify = controls.contains(Control.OID.permissiveModify)
  }

  /// What of a plan this server will not be sent, said before anybody applies it.
  func warnings(of plan: Plan) -> [Finding] {
    guard !assertion else { return [] }
    let renames = plan.changes.count(where: \.isRename)
    let deletions = plan.changes.count(where: \.isDeletion)
    guard renames + deletions > 0 else { return [] }
    let parts = [(renames, "moves and renames"), (deletions, "deletions")].filter { $0.0 > 0 }
    let counted = parts.map { "\($0.1): \($0.0)" }.joined(separator: ", ")
    return [
      Finding(
        "no-assertion-control", .warning,
        "this server cannot make a write conditional (no assertion control, RFC 4528), so apply will not send "
          + "what cannot be taken back (\(counted)), nor what comes after it",
        advice: "make each of these by hand when you have looked at it, and plan again")
    ]
  }

  /// The controls that go with a change.
  func controls(_ change: Change, condition: Filter?) -> [Control] {
    var controls: [Control] = []
    if assertion, let condition { controls.append(.assertion(condition)) }
    if postRead && !change.isDeletion { controls.append(.postRead(Fulfilment.attributes(of: change))) }
    // Without an assertion the exact values are the condition, and must be missed when they are not there.
    if permissiveModify && assertion, case .modify = change.operation { controls.append(.permissiveModify) }
    return controls
  }

  /// The request, with the old values in it as the condition where the server can check no other.
  func operation(_ change: Change, schema: Schema) -> WriteOperation {
    guard !assertion, case .modify(let dn, let modifications) = change.operation else {
      return change.operation
    }
    let exact = modifications.flatMap { modification -> [Modification] in
      guard modification.kind == .replace || (modification.kind == .delete && modification.values.isEmpty),
        schema.hasEquality(modification.attribute),
        let old = change.wholeOldValues(of: modification.attribute)
      else { return [modification] }
      let out = old.isEmpty ? [] : [Modification(.delete, modification.attribute, old)]
      let into =
        modification.values.isEmpty ? [] : [Modification(.add, modification.attribute, modification.values)]
      return out + into
    }
    return .modify(dn, exact)
  }
}

extension Change {
  /// The attributes that are replaced whole: those without equality rule, which no filter can assert.
  var attributesReplacedWhole: [String] {
    guard case .modify(_, let modifications) = operation else { return [] }
    return modifications.filter { $0.kind == .replace }.map(\.attribute)
  }

  /// Whether what is replaced whole is still what the plan saw, octet by octet.
  func findsWhatItReplaces(in entry: Entry, _ schema: Schema) -> Bool {
    attributesReplacedWhole.allSatisfy { attribute in
      let seen = differences.first { $0.attribute.equalsIgnoringASCIICase(attribute) }
      guard let seen else { return true }
      let there = entry.values(of: attribute, schema)
      return there.count == seen.removed.count + seen.kept && seen.removed.allSatisfy(there.contains)
    }
  }

  /// All the values that an attribute had, where the plan knows them all.
  fileprivate func wholeOldValues(of attribute: String) -> [Value]? {
    guard let difference = differences.first(where: { $0.attribute.equalsIgnoringASCIICase(attribute) })
    else {
      return nil
    }
    return difference.kept == 0 ? difference.removed : nil
  }
}
