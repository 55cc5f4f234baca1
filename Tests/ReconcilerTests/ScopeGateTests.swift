import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// The last look before the writes, alone: no request and no plan has been judged before it.
@Suite struct `The gate before a delegated administrator's writes` {
  private static let own = HSAIdentity("SE2321000016-4000")
  private static let scope = ProviderScope(providers: [own], prefixes: ["SE2321000016-4P"])
  private static let (mine, theirs) = ("o=Mitt,\(Slapd.suffix)", "o=Annat,\(Slapd.suffix)")

  private static func provider(_ dn: String, _ identity: String, _ name: String) -> String {
    """
    dn: \(dn)
    objectClass: organization
    objectClass: hsaOrganizationExtension
    objectClass: hsaHealthCareProvider
    o: \(name)
    hsaIdentity: \(identity)
    """
  }

  private static func unit(_ dn: String, _ identity: String, _ responsible: String? = nil) -> String {
    let name = dn.split(separator: ",")[0].dropFirst(3)
    return """
      dn: \(dn)
      objectClass: organizationalUnit
      objectClass: hsaOrganizationalUnitExtension
      ou: \(name)
      hsaIdentity: \(identity)
      """
        + (responsible.map { "\nobjectClass: hsaHealthCareUnit\nhsaResponsibleHealthCareProvider: \($0)" }
          ?? "")
  }

  private static func person(_ name: String, _ parent: String, _ identity: String) -> String {
    """
    dn: cn=\(name),\(parent)
    objectClass: person
    objectClass: hsaPersonExtension
    cn: \(name)
    sn: \(name)
    fullName: \(name)
    title: Läkare
    hsaIdentity: \(identity)
    """
  }

  /// Two care providers, each with a unit and somebody in it, and a unit of the first that the second answers for.
  private static let content =
    [
      provider(mine, "SE2321000016-4000", "Mitt"), provider(theirs, "SE2321000016-4100", "Annat"),
      unit("ou=Enhet,\(mine)", "SE2321000016-4B01"), unit("ou=Enhet,\(theirs)", "SE2321000016-4B11"),
      unit("ou=Uthyrd,\(mine)", "SE2321000016-4B02", "SE2321000016-4100"),
      person("Min", "ou=Enhet,\(mine)", "SE2321000016-4P01"),
      person("Deras", "ou=Enhet,\(theirs)", "SE2321000016-41P01"),
      person("Hyrd", "ou=Uthyrd,\(mine)", "SE2321000016-41P02"),
    ].joined(separator: "\n\n") + "\n"

  /// What the gate says of a plan all of whose changes are the delegated administrator's.
  private func refused(
    _ prepare: (Catalogue) async throws -> Void = { _ in },
    _ make: (inout HandMade, Catalogue) async throws -> Void
  ) async throws -> [Int] {
    let catalogue = try await Catalogue()
    try await catalogue.add(Self.content)
    var made = HandMade()
    try await make(&made, catalogue)
    try await prepare(catalogue)
    let findings = try await catalogue.applier().outside(made.plan) { _ in Self.scope }
    #expect(findings.allSatisfy { $0.severity == .error && $0.code == ScopeRules.code })
    #expect(findings.allSatisfy { !"\($0)".contains("Deras") && !"\($0)".contains("Annat") })
    return findings.compactMap { $0.position?.line }.map { $0 - 1 }
  }

  private func dn(_ text: String) throws -> DistinguishedName { try DistinguishedName(parsing: text) }

  @Test func `lets through what lies with the own care provider, and nothing of the other`() async throws {
    let refused = try await refused { made, catalogue in
      for name in [
        "cn=Min,ou=Enhet,\(Self.mine)", "cn=Deras,ou=Enhet,\(Self.theirs)", "cn=Hyrd,ou=Uthyrd,\(Self.mine)",
      ] {
        made.update(try await catalogue.found(name), "title", to: "Överläkare")
      }
      made.delete(try await catalogue.found("cn=Deras,ou=Enhet,\(Self.theirs)"))
    }
    #expect(refused == [1, 2, 3])
  }

