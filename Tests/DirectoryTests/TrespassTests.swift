import Directory
import Foundation
import LDAP
import TestKit
import Testing

/// What a plan that somebody else made may not do here.
@Suite struct `A plan that goes beyond what is owned` {
  private static let base = DistinguishedName([RelativeDistinguishedName("o", "Region Exempel")])
  private static let person = base.child(RelativeDistinguishedName("cn", "Anna Berg"))

  private func findings(_ change: Change) -> [Finding] {
    var change = change
    change.id = 0
    let plan = Plan(
      instant: TestCatalogue.instant, base: Self.base, changes: [change], findings: [], unchanged: 0,
      observed: [:],
      proof: TestCatalogue.proof)
    return Trespass(
      base: Self.base, profile: TestCatalogue.profile, management: TestCatalogue.management,
      schema: TestCatalogue.schema
    ).findings(in: plan)
  }

  private func change(
    _ action: Change.Action, kind: Kind = .person, _ operation: WriteOperation,
    newDN: DistinguishedName? = nil,
    cause: Change.Cause = .desired(SourcePosition(file: "a.yaml", line: 3))
  ) -> Change {
    Change(
      id: 0, action: action, kind: kind, identity: HSAIdentity("SE2321000016-7X3K"), label: nil,
      isProtected: false,
      cause: cause, dn: operation.dn, newDN: newDN, differences: [], operation: operation,
      precondition: Change.Precondition())
  }

  private func modify(_ attribute: String, at name: DistinguishedName = person) -> WriteOperation {
    .modify(name, [Modification(.add, attribute, ["x"])])
  }

  @Test func `what is owned passes`() {
    #expect(findings(change(.update, modify("title"))) == [])
    #expect(findings(change(.update, modify("TITLE"))) == [])
    #expect(findings(change(.update, modify("description"))) == [])
    #expect(findings(change(.deactivate, modify("endDate"), cause: .absence(source: "hr"))) == [])
    #expect(findings(change(.reactivate, modify("endDate"), cause: .undo(run: 3))) == [])
    let rdn = RelativeDistinguishedName("cn", "Anna Ek")
    let renamed = WriteOperation.rename(Self.person, newRDN: rdn, deleteOldRDN: true, newSuperior: nil)
    #expect(findings(change(.rename, renamed, newDN: Self.base.child(rdn))) == [])
  }

  @Test(arguments: ["userPassword", "hsaSystemRole", "cn", "objectClass", "title;lang-sv"])
  func `an attribute that is not owned is refused, with the line that wants it`(attribute: String) throws {
    let finding = try #require(findings(change(.update, modify(attribute))).first)
    #expect(finding.code == "not-owned" && finding.severity == .error)
    #expect(finding.position?.line == 3)
    #expect(finding.message.contains(attribute))
  }

  @Test
  func
    `a kind that is not managed, another entry, another place and a deletion nobody configured are refused`()
  {
    let outside = DistinguishedName([
      RelativeDistinguishedName("cn", "x"), RelativeDistinguishedName("o", "Annan"),
    ])
    var other = change(.update, modify("title"))
    other.dn = Self.base
    let rdn = RelativeDistinguishedName("cn", "Anna Berg")
    let moved = WriteOperation.rename(
      Self.person, newRDN: rdn, deleteOldRDN: true,
      newSuperior: DistinguishedName([RelativeDistinguishedName("o", "Annan")]))
    for refused in [
      change(.update, kind: .function, modify("title")), change(.update, modify("title", at: outside)), other,
      change(.move, moved, newDN: outside), change(.delete, .delete(Self.person)),
      change(.delete, .delete(Self.person), cause: .absence(source: "hr")),
      change(
        .rename, .rename(Self.person, newRDN: rdn, deleteOldRDN: true, newSuperior: nil), newDN: outside),
    ] {
      #expect(findings(refused).map(\.code) == ["not-owned"], "\(refused.operation)")
    }
    // What a run created, its undo may delete.
    #expect(findings(change(.delete, .delete(Self.person), cause: .undo(run: 1))) == [])
  }

  @Test func `a creation sets what only a creation may set, and nothing more`() {
    let entry = Entry(
      dn: Self.person,
      attributes: [
        Attribute("objectClass", ["person"]), Attribute("cn", ["Anna Berg"]), Attribute("hsaIdentity", ["x"]),
        Attribute("fullName", ["Anna Berg"]), Attribute("sn", ["Berg"]),
      ])
    #expect(findings(change(.create, .add(entry))) == [])
    var more = entry
    more["hsaSystemRole"] = ["NPÖ;Läsare"]
    #expect(findings(change(.create, .add(more))).count == 1)
  }
}
