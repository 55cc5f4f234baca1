import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `What earlier runs left behind` {
  let norr = Wanted(kind: .unit, id: "SE2321000016-1N", parent: "", name: "VC Norr")
  let anna = Wanted(
    kind: .person, id: "SE2321000016-7X3K", parent: "SE2321000016-1N", name: "Anna Berg",
    attributes: ["sn": ["Berg"], "fullName": ["Anna Berg"]])
  let bo = Wanted(
    kind: .person, id: "SE2321000016-0B", parent: "SE2321000016-1N", name: "Bo Ek",
    attributes: ["sn": ["Ek"], "fullName": ["Bo Ek"]])
  let summary = DesiredSummary(serial: 7)
  let day = 86_400.0

  private func history(holding ids: String..., desired: String = "serial 7") -> History {
    var history = History()
    for id in ids {
      history.holds[HSAIdentity(id)] = History.Hold(run: 12, since: TestCatalogue.instant, desired: desired)
    }
    return history
  }

  private func retitled(_ person: Wanted) -> Wanted {
    var copy = person
    copy.attributes["title"] = ["Läkare"]
    return copy
  }

  private func plan(_ wanted: [Wanted], _ directory: InMemoryDirectory, _ history: History?) throws -> Plan {
    try makePlan(
      .wanting(wanted, complete: [.person]), against: directory.all, history: history, summary: summary)
  }

  @Test func `a hold keeps an entry as an undo left it, and the others go on`() throws {
    let directory = try InMemoryDirectory.holding([norr, anna, bo])
    let wanted = [norr, retitled(anna), retitled(bo)]
    let held = try plan(wanted, directory, history(holding: anna.id.lowercased()))
    #expect(held.changes.map(\.identity.text) == [bo.id])
    #expect(held.findings.map(\.code) == ["on-hold"] && held.findings[0].severity == .warning)
    #expect(held.findings[0].subject == HSAIdentity(anna.id) && held.findings[0].position?.line == 2)
    #expect(held.findings[0].advice?.lowercased().contains("hsasync release \(anna.id.lowercased())") == true)
    #expect(held.desired == summary)
  }

  @Test func `a hundred holds are not told a hundred times`() throws {
    let persons = (0..<100).map { number in
      Wanted(
        kind: .person, id: "SE2321000016-H\(number)", parent: norr.id, name: "Person \(number)",
        attributes: ["sn": ["Person"], "fullName": ["Person \(number)"]])
    }
    let directory = try InMemoryDirectory.holding([norr] + persons)
    var history = History()
    for person in persons {
      history.holds[HSAIdentity(person.id)] = .init(run: 3, since: TestCatalogue.instant, desired: "serial 7")
    }
    let held = try plan([norr] + persons.map(retitled), directory, history)
    #expect(held.changes.isEmpty)
    #expect(held.findings.count == 21 && held.findings.count { $0.subject == nil } == 1)
    #expect(held.findings.contains { $0.message.hasPrefix("80 more entries") })
  }

  @Test func `a hold ends with the desired state that it was against`() throws {
    let directory = try InMemoryDirectory.holding([norr, anna, bo])
    let other = try plan(
      [norr, retitled(anna), bo], directory, history(holding: anna.id, desired: "serial 6"))
    #expect(other.changes.map(\.identity.text) == [anna.id] && other.findings.isEmpty)
  }

  @Test func `a hold keeps an absentee, and one whom an undo took away again`() throws {
    let directory = try InMemoryDirectory.holding([norr, anna])
    let held = try plan([norr, bo], directory, history(holding: anna.id, bo.id))
    #expect(held.changes.isEmpty && held.findings.map(\.code) == ["on-hold", "on-hold"])
    #expect(held.absentees == [HSAIdentity(anna.id)])
  }

  @Test func `what lies under a unit on hold that is not there waits for it`() throws {
    let directory = try InMemoryDirectory.holding([])
    for named in [false, true] {
      let desired = DesiredState.wanting([norr, anna], named: named)
      let held = try makePlan(
        desired, against: directory.all, history: history(holding: norr.id), summary: summary)
      #expect(held.changes.isEmpty)
      #expect(Set(held.findings.map(\.code)) == ["on-hold", "parent-not-planned"])
      #expect(held.findings.allSatisfy { $0.severity == .warning })
    }
  }

  @Test func `a hold goes by the entry where the row has no HSA-id`() throws {
    var numbered = anna
    numbered.attributes["personalIdentityNumber"] = ["199001192385"]
    let directory = try InMemoryDirectory.holding([norr, numbered])
    var row = retitled(numbered)
    row.id = ""
    let held = try makePlan(
      .wanting([norr, row]), against: directory.all, history: history(holding: anna.id), summary: summary)
    #expect(held.changes.isEmpty && held.findings.map(\.code) == ["on-hold"])
  }

  @Test func `tells everybody who is absent, changed or not, and nobody after a short read`() throws {
    var ended = bo
    ended.attributes["endDate"] = ["20260101000000Z"]
    let directory = try InMemoryDirectory.holding([norr, anna, ended])
    let whole = try plan([norr], directory, nil)
    #expect(whole.absentees == [HSAIdentity(bo.id), HSAIdentity(anna.id)])
    #expect(whole.changes.map(\.identity.text) == [anna.id])
    var proof = TestCatalogue.proof
    proof.finished = false
    let short = try makePlan(.wanting([norr], complete: [.person]), against: directory.all, proof: proof)
    #expect(short.absentees.isEmpty && short.changes.isEmpty)
  }

  @Test func `the grace counts from the end or the first recorded absence, whichever is later`() throws {
    let grace = 30 * 86_400
    let management = Management([.person: KindManagement(absent: .delete, grace: grace, own: ["sn"])])
    func deletes(endedDaysAgo end: Double, absentDaysAgo absence: Double?, remembers: Bool = true) throws
      -> Bool
    {
      var ended = anna
      let date = Int64(TestCatalogue.instant.addingTimeInterval(-end * day).timeIntervalSince1970)
      ended.attributes["endDate"] = [GeneralizedTime(secondsSince1970: date).description]
      var history = History()
      if let absence {
        history.absentSince[HSAIdentity(anna.id.lowercased())] = TestCatalogue.instant.addingTimeInterval(
          -absence * day)
      }
      let directory = try InMemoryDirectory.holding([norr, ended])
      let plan = try makePlan(
        .wanting([norr], complete: [.person]), against: directory.all, management: management,
        history: remembers ? history : nil)
      return plan.changes.map(\.action) == [.delete]
    }
    #expect(try deletes(endedDaysAgo: 100, absentDaysAgo: 30))
    #expect(try !deletes(endedDaysAgo: 100, absentDaysAgo: 29))
    #expect(try deletes(endedDaysAgo: 30, absentDaysAgo: 100))
    #expect(try !deletes(endedDaysAgo: 29, absentDaysAgo: 100))
    #expect(try !deletes(endedDaysAgo: 100, absentDaysAgo: nil))
    #expect(try deletes(endedDaysAgo: 30, absentDaysAgo: nil, remembers: false))
    #expect(try !deletes(endedDaysAgo: 29, absentDaysAgo: nil, remembers: false))
  }
}

