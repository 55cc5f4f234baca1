import Foundation
import LDAP

extension RoleExampleWorld {
  /// What is wrong with an example: it gives something else than it says.
  func findings(_ rule: RoleRule, _ example: RoleExample) -> [Finding] {
    do throws(CivilTime.Fault) {
      let entries = try entries(rule, example)
      let found = roles(rule, example, entries)
      let wanted = example.gives.map(RoleName.normalForm).sorted()
      guard found.map(RoleName.normalForm).sorted() != Array(Set(wanted)).sorted() else { return [] }
      return [
        Finding(
          "example-fails", at: example.position,
          "the rule `\(rule.name)` gives \(RoleExampleWorld.listed(found)), and the example says \(RoleExampleWorld.listed(example.gives))",
          advice: found.isEmpty ? hindrance(rule, example, entries) : "correct the rule or the example")
      ]
    } catch {
      let (code, message, advice) = error.explanation
      return [Finding(code, at: example.position, "in the example: \(message)", advice: advice)]
    }
  }

  private static func listed(_ roles: [String]) -> String {
    roles.isEmpty ? "nothing" : roles.map { "`\($0)`" }.joined(separator: ", ")
  }

  /// What the person of the example has by the rule alone: constraints speak of other units and other people.
  private func roles(_ rule: RoleRule, _ example: RoleExample, _ entries: [RoleSubject: Entry]) -> [String] {
    guard let person = entries[.person]?.text(profile.identity).map({ HSAIdentity($0) }) else { return [] }
    var alone = rules
    alone.bases = []
    alone.constraints = []
    alone.requests = []
    alone.rules = [rule]
    if rule.needsRequest {
      guard let period = example.request else { return [] }
      alone.rules[0].needsRequest = false
      let roles = derived(alone, entries, person, at: example.instant)
      alone.requests = roles.map {
        RoleRequest(
          role: $0, person: person, requester: HSAIdentity("SE5599999991-0009"), from: period.from,
          to: period.to,
          position: example.position)
      }
      alone.rules[0].needsRequest = true
    }
    return derived(alone, entries, person, at: example.instant)
  }

  private func derived(
    _ rules: RoleRules, _ entries: [RoleSubject: Entry], _ person: HSAIdentity, at instant: Date
  ) -> [String] {
    var builder = EntryTableBuilder()
    for subject in RoleSubject.allCases { if let entry = entries[subject] { builder.append(entry) } }
    var derivation = RoleDerivation(
      rules, profile: profile, schema: schema, base: RoleExampleWorld.root(profile))
    derivation.take(builder.take())
    derivation.derive(at: instant)
    var seen: Set<String> = []
    return derivation.assignments(of: person).map(\.role).filter {
      seen.insert(RoleName.normalForm($0)).inserted
    }
  }

  /// The first thing that keeps the rule from giving something, as far as it is easily told.
  private func hindrance(_ rule: RoleRule, _ example: RoleExample, _ entries: [RoleSubject: Entry]) -> String
  {
    if rule.needsRequest, example.request == nil { return "nobody has asked for the role in the example" }
    for condition in rule.conditions {
      let subject = condition.subject.rawValue
      guard let entry = entries[condition.subject] else { return "the example has no \(subject)" }
      if condition.filter.matches(entry, schema: schema) != true {
        return "the \(subject) does not meet the condition; what is not given is filled in with usual values"
      }
    }
    if let right = rule.right {
      let rights = entries[.commission]?[profile.serverName("hsaCommissionRight")] ?? []
      let covers = rights.compactMap(\.text).compactMap { CommissionRight(parsing: $0) }.contains {
        $0.covers(right)
      }
      if !covers { return "the commission does not give the right; add `hsaCommissionRight` to the example" }
    }
    if rule.condition(.commission) != nil, !isRunning(example.membership, example.instant) {
      return "the membership is not running at the example's instant"
    }
    return "something is missing or its time has not come or is over: look at dates and mandatory attributes"
  }

  private func isRunning(_ period: (from: Date?, to: Date?), _ instant: Date) -> Bool {
    (period.from.map { $0 <= instant } ?? true) && (period.to.map { instant < $0 } ?? true)
  }
}
