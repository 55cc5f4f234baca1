import Foundation
import LDAP

extension RoleExplainer {
  /// Asks everything of a candidate that derivation asks, in its order, and goes on after the first fault.
  mutating func judge(_ candidate: inout Candidate, _ rule: Int) {
    let (ties, program) = (candidate.ties, derivation.programs[rule])
    let source = derivation.rules.rules[rule]
    for subject in RoleSubject.allCases where join(subject, program) {
      candidate.requirements += requirements(of: subject, ties, source, program)
    }
    if let right = source.right, ties.commission >= 0 {
      let granting = entries.granting(right, ties.commission)
      let there = entries.all(entries.attributes.right, of: ties.commission)
      candidate.requirements.append(
        Requirement(
          .right(right), .commission, of: entries.identity(ties.commission), isMet: !granting.isEmpty,
          values: evidence(.commission, ties, entries.attributes.right, granting.isEmpty ? there : granting),
          at: source.position))
    }
    candidate.requirements += ends(ties, program, source)
    text(&candidate, source)
    limits(&candidate, rule, source)
  }

  /// Whether a rule asks something of a subject.
  private func join(_ subject: RoleSubject, _ program: RoleProgram) -> Bool {
    switch subject {
    case .person: true
    case .commission: program.commission != nil
    case .unit: program.unit != nil || program.commission != nil
    case .provider: program.provider != nil || program.commission != nil
    case .function: program.function != nil
    }
  }

  private mutating func requirements(
    of subject: RoleSubject, _ ties: RoleTies, _ rule: RoleRule, _ program: RoleProgram
  ) -> [Requirement] {
    let entry = ties.entry(subject)
    let condition = rule.condition(subject)
    guard entry >= 0 else {
      // A commission may do without a unit or a provider, unless a rule asks for one.
      guard condition != nil || subject == .commission || subject == .function else { return [] }
      let matter: Requirement.Matter =
        switch subject {
        case .commission: .membership
        case .function: .occupation
        case .person, .unit, .provider: .existence
        }
      return [Requirement(matter, subject, isMet: false, fault: .notSeen, at: condition?.position)]
    }
    var found: [Requirement] = []
    let identity = entries.identity(entry)
    if subject == .commission { found.append(membership(ties, identity)) }
    if subject == .function { found.append(Requirement(.occupation, subject, of: identity, isMet: true)) }
    let fault = entries.fault(of: entry, at: instant)
    found.append(
      Requirement(
        fault?.isOfStanding ?? false ? .standing : .validity, subject, of: identity, isMet: fault == nil,
        fault: fault))
    if subject == .commission { found.append(soundness(ties)) }
    if let condition { found.append(meets(condition, entry, ties)) }
    return found
  }

  private func membership(_ ties: RoleTies, _ identity: HSAIdentity) -> Requirement {
    let fault: Requirement.Fault? =
      if instant < ties.memberStart {
        .notBegun(Date(timeIntervalSince1970: ties.memberStart))
      } else if ties.memberEnd <= instant {
        .ended(Date(timeIntervalSince1970: ties.memberEnd))
      } else {
        nil
      }
    return Requirement(.membership, .commission, of: identity, isMet: fault == nil, fault: fault)
  }

  private mutating func soundness(_ ties: RoleTies) -> Requirement {
    guard let fault = commission(ties.commission).fault else {
      return Requirement(
        .soundness(attribute: nil), .commission, of: entries.identity(ties.commission), isMet: true)
    }
    let values = entries.all(fault.attribute, of: fault.entry).map {
      RoleEvidence(
        fault.subject, entries.identity(fault.entry), attribute: fault.attribute,
        value: RoleExplainer.text($0))
    }
    return Requirement(
      .soundness(attribute: fault.attribute), fault.subject, of: entries.identity(fault.entry), isMet: false,
      values: values)
  }

