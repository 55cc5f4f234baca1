import Foundation
import LDAP

/// Looks at all that could be joined for one person and rule, and says what is met and what is not.
struct RoleExplainer {
  typealias Requirement = RoleExplanation.Requirement

  let derivation: RoleDerivation
  let person: Int32
  let role: String?
  private var join: RoleJoin
  private(set) var given: [RoleExplanation.Given] = []
  private(set) var missing: [RoleExplanation.Missing] = []

  init(_ derivation: RoleDerivation, _ person: Int32, role: String?) {
    self.derivation = derivation
    self.person = person
    self.role = role.map(RoleName.normalForm)
    join = derivation.join(at: derivation.moment)
  }

  var entries: RoleEntries { derivation.entries }
  var instant: Double { derivation.moment }

  /// Whether a rule could give the role that is asked about, with other values in its text.
  func mayGive(_ rule: Int) -> Bool {
    guard let role else { return true }
    let parts = derivation.rules.rules[rule].role.parts.map { part in
      if case .literal(let text) = part { text } else { "*" }
    }
    return RolePattern(parts.joined()).matches(role)
  }

  /// Adds what a rule gives, or else why it gives nothing.
  mutating func explain(_ rule: Int) {
    let all = candidates(rule)
    let held = derivation.held[Int(person)].filter { Int($0.rule) == rule && $0.refusal < 0 }
    var gives = false
    for one in held where role.map({ derivation.texts.normal(one.role) == $0 }) ?? true {
      gives = true
      let match = all.first { $0.ties.commission == one.commission && $0.ties.function == one.function }
      given.append(
        RoleExplanation.Given(
          derivation.assignment(one, of: person), match?.requirements.filter(\.isMet) ?? [],
          membership: match.flatMap { period(of: $0.ties) }))
    }
    guard !gives, let closest = all.min(by: isCloser) else { return }
    let source = derivation.rules.rules[rule]
    var missing = RoleExplanation.Missing(
      rule: source.name, position: source.position, requirements: closest.requirements)
    missing.roles = closest.roles
    missing.membership = period(of: closest.ties)
    for subject in RoleSubject.allCases {
      let entry = closest.ties.entry(subject)
      if entry >= 0 { missing.entries[subject] = entries.identity(entry) }
    }
    self.missing.append(missing)
  }

  /// What could be joined, with what is asked of it.
  struct Candidate {
    var ties: RoleTies
    var requirements: [Requirement] = []
    var roles: [String] = []
    var lacks: Int { requirements.count { !$0.isMet } }
  }

  /// Fewer faults first, then by the entries, so that the order never matters.
  private func isCloser(_ left: Candidate, _ right: Candidate) -> Bool {
    if left.lacks != right.lacks { return left.lacks < right.lacks }
    func key(_ one: Candidate) -> [String] {
      RoleSubject.allCases.map { subject in
        let entry = one.ties.entry(subject)
        return entry < 0 ? "" : entries.identity(entry).normalForm
      }
    }
    return key(left).lexicographicallyPrecedes(key(right))
  }

  private func period(of ties: RoleTies) -> (from: Date?, to: Date?)? {
    guard ties.commission >= 0 else { return nil }
    func date(_ moment: Double) -> Date? { moment.isFinite ? Date(timeIntervalSince1970: moment) : nil }
    return (date(ties.memberStart), date(ties.memberEnd))
  }

  private mutating func candidates(_ rule: Int) -> [Candidate] {
    ties(rule).map { ties in
      var candidate = Candidate(ties: ties)
      judge(&candidate, rule)
      return candidate
    }
  }

  /// Every commission and function that could be joined, whether it fits or not; one without where there is none.
  private mutating func ties(_ rule: Int) -> [RoleTies] {
    let program = derivation.programs[rule]
    let functions = program.function == nil ? [] : entries.functions(of: person)
    var found: [RoleTies] = []
    for function in functions.isEmpty ? [-1] : functions {
      if program.commission != nil {
        found += commissionTies(function)
      } else {
        found += placedTies(function, program)
      }
    }
    return found
  }

  private mutating func commissionTies(_ function: Int32) -> [RoleTies] {
    let identity = entries[person].identity
    let now = entries.memberships(of: identity, at: instant)
    let other = entries.memberships(of: identity, at: .nan).filter { one in
      !now.contains { $0.commission == one.commission }
    }
    var none = RoleTies(person: person)
    none.function = function
    if now.isEmpty, other.isEmpty { return [none] }
    return (now + other).map { membership in
      RoleTies(person, membership, join.commission(membership.commission, entries), function: function)
    }
  }

  private mutating func placedTies(_ function: Int32, _ program: RoleProgram) -> [RoleTies] {
    var unit = entries.unit(above: function >= 0 ? function : person)
    var found: [RoleTies] = []
    repeat {
      var ties = RoleTies(person: person)
      ties.function = function
      ties.unit = unit
      let (search, careUnit) = join.place(unit, entries)
      ties.careUnit = careUnit
      if case .found(let provider) = search { ties.provider = provider }
      found.append(ties)
      // The nearest that meets the condition is the one; those beyond it do not come into question.
      guard unit >= 0, function < 0, let condition = program.unit, !entries.meets(unit, condition) else {
        break
      }
      unit = entries.unit(above: unit)
    } while unit >= 0
    return found
  }

  /// What holds of a commission.
  mutating func commission(_ commission: Int32) -> RoleCommission { join.commission(commission, entries) }
}
