import Directory
import Foundation
import LDAP
import TestKit

/// Deriving roles by itself, in this process and on one core: everything, one person, one commission.
struct RoleBenchmark {
  let region: Region
  let memberships: Int
  let rounds: Int

  func run() throws {
    let folder = try TemporaryFolder()
    let settings = try Rules(folder: folder)
    let made = RoleRegion(region: region, memberships: memberships)
    let rules = RoleRegion.rules
    let profile = settings.configuration.profile
    let batches = made.batches(RoleDerivation.attributes(rules, profile))
    var report = Report(
      "Roles: \(Figure.count(region.persons)) persons, \(Figure.count(memberships)) memberships, "
        + "\(rules.rules.count) rules, \(rounds) rounds", ["", "min ms", "median ms", "max ms"])
    var series = Dictionary(uniqueKeysWithValues: Self.rows.map { ($0, Series()) })
    var last: RoleDerivation?
    let before = ChildProcess.resident()
    for _ in 0..<rounds {
      last = nil
      var derivation = RoleDerivation(
        rules, profile: profile, schema: settings.schema, base: settings.configuration.base)
      measure(0, &series) { for batch in batches { derivation.take(batch) } }
      measure(1, &series) { derivation.derive(at: RoleRegion.instant) }
      try change(&derivation, made, &series)
      last = derivation
    }
    for row in Self.rows {
      let one = series[row] ?? Series()
      report.add(
        row, Self.milliseconds(one.minimum), Self.milliseconds(one.median), Self.milliseconds(one.maximum))
    }
    report.remark(
      "\(Figure.count(last?.holders.count ?? 0)) people hold roles. A derivation takes "
        + "\(Figure.megabytes(ChildProcess.resident() - before)) MB of memory beside the entries that were read."
    )
    print(report.text)
  }

  private static let rows = [
    "taking the entries", "deriving everything", "one person changed",
    "one commission changed, of the most members",
    "a day passes",
  ]

  private func change(
    _ derivation: inout RoleDerivation, _ made: RoleRegion, _ series: inout [String: Series]
  ) throws {
    guard let person = derivation.person(RoleRegion.person) else {
      throw Failure("the region lacks a person")
    }
    let title = Self.change(.modify(person.dn, [Modification(.replace, "hsaTitle", ["Läkare"])]))
    measure(2, &series) { _ = derivation.make([title]) }
    let commission = made.commissionEntry(0).dn
    let purpose = Self.change(
      .modify(commission, [Modification(.replace, "hsaCommissionPurpose", ["Vård och behandling"])]))
    measure(3, &series) { _ = derivation.make([purpose]) }
    measure(4, &series) { _ = derivation.advance(to: derivation.instant.addingTimeInterval(86_400)) }
  }

  private func measure(_ row: Int, _ series: inout [String: Series], _ body: () -> Void) {
    let clock = ContinuousClock()
    let start = clock.now
    body()
    series[Self.rows[row]]?.add((clock.now - start) / .seconds(1))
  }

  private static func milliseconds(_ seconds: Double) -> String { Figure.text(seconds * 1_000, 2) }

  static func change(_ operation: WriteOperation) -> Change {
    Change(
      id: 0, action: .update, kind: .person, identity: RoleRegion.person, label: nil, isProtected: false,
      cause: .undo(run: 1), dn: operation.dn, differences: [], operation: operation, precondition: .init())
  }
}
