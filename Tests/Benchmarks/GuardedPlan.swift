import Directory
import Foundation
import LDAP

/// A large plan of every sort of change over 300 care providers and 6,000 units, and a week of earlier runs.
struct GuardedPlan {
  let plan: Plan
  let history: History

  private static let providers = (0..<300).map { HSAIdentity("SE23210000\($0 + 10)-1000") }
  private static let units = (0..<6_000).map { HSAIdentity("SE2321000016-U\($0)") }
  private static let attributes = [
    "title", "mail", "telephoneNumber", "hsaTitle", "paTitleCode", "givenName",
  ]
  private static let actions: [Change.Action] = [
    .update, .update, .update, .create, .deactivate, .move, .delete,
  ]

  init(changes count: Int) {
    let base = DistinguishedName([RelativeDistinguishedName("c", "SE")])
    var proof = ReadProof(
      method: .search, origin: "bench", authorizationIdentity: "bench", entries: 200_000, finished: true)
    proof.readAt = Rules.instant
    var plan = Plan(
      instant: Rules.instant, base: base, changes: [], findings: [], unchanged: 0,
      observed: [.person: 150_000],
      proof: proof)
    for (index, unit) in Self.units.enumerated() {
      plan.population.units[unit] = .init(
        provider: Self.providers[index % 300], isProvider: false, living: [.person: 25, .commission: 2])
    }
    plan.changes = (0..<count).map { Self.change($0, base) }
    self.plan = plan
    history = Self.week()
  }

  private static func change(_ id: Int, _ base: DistinguishedName) -> Change {
    let unit = id / 17 % units.count
    let isCommission = id % 10 == 9
    let member = Value("SE2321000016-P\(id);20260101;")
    let differences =
      isCommission
      ? [Change.Difference("hsaCommissionMember", removed: [member], added: [], kept: 30)]
      : (0..<2).map { Change.Difference(attributes[(id + $0) % 6], removed: ["a"], added: ["b"], kept: 0) }
    var change = Change(
      id: id, action: isCommission ? .update : actions[id % 7], kind: isCommission ? .commission : .person,
      identity: HSAIdentity("SE2321000016-X\(id)"), label: nil, isProtected: false,
      cause: id % 7 == 4
        ? .absence(source: "desired/vc-\(unit % 40).yaml") : .desired(.init(file: "a.yaml", line: id)),
      dn: base, differences: differences, operation: .delete(base), precondition: .init())
    change.place = .init(unit: units[unit], provider: providers[unit % 300])
    return change
  }

  private static func week() -> History {
    var history = History()
    history.accepted = .init(
      run: 1, instant: Rules.instant - 3_600, desired: DesiredSummary(), observed: [.person: 150_000],
      entries: 200_000)
    history.applied = (0..<20_000).map { index in
      .init(
        hour: Rules.instant - Double(index % 168) * 3_600, action: actions[index % 7], kind: .person,
        provider: providers[index % 300], count: 1)
    }
    return history
  }
}
