import Foundation
import LDAP

@testable import Directory

/// A plan made by hand for guards to look at: one care provider with persons in one unit, unless told otherwise.
struct GuardFixture {
  static let now = Date(timeIntervalSince1970: 1_800_000_000)
  static let provider = HSAIdentity("SE2321000016-1000")
  static let unit = HSAIdentity("SE2321000016-1A2B")
  static let other = HSAIdentity("SE2321000016-2000")
  static let otherUnit = HSAIdentity("SE2321000016-2A2B")

  private(set) var plan: Plan

  init(living: Int = 150_000, kind: Kind = .person) {
    var proof = ReadProof(
      method: .contentSync, origin: "ldapi://", authorizationIdentity: "dn:cn=hsasync", entries: living,
      finished: true)
    proof.clockSkew = 0
    proof.readAt = Self.now
    plan = Plan(
      instant: Self.now, base: DistinguishedName([RelativeDistinguishedName("c", "SE")]), changes: [],
      findings: [],
      unchanged: 0, observed: [kind: living], proof: proof)
    plan.population = Population(units: [
      Self.provider: .init(label: "Region Exempel", provider: Self.provider, isProvider: true),
      Self.unit: .init(label: "VC Norr", provider: Self.provider, isProvider: false, living: [kind: living]),
    ])
  }

  mutating func add(
    _ action: Change.Action, _ kind: Kind = .person, times: Int = 1, identity: HSAIdentity? = nil,
    at place: Change.Place = .init(unit: unit, provider: provider), to destination: Change.Place? = nil,
    absentFrom source: String? = nil, after: [Int] = [], _ differences: [Change.Difference] = []
  ) {
    for _ in 0..<times {
      let id = plan.changes.count
      let dn = plan.base
      var change = Change(
        id: id, action: action, kind: kind, identity: identity ?? HSAIdentity("SE2321000016-X\(id)"),
        label: nil,
        isProtected: false,
        cause: source.map { .absence(source: $0) } ?? .desired(SourcePosition(file: "a.yaml", line: 1)),
        dn: dn,
        differences: differences, operation: .delete(dn), precondition: .init(), after: after)
      change.place = place
      change.destination = destination
      plan.changes.append(change)
    }
  }

  mutating func edit(_ body: (inout Plan) -> Void) { body(&plan) }

  func verdicts(
    _ settings: GuardSettings = GuardSettings(), _ history: History? = GuardFixture.history()
  ) -> [GuardVerdict] { plan.guarded(by: settings, history: history).guards }

  func tripped(
    _ settings: GuardSettings = GuardSettings(), _ history: History? = GuardFixture.history()
  ) -> [GuardVerdict] { verdicts(settings, history).filter(\.isTripped) }

  func names(
    _ settings: GuardSettings = GuardSettings(), _ history: History? = GuardFixture.history()
  ) -> Set<GuardVerdict.Name> { Set(tripped(settings, history).map(\.name)) }

  /// A history with an accepted run and nothing else in it.
  static func history(_ edit: (inout History) -> Void = { _ in }) -> History {
    var history = History()
    history.accepted = .init(
      run: 1, instant: now - 86_400, desired: DesiredSummary(), observed: [:], entries: 0)
    edit(&history)
    return history
  }

  static func difference(_ attribute: String, removed: [Value] = [], added: [Value] = [], kept: Int = 0)
    -> Change.Difference
  {
    Change.Difference(attribute, removed: removed, added: added, kept: kept)
  }
}