  private func meets(_ condition: RoleCondition, _ entry: Int32, _ ties: RoleTies) -> Requirement {
    let isMet = entries.verdict(entry, condition.filter) == .yes
    let failing = isMet ? [] : entries.failing(entry, condition.filter)
    var values: [RoleEvidence] = []
    if isMet {
      for (attribute, value) in entries.support(entry, condition.filter) {
        values += evidence(condition.subject, ties, attribute, [value])
      }
    } else {
      var names: [String] = []
      for name in failing.flatMap(\.attributes) where !names.contains(name) { names.append(name) }
      for name in names { values += evidence(condition.subject, ties, name, entries.all(name, of: entry)) }
    }
    return Requirement(
      .condition(condition.filter), condition.subject, of: entries.identity(entry), isMet: isMet,
      values: values,
      failing: failing, at: condition.position)
  }

  private func ends(_ ties: RoleTies, _ program: RoleProgram, _ rule: RoleRule) -> [Requirement] {
    program.untilDates.compactMap { subject, column in
      let entry = ties.entry(subject)
      guard entry >= 0, join(subject, program) else { return nil }
      let slot = entries.dates.slot(column)
      let end = entries.dates.moment(column, entries.set(entry, slot))
      guard end != .infinity else { return nil }
      let name = entries.values.names[slot]
      let fault: Requirement.Fault? =
        end.isNaN
        ? .unreadable(attribute: name) : end <= instant ? .ended(Date(timeIntervalSince1970: end)) : nil
      return Requirement(
        .end(attribute: name), subject, of: entries.identity(entry), isMet: fault == nil,
        values: evidence(subject, ties, name, entries.all(name, of: entry)), fault: fault, at: rule.position)
    }
  }

  func evidence(_ subject: RoleSubject, _ ties: RoleTies, _ attribute: String, _ values: [Value])
    -> [RoleEvidence]
  {
    let entry = ties.entry(subject)
    guard entry >= 0 else { return [] }
    return values.map {
      RoleEvidence(subject, entries.identity(entry), attribute: attribute, value: RoleExplainer.text($0))
    }
  }

  static func text(_ value: Value) -> String { value.text ?? "\(value.bytes.count) octets" }
}

extension RoleExplanation.Requirement.Fault {
  /// Whether it is about which entry it is, and not about time.
  var isOfStanding: Bool {
    switch self {
    case .notSeen, .seenTwice, .inAnothersPlace, .outsideBases, .otherKind: true
    case .notBegun, .ended, .archived, .removed, .unreadable: false
    }
  }
}

extension RoleEntries {
  typealias Fault = RoleExplanation.Requirement.Fault

  /// Why an entry does not count at an instant; `nil` when it does.
  func fault(of entry: Int32, at instant: Double) -> Fault? {
    let one = self[entry]
    if !one.marks.contains(.isInside) { return .outsideBases }
    if one.kind == nil { return .otherKind }
    if one.identity < 0 { return .notSeen }
    if twins(of: one.identity).count > 1 { return .seenTwice }
    if isStranger(entry) { return .inAnothersPlace }
    if one.marks.contains(.isArchived) { return .archived }
    if one.kind == .person, one.marks.contains(.isDeletedPerson) { return .removed }
    if one.start.isNaN { return .unreadable(attribute: attributes.start) }
    if one.end.isNaN { return .unreadable(attribute: attributes.end) }
    if instant < one.start { return .notBegun(Date(timeIntervalSince1970: one.start)) }
    if one.end <= instant { return .ended(Date(timeIntervalSince1970: one.end)) }
    return nil
  }

  /// Why somebody gets nothing at all.
  func fault(ofPerson identity: HSAIdentity, at instant: Double) -> Fault? {
    guard let number = identities.find(identity.text) else { return .notSeen }
    let found = twins(of: Int32(number))
    guard let first = found.first else {
      let isOutside = all.contains { $0.marks.contains(.isThere) && $0.identity == Int32(number) }
      return isOutside ? .outsideBases : .notSeen
    }
    if found.count == 1, self[first].kind != .person { return .otherKind }
    return fault(of: first, at: instant)
  }

  /// The smallest parts of a filter that would have to become true.
  func failing(_ entry: Int32, _ filter: Filter) -> [Filter] {
    guard verdict(entry, filter) != .yes else { return [] }
    switch filter {
    case .and(let parts): return parts.flatMap { failing(entry, $0) }
    // Any one of them would do: they stay together.
    default: return [filter]
    }
  }
}
