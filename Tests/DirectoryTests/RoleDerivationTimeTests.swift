import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `Roles and time` {
  /// What carries a date, and where: each begins and ends to the second.
  @Test(arguments: ["p", "c", "u", "o"]) func `a role begins and ends to the second with each entry`(
    key: String
  ) {
    var clinic = RoleClinic()
    clinic.set(key, "startDate", "20260110080000Z")
    clinic.set(key, "endDate", "20260120160000Z")
    expect(clinic, from: "20260110080000Z", to: "20260120160000Z")
  }

  @Test func `a role begins and ends to the second with the membership`() {
    var clinic = RoleClinic()
    clinic.set("c", "hsaCommissionMember", "\(RoleClinic.person.text);20260110080000Z;20260120160000Z")
    expect(clinic, from: "20260110080000Z", to: "20260120160000Z")
  }

  @Test func `bare dates are days in Stockholm, also when clocks change`() {
    var clinic = RoleClinic()
    clinic.set("c", "hsaCommissionMember", "\(RoleClinic.person.text);2026-03-29;2026-03-29")
    expect(clinic, from: "20260328230000Z", to: "20260329220000Z")
    clinic.set("c", "hsaCommissionMember", "\(RoleClinic.person.text);20261025;20261025")
    expect(clinic, from: "20261024220000Z", to: "20261025230000Z")
    clinic.set(
      "c", "hsaCommissionMember", "\(RoleClinic.person.text);20260329030000+0200;20261025020000+0100")
    expect(clinic, from: "20260329010000Z", to: "20261025010000Z")
  }

  @Test func `ends that until does not name end the role and are not passed on`() throws {
    var clinic = RoleClinic()
    clinic.rules.rules[0].until = [.end(.person)]
    clinic.set("c", "endDate", "20260601000000Z")
    let before = clinic.derivation(at: .at("20260531235959Z")).assignments(of: RoleClinic.person)
    #expect(before.map(\.to) == [nil])
    #expect(clinic.roles(at: .at("20260601000000Z")) == [])
    #expect(
      clinic.derivation(at: .at("20260531235959Z")).nextBoundary(after: .at("20260531235959Z"))
        == .at("20260601000000Z"))
  }

  @Test func `an attribute that until names ends the role`() {
    var clinic = RoleClinic()
    clinic.rules.rules[0].until = [.attribute(.person, "validNotAfter"), .membership]
    clinic.set("p", "validNotAfter", "20260601000000Z")
    #expect(
      clinic.derivation(at: .at("20260531235959Z")).assignments(of: RoleClinic.person).map(\.to) == [
        .at("20260601000000Z")
      ])
    #expect(clinic.roles(at: .at("20260601000000Z")) == [])
    clinic.set("p", "validNotAfter", "soon")
    #expect(clinic.roles(at: .at("20260531235959Z")) == [])
    #expect(clinic.derivation().findings.map(\.code) == ["date-unreadable"])
  }

  @Test func `what only time has ended stands in what holds regardless of time`() {
    var clinic = RoleClinic()
    clinic.set("p", "endDate", "20260101000000Z")
    let derivation = clinic.derivation()
    #expect(derivation.assignments(of: RoleClinic.person).isEmpty)
    #expect(derivation.assignmentsRegardlessOfTime(of: RoleClinic.person).map(\.role) == ["NPÖ;Läsare"])
    clinic.set("c", "hsaCommissionMember", "SE2321000016-OTHER;;")
    #expect(clinic.derivation().assignmentsRegardlessOfTime(of: RoleClinic.person).isEmpty)
  }

  @Test func `a membership that cannot be read gives nothing and is told`() {
    var clinic = RoleClinic()
    clinic.set(
      "c", "hsaCommissionMember", "\(RoleClinic.person.text);soon;", "\(RoleClinic.person.text);1;2;3")
    #expect(clinic.roles() == [])
    let finding = clinic.derivation().findings.first
    #expect(finding?.code == "membership-unreadable" && finding?.subject == RoleClinic.commission)
    #expect(finding?.message.contains("2 values") ?? false)
  }

  private func expect(_ clinic: RoleClinic, from: String, to: String) {
    let (begin, end) = (Date.at(from), Date.at(to))
    #expect(clinic.roles(at: begin.addingTimeInterval(-1)) == [])
    #expect(clinic.roles(at: end) == [])
    for instant in [begin, end.addingTimeInterval(-1)] {
      let found = clinic.derivation(at: instant).assignments(of: RoleClinic.person)
      #expect(found.map(\.role) == ["NPÖ;Läsare"])
      #expect(found.map(\.from) == [begin])
      #expect(found.map(\.to) == [end])
    }
    var passing = clinic.derivation(at: begin.addingTimeInterval(-1))
    #expect(passing.nextBoundary(after: passing.instant) == begin)
    #expect(passing.advance(to: begin) == [RoleClinic.person])
    #expect(passing.holders == [RoleClinic.person])
    #expect(passing.nextBoundary(after: begin) == end)
    #expect(passing.advance(to: end) == [RoleClinic.person])
    #expect(passing.holders == [])
    #expect(passing.advance(to: end.addingTimeInterval(-1)) == [RoleClinic.person])
    #expect(passing.holders == [RoleClinic.person])
  }
}
