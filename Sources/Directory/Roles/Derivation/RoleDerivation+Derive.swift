import Foundation
import LDAP

extension RoleDerivation {
  /// The instant in seconds since 1970.
  var moment: Double { instant.timeIntervalSince1970 }

  func join(at moment: Double) -> RoleJoin { RoleJoin(rules, programs, mandatory: mandatory, at: moment) }

  /// Derives what these entries hold, those that are persons; and whom that pushes over or below a number of holders.
  ///
  /// - Returns: the HSA-ids of the latter.
  mutating func derive(_ persons: [Int32]) -> Set<HSAIdentity> {
    var join = join(at: moment)
    var wereCounted = false
    for person in persons {
      var tooMany: [Int] = []
      var found: [RoleHeld] = []
      if entries[person].kind == .person {
        found = join.derive(person, entries, &texts, requests, excess: &tooMany)
        limits.apply(to: &found, of: person, entries, texts, requests, at: moment)
      }
      excess[person] = tooMany.isEmpty ? nil : tooMany
      held[Int(person)] = found
      if counted.remove(person) != nil { wereCounted = true }
      if limits.countsHolders(of: found, texts) {
        wereCounted = counted.insert(person).inserted || wereCounted
      }
    }
    return wereCounted ? count() : []
  }

  /// Counts holders, and refuses what is too many.
  private mutating func count() -> Set<HSAIdentity> {
    var all: [Int32: [RoleHeld]] = [:]
    for person in counted { all[person] = held[Int(person)] }
    limits.count(&all, entries, texts)
    var changed: Set<HSAIdentity> = []
    for (person, now) in all where now != held[Int(person)] {
      held[Int(person)] = now
      changed.insert(entries.identity(person))
    }
    return changed
  }

  /// The number of a person who counts.
  func number(_ person: HSAIdentity) -> Int32? {
    guard let entry = entries.entry(person), entries[entry].kind == .person else { return nil }
    return entry
  }

  /// An assignment in the form that others work with.
  func assignment(_ one: RoleHeld, of person: Int32) -> Assignment { assignment(one, of: person, texts) }

  func assignment(_ one: RoleHeld, of person: Int32, _ texts: RoleTexts) -> Assignment {
    let rule = rules.rules[Int(one.rule)]
    var made = Assignment(
      person: entries.identity(person), role: texts.text(one.role), rule: rule.name, position: rule.position)
    func identity(_ entry: Int32) -> HSAIdentity? { entry < 0 ? nil : entries.identity(entry) }
    made.commission = identity(one.commission)
    made.unit = identity(one.careUnit)
    made.provider = identity(one.provider)
    made.function = identity(one.function)
    switch rule.scope {
    case .none: break
    // The unit that the rule joined; where it joins none, the care unit.
    case .unit:
      made.scope = identity(programs[Int(one.rule)].unit != nil && one.unit >= 0 ? one.unit : one.careUnit)
    case .provider: made.scope = made.provider
    case .identity(let identity): made.scope = identity
    }
    made.from = one.from.isFinite ? Date(timeIntervalSince1970: one.from) : nil
    made.to = one.to.isFinite ? Date(timeIntervalSince1970: one.to) : nil
    return made
  }
}
