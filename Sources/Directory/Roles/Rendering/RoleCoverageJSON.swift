import LDAP

/// How far rules reach, for machines; `schemas/role-coverage.schema.json` describes it.
package struct RoleCoverageJSON {
  /// Raised when something that was there means something else, or is gone.
  package static let formatVersion = 1

  private let coverage: RoleCoverage

  package init(_ coverage: RoleCoverage) { self.coverage = coverage }

  /// The whole text.
  package var text: String { object.text + "\n" }

  private var object: CanonicalJSON {
    [
      "formatVersion": .number(RoleCoverageJSON.formatVersion), "persons": .number(coverage.persons),
      "withoutRoles": .array(coverage.withoutRoles.map { .string($0.text) }),
      "rules": .array(coverage.rules.map(rule)),
      "overlaps": .array(
        coverage.overlaps.map { overlap in
          [
            "rules": .array(overlap.rules.map { .string($0) }),
            "role": .string(PersonalNumber.masked(in: overlap.role)), "persons": .number(overlap.persons),
          ]
        }),
      "refusals": .array(
        coverage.refusals.map { refusal in
          [
            "constraint": .number(refusal.constraint), "position": refusal.position.json,
            "persons": .number(refusal.persons), "assignments": .number(refusal.assignments),
          ]
        }),
      "withheld": .array(
        coverage.withheld.map { one in
          [
            "commission": .string(one.commission.text), "fault": .string(one.fault.text),
            "attribute": .string(one.attribute), "persons": .number(one.persons),
          ]
        }),
    ]
  }

  private func rule(_ rule: RoleCoverage.Rule) -> CanonicalJSON {
    [
      "rule": .string(rule.name), "position": rule.position.json, "persons": .number(rule.persons),
      "assignments": .number(rule.assignments), "refused": .number(rule.refused),
    ]
  }
}