@Suite struct `What will happen by itself` {
  let norr = Wanted(kind: .unit, id: "SE2321000016-1N", parent: "", name: "VC Norr")
  let syd = Wanted(kind: .unit, id: "SE2321000016-1S", parent: "", name: "VC Syd")
  let anna = Wanted(
    kind: .person, id: "SE2321000016-7X3K", parent: "SE2321000016-1N", name: "Anna Berg",
    attributes: ["sn": ["Berg"], "fullName": ["Anna Berg"]])
  let commission = Wanted(
    kind: .commission, id: "SE2321000016-C1", parent: "SE2321000016-1N", name: "Vård")
  let day = 86_400.0

  /// A moment so many seconds after the instant, as directories write it.
  private func at(_ seconds: Double) -> String {
    let date = TestCatalogue.instant.addingTimeInterval(seconds)
    return GeneralizedTime(secondsSince1970: Int64(date.timeIntervalSince1970)).description
  }

  private func with(_ base: Wanted, _ attributes: [String: [String]]) -> Wanted {
    var copy = base
    copy.attributes.merge(attributes) { $1 }
    return copy
  }

  private func foreseen(
    _ before: [Wanted], _ wanted: [Wanted] = [], days: Double? = 30, complete: Set<Kind> = [],
    management: Management = TestCatalogue.management, scope: Comparison.Scope? = nil, history: History? = nil
  ) throws -> [String] {
    let directory = try InMemoryDirectory.holding(before)
    let plan = try makePlan(
      .wanting(wanted, complete: complete, provides: []), against: directory.all, management: management,
      scope: scope, history: history, horizon: days.map { $0 * day })
    return plan.foreseen.map { one in
      let after = one.at.timeIntervalSince(TestCatalogue.instant)
      return "\(Int(after)) \(one.event.rawValue) \(one.identity) \(one.member?.text ?? "")"
        .trimmingCharacters(in: .whitespaces)
    }
  }

