import Foundation
import LDAP

extension RoleExplainer {
  /// What the role's text needs, and whether it is the one that was asked for.
  func text(_ candidate: inout Candidate, _ rule: RoleRule) {
    var made: [String] = [""]
    for part in rule.role.parts {
      switch part {
      case .literal(let text): made = made.map { $0 + text }
      case .attribute(let subject, let name):
        let entry = candidate.ties.entry(subject)
        let there = entries.all(name, of: entry)
        let fitting = RoleJoin.fitting(there)
        candidate.requirements.append(
          Requirement(
            .text(attribute: name), subject, of: entry < 0 ? nil : entries.identity(entry),
            isMet: !fitting.isEmpty,
            values: evidence(
              subject, candidate.ties, name, fitting.isEmpty ? there : fitting.map { Value($0) }),
            at: rule.position))
        guard made.count * fitting.count <= RoleJoin.mostRoles else {
          made = []
          continue
        }
        made = made.flatMap { text in fitting.map { text + $0 } }
      }
    }
    candidate.roles = made
    guard let role, !made.isEmpty else { return }
    let isAsked = made.contains { RoleName.normalForm($0) == role }
    if !isAsked {
      candidate.requirements.append(
        Requirement(.role(made), .person, of: entries.identity(person), isMet: false, at: rule.position))
    } else {
      candidate.roles = made.filter { RoleName.normalForm($0) == role }
    }
  }

  /// Scope, requests and constraints.
  mutating func limits(_ candidate: inout Candidate, _ rule: Int, _ source: RoleRule) {
    let ties = candidate.ties
    let program = derivation.programs[rule]
    if source.scope == .unit || source.scope == .provider {
      let probe = RoleHeld(rule: rule, role: 0, ties, from: -.infinity, to: .infinity)
      let fits = derivation.join(at: instant).fits(probe, program)
      candidate.requirements.append(
        Requirement(
          .scope, source.scope == .unit ? .unit : .provider, isMet: fits, fault: fits ? nil : .notSeen,
          at: source.position))
    }
    for role in candidate.roles {
      if source.needsRequest { candidate.requirements.append(request(role)) }
      candidate.requirements += constraints(role, ties, rule)
    }
  }

  private func request(_ role: String) -> Requirement {
    let normal = RoleName.normalForm(role)
    let identity = entries[person].identity
    let now = derivation.requests.best(for: identity, role: normal, at: instant) { _ in true }
    let ever = derivation.requests.best(for: identity, role: normal, at: .nan) { _ in true }
    var fault: Requirement.Fault?
    if now == nil {
      fault = .notSeen
      if let from = ever?.from, instant < from.timeIntervalSince1970 { fault = .notBegun(from) }
      if let to = ever?.to, to.timeIntervalSince1970 <= instant { fault = .ended(to) }
    }
    return Requirement(
      .request, .person, of: entries.identity(person), isMet: now != nil, fault: fault,
      at: (now ?? ever)?.position)
  }

  /// The constraints that refuse a role: those that did, or would whatever else the person has.
  private func constraints(_ role: String, _ ties: RoleTies, _ rule: Int) -> [Requirement] {
    let held = derivation.held[Int(person)].first {
      Int($0.rule) == rule && derivation.texts.text($0.role) == role && $0.commission == ties.commission
        && $0.function == ties.function
    }
    return derivation.rules.constraints.indices.compactMap { index in
      let constraint = derivation.rules.constraints[index]
      guard constraint.roles.match(role) else { return nil }
      let isMet: Bool
      if let held {
        isMet = Int(held.refusal) != index
      } else {
        isMet = derivation.limits.allows(role, index, person, entries, derivation.requests, at: instant)
      }
      return Requirement(
        .constraint(index), .person, of: entries.identity(person), isMet: isMet, at: constraint.position)
    }
  }
}

extension RoleLimits {
  /// Whether a constraint that looks at one person and role alone lets it pass; those that compare let all pass.
  func allows(
    _ role: String, _ constraint: Int, _ person: Int32, _ entries: RoleEntries, _ requests: RoleRequests,
    at instant: Double
  ) -> Bool {
    switch limit(constraint) {
    case .units(_): lies(person, under: units[constraint], entries)
    case .requesters:
      requests.best(for: entries[person].identity, role: RoleName.normalForm(role), at: instant) {
        mayAsk($0, constraint, for: person, entries, at: instant)
      } != nil
    case .exclusive, .maximum: true
    }
  }
}
