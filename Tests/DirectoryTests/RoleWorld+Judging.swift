import Foundation
import LDAP

@testable import Directory

extension RoleWorld {
  func emptyDerivation() -> RoleDerivation {
    RoleDerivation(rules, profile: Self.profile, schema: Self.schema, base: Self.base, known: known)
  }

  func derivation() -> RoleDerivation {
    var derivation = emptyDerivation()
    derivation.take(EntryTable(all))
    derivation.derive(at: instant)
    return derivation
  }

  /// A derivation of all entries, where those that another knows no entryUUID of are foretold.
  func derivation(foretelling other: RoleDerivation) -> RoleDerivation {
    func isThere(_ entry: Entry) -> Bool {
      let number = entry.text("entryUUID").flatMap { other.entries.uuids.find($0) }
      return number.flatMap { other.entries.entry(ofUUID: Int32($0)) } != nil
    }
    var derivation = emptyDerivation()
    derivation.take(EntryTable(all.filter(isThere)))
    derivation.derive(at: instant)
    let made = all.filter { !isThere($0) }.sorted { $0.dn.rdns.count < $1.dn.rdns.count }
    _ = derivation.make(made.map { RoleWorld.change(.add($0)) })
    return derivation
  }

  func oracle(timeless: Bool = false) -> RoleOracle {
    var oracle = RoleOracle(
      all, rules, Self.profile, Self.schema, base: Self.base, known: known, at: instant)
    oracle.isTimeless = timeless
    return oracle
  }

  /// How a derivation departs from the oracle; `nil` when it does not.
  func difference(_ derivation: RoleDerivation) -> String? {
    let oracle = oracle()
    let everything = oracle.everything()
    for person in Set(oracle.persons.compactMap(\.id)).union(derivation.holders).sorted() {
      let wanted = (everything[person] ?? []).filter { $0.refusal == nil }.map(\.assignment).inOrder
      let found = derivation.assignments(of: person)
      if found != wanted { return "\(person): \(found) instead of \(wanted)" }
      let refused = Set((everything[person] ?? []).filter { $0.refusal != nil }.map(\.assignment))
      let foundRefused = Set(derivation.refused(of: person).map(\.assignment))
      if refused != foundRefused { return "\(person) refused: \(foundRefused) instead of \(refused)" }
    }
    return nil
  }

  static func change(_ operation: WriteOperation) -> Change {
    Change(
      id: 0, action: .update, kind: .person, identity: HSAIdentity(""), label: nil, isProtected: false,
      cause: .undo(run: 1), dn: operation.dn, differences: [], operation: operation, precondition: .init())
  }
}

extension RoleDerivation {
  /// All moments after which something may be otherwise.
  var boundaries: [Date] {
    var found: [Date] = []
    var next = nextBoundary(after: .distantPast)
    while let moment = next, found.count < 200 {
      found.append(moment)
      next = nextBoundary(after: moment)
    }
    return found
  }

  var everybody: Set<HSAIdentity> {
    Set(entries.all.indices.filter { entries.isSound(Int32($0)) }.map { entries.identity(Int32($0)) })
  }

  /// Who has something else in another derivation.
  func changed(to other: RoleDerivation) -> Set<HSAIdentity> {
    Set(
      everybody.union(other.everybody).filter { person in
        assignments(of: person) != other.assignments(of: person)
          || Set(refused(of: person).map(\.assignment)) != Set(other.refused(of: person).map(\.assignment))
      })
  }

  /// How another derivation departs from this one; `nil` when it does not.
  func difference(from other: RoleDerivation) -> String? {
    if holders != other.holders { return "holders \(other.holders) instead of \(holders)" }
    for person in everybody.union(other.everybody).sorted() {
      let (left, right) = (assignments(of: person), other.assignments(of: person))
      if left != right { return "\(person): \(right) instead of \(left)" }
      let refusals = (refused(of: person), other.refused(of: person))
      if refusals.0.map(\.assignment) != refusals.1.map(\.assignment) { return "\(person): refused" }
      if self.person(person) != other.person(person) {
        return
          "\(person): \(String(describing: other.person(person))) instead of \(String(describing: self.person(person)))"
      }
      for assignment in left where evidence(for: assignment) != other.evidence(for: assignment) {
        return "\(person): evidence for \(assignment)"
      }
    }
    if findings != other.findings { return "findings \(other.findings) instead of \(findings)" }
    if participants != other.participants { return "participants" }
    if boundaries != other.boundaries { return "boundaries \(other.boundaries) instead of \(boundaries)" }
    if coverage() != other.coverage() { return "coverage" }
    return nil
  }
}