  @Test func `is told after the instant and up to the horizon, in order of time`() throws {
    let people = [0, 1, 30 * day, 30 * day + 1].enumerated().map { number, seconds in
      var person = with(anna, ["endDate": [at(seconds)]])
      person.id = "SE2321000016-P\(number)"
      person.name = "Person \(number)"
      return person
    }
    let starting = with(anna, ["startDate": [at(60)]])
    #expect(
      try foreseen([norr, starting] + people.reversed()) == [
        "1 ends SE2321000016-P1", "60 starts \(anna.id)", "2592000 ends SE2321000016-P2",
      ])
    #expect(try foreseen([norr, starting] + people, days: nil).isEmpty)
  }

  @Test func `takes a bare end date to mean through that day`() throws {
    // 2026-11-18 11:06:40 UTC; the 20th ends at 23:00 UTC.
    let members = with(
      commission,
      ["hsaCommissionMember": ["\(anna.id);2026-11-20;20261120", "SE2321000016-X;;20200101000000Z"]])
    let first = 11 * 3_600.0 + 6 * 60 + 40
    #expect(
      try foreseen([norr, anna, members]) == [
        "\(Int(day + 23 * 3_600 - first)) membershipStarts \(commission.id) \(anna.id)",
        "\(Int(2 * day + 23 * 3_600 - first)) membershipEnds \(commission.id) \(anna.id)",
      ])
  }

  @Test func `goes by what the row wants where it has the say`() throws {
    let ends = with(anna, ["endDate": [at(5 * day)]])
    #expect(try foreseen([norr, ends], [norr, anna]) == ["432000 ends \(anna.id)"])
    #expect(
      try foreseen([norr, ends], [norr, with(anna, ["endDate": [at(6 * day)]])]) == ["518400 ends \(anna.id)"]
    )
    #expect(try foreseen([norr, ends], [norr, with(anna, ["endDate": []])]).isEmpty)
    #expect(
      try foreseen([norr], [norr, with(anna, ["endDate": [at(6 * day)]])]) == ["518400 ends \(anna.id)"])
  }

  @Test func `adds and takes away members as a row that merges does`() throws {
    let merging = Management([.commission: KindManagement(own: ["cn"], merge: ["hsaCommissionMember"])])
    let (a, b, c) = (
      "SE2321000016-A;;\(at(day))", "SE2321000016-B;;\(at(2 * day))", "SE2321000016-C;;\(at(3 * day))"
    )
    let row = with(commission, ["hsaCommissionMember": [b, c], "remove:hsaCommissionMember": [a]])
    #expect(
      try foreseen(
        [norr, with(commission, ["hsaCommissionMember": [a, b]])], [norr, row], management: merging) == [
          "172800 membershipEnds \(commission.id) SE2321000016-B",
          "259200 membershipEnds \(commission.id) SE2321000016-C",
        ])
  }

  @Test func `has the deletions that will be due, and no later end of one who ends now`() throws {
    let management = Management([
      .person: KindManagement(absent: .delete, grace: 10 * 86_400, own: ["sn", "endDate"]),
      .unit: KindManagement(own: ["ou"]),
    ])
    func coming(_ attributes: [String: [String]], _ history: History? = nil) throws -> [String] {
      try foreseen(
        [norr, with(anna, attributes)], [norr], complete: [.person], management: management, history: history)
    }
    #expect(try coming(["endDate": [at(-3 * day)]]) == ["\(Int(7 * day)) deletion \(anna.id)"])
    #expect(try coming(["endDate": [at(2 * day)]]) == ["\(Int(10 * day)) deletion \(anna.id)"])
    #expect(try coming(["endDate": [at(-3 * day)]], History()) == ["\(Int(10 * day)) deletion \(anna.id)"])
    var history = History()
    history.absentSince[HSAIdentity(anna.id)] = TestCatalogue.instant.addingTimeInterval(-day)
    #expect(try coming(["endDate": [at(-3 * day)]], history) == ["\(Int(9 * day)) deletion \(anna.id)"])
    #expect(try coming(["endDate": [at(-11 * day)]]).isEmpty)
  }

  @Test func `asks for the members of commissions, which a plain read of others' need not have`() {
    let management = Management([.person: KindManagement(own: ["sn"])])
    let plain = Comparison.attributes(TestCatalogue.profile, management)
    let foreseeing = Comparison.attributes(TestCatalogue.profile, management, foreseeing: true)
    #expect(!plain.contains("hsaCommissionMember") && plain.contains("hsaResponsibleHealthCareProvider"))
    #expect(Set(foreseeing).subtracting(plain) == ["hsaCommissionMember"])
  }

  @Test func `says nothing of what has ended, or lies outside the scope`() throws {
    let old = with(
      commission, ["endDate": [at(-day)], "hsaCommissionMember": ["\(anna.id);;\(at(day))"]])
    #expect(try foreseen([norr, old]).isEmpty)
    var bo = with(anna, ["endDate": [at(day)]])
    (bo.id, bo.name, bo.parent) = ("SE2321000016-0B", "Bo", syd.id)
    let both = [norr, syd, with(anna, ["endDate": [at(day)]]), bo]
    #expect(
      try foreseen(both, scope: .identity(HSAIdentity(syd.id))) == ["86400 ends SE2321000016-0B"])
    #expect(
      try foreseen(both, both, scope: .identity(HSAIdentity(norr.id))) == ["86400 ends \(anna.id)"])
  }

  @Test func `calls a protected person by the HSA-id only`() throws {
    let hidden = with(
      anna,
      [
        "endDate": [at(day)],
        "objectClass": ["top", "person", "hsaPersonExtension", "hsaConfidentialPerson"],
      ])
    let directory = try InMemoryDirectory.holding([norr, hidden])
    for wanted in [[], [norr, hidden]] {
      let plan = try makePlan(.wanting(wanted, provides: []), against: directory.all, horizon: 2 * day)
      #expect(plan.foreseen.map(\.isProtected) == [true] && plan.foreseen[0].label == nil)
    }
    let open = try makePlan(
      .wanting([]), against: InMemoryDirectory.holding([norr, with(anna, ["endDate": [at(day)]])]).all,
      horizon: 2 * day)
    #expect(open.foreseen.map(\.label) == ["Anna Berg"])
  }
}