  @Test func `lets nothing be made elsewhere, nor moved in or out`() async throws {
    let refused = try await refused { made, catalogue in
      let (mine, theirs) = (try dn("ou=Enhet,\(Self.mine)"), try dn("ou=Enhet,\(Self.theirs)"))
      made.createPerson(10, in: mine)
      made.createPerson(11, in: theirs)
      made.createPerson(12, in: try dn("ou=Uthyrd,\(Self.mine)"))
      made.createPerson(13, in: try dn(Slapd.suffix))
      made.createPerson(14, in: try dn("ou=Finns inte,\(Self.theirs)"))
      let min = try await catalogue.found("cn=Min,ou=Enhet,\(Self.mine)")
      let deras = try await catalogue.found("cn=Deras,ou=Enhet,\(Self.theirs)")
      made.move(min, to: RelativeDistinguishedName("cn", "Min"), under: theirs)
      made.move(deras, to: RelativeDistinguishedName("cn", "Deras"), under: mine)
    }
    #expect(refused == [1, 2, 3, 4, 5, 6])
  }

  @Test func `asks of a unit's changes who answers for the unit, and of a new one who answers above it`()
    async throws
  {
    let refused = try await refused { made, catalogue in
      made.kind = .unit
      made.update(try await catalogue.found("ou=Enhet,\(Self.mine)"), "telephoneNumber", to: "+46846500001")
      made.update(try await catalogue.found("ou=Uthyrd,\(Self.mine)"), "telephoneNumber", to: "+46846500001")
      made.update(try await catalogue.found("ou=Enhet,\(Self.theirs)"), "telephoneNumber", to: "+46846500001")
      let new = try dn("ou=Ny,ou=Enhet,\(Self.mine)")
      let first = made.create(new, [("objectClass", "organizationalUnit"), ("ou", "Ny")])
      made.kind = .person
      made.createPerson(20, in: new, after: [first])
      made.kind = .unit
      let other = try dn("ou=Ny,ou=Enhet,\(Self.theirs)")
      let second = made.create(other, [("objectClass", "organizationalUnit"), ("ou", "Ny")])
      made.kind = .person
      made.createPerson(21, in: other, after: [second])
    }
    #expect(refused == [1, 2, 5, 6])
  }

  @Test func `follows the names that the plan itself gives`() async throws {
    let refused = try await refused { made, catalogue in
      let unit = try await catalogue.found("ou=Enhet,\(Self.mine)")
      let min = try await catalogue.found("cn=Min,ou=Enhet,\(Self.mine)")
      made.kind = .unit
      let renamed = made.move(unit, to: RelativeDistinguishedName("ou", "Omdöpt"))
      made.kind = .person
      made.update(
        min, "title", to: "Överläkare", at: try dn("cn=Min,ou=Omdöpt,\(Self.mine)"), after: [renamed])
      made.createPerson(30, in: try dn("ou=Omdöpt,\(Self.mine)"), after: [renamed])
      made.createPerson(31, in: try dn("ou=Omdöpt,\(Self.theirs)"), after: [renamed])
    }
    #expect(refused == [3])
  }

  @Test func `goes by the directory as it is now, whatever the plan was made of`() async throws {
    let refused = try await refused { catalogue in
      try await catalogue.change(
        .modify(
          dn("ou=Enhet,\(Self.mine)"),
          [
            Modification(.add, "objectClass", ["hsaHealthCareUnit"]),
            Modification(.replace, "hsaResponsibleHealthCareProvider", ["SE2321000016-4100"]),
          ]))
    } _: { made, catalogue in
      made.update(try await catalogue.found("cn=Min,ou=Enhet,\(Self.mine)"), "title", to: "Överläkare")
      made.createPerson(40, in: try dn("ou=Enhet,\(Self.mine)"))
    }
    #expect(refused == [0, 1])
  }

  @Test func `asks nothing of what the region's own files say`() async throws {
    let catalogue = try await Catalogue()
    try await catalogue.add(Self.content)
    var made = HandMade()
    made.update(
      try await catalogue.found("cn=Deras,ou=Enhet,\(Self.theirs)"), "title", to: "Överläkare")
    #expect(try await catalogue.applier().outside(made.plan) { _ in nil }.isEmpty)
  }
}

extension Catalogue {
  /// Adds entries as the directory's administrator.
  fileprivate func add(_ ldif: String) async throws {
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", slapd.password(of: "admin")]
    try await Tool.run("ldapadd", bind, input: ldif)
  }

  fileprivate func found(_ name: String) async throws -> Entry {
    guard let entry = try await entry(DistinguishedName(parsing: name)) else { throw Failure("no \(name)") }
    return entry
  }
}
