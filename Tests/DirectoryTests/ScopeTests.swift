import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `What a delegated administrator may write` {
  /// Ours: the provider PA with the unit U1 under it, and U4, which lies in the region's tree and names PA. Theirs: the
  /// provider PB with U2; U3, which lies under PA and names PB. Nobody's: U0.
  private static let entries: [Entry] = [
    entry("o=Region Exempel,c=SE", ["organization"], nil),
    entry("ou=PA,o=Region Exempel,c=SE", ["organizationalUnit", "hsaHealthCareProvider"], "SE1-PA"),
    entry("ou=U1,ou=PA,o=Region Exempel,c=SE", ["organizationalUnit"], "SE1-U1"),
    entry("ou=PB,o=Region Exempel,c=SE", ["organizationalUnit", "hsaHealthCareProvider"], "SE1-PB"),
    entry("ou=U2,ou=PB,o=Region Exempel,c=SE", ["organizationalUnit"], "SE1-U2"),
    entry(
      "ou=U3,ou=PA,o=Region Exempel,c=SE", ["organizationalUnit"], "SE1-U3",
      ["hsaResponsibleHealthCareProvider": "SE1-PB"]),
    entry(
      "ou=U4,o=Region Exempel,c=SE", ["organizationalUnit"], "SE1-U4",
      ["hsaResponsibleHealthCareProvider": "SE1-PA"]),
    entry("ou=U0,o=Region Exempel,c=SE", ["organizationalUnit"], "SE1-U0"),
    entry("cn=Ours,ou=U1,ou=PA,o=Region Exempel,c=SE", ["person"], "SE1-OURS"),
    entry("cn=Far,ou=U4,o=Region Exempel,c=SE", ["person"], "SE1-FAR"),
    entry("cn=Theirs,ou=U2,ou=PB,o=Region Exempel,c=SE", ["person"], "SE1-THEIRS"),
    entry("cn=Near,ou=U3,ou=PA,o=Region Exempel,c=SE", ["person"], "SE1-NEAR"),
    entry(
      "cn=Uppdrag,ou=U1,ou=PA,o=Region Exempel,c=SE", ["hsaCommission"], "SE1-C1",
      ["hsaCommissionMember": "SE1-THEIRS;;"]),
    entry("cn=Uppdrag,ou=U2,ou=PB,o=Region Exempel,c=SE", ["hsaCommission"], "SE1-C2"),
    entry("cn=Twin,ou=U1,ou=PA,o=Region Exempel,c=SE", ["person"], "SE1-TWIN"),
    entry("cn=Twin,ou=U2,ou=PB,o=Region Exempel,c=SE", ["person"], "SE1-TWIN"),
  ]
  private static let scope = ProviderScope(providers: [HSAIdentity("SE1-PA")], prefixes: ["SE1-A"])

  private static func entry(
    _ dn: String, _ classes: [String], _ identity: String?, _ others: [String: String] = [:]
  ) -> Entry {
    var attributes = [Attribute("objectClass", ["top"] + classes.map { Value($0) })]
    if let identity { attributes.append(Attribute("hsaIdentity", [Value(identity)])) }
    attributes += others.sorted { $0.key < $1.key }.map { Attribute($0.key, [Value($0.value)]) }
    return Entry(dn: RoleWorld.dn(dn), attributes: attributes)
  }

  private func judge(_ scope: ProviderScope = Self.scope) -> ScopeJudge<PartLookup> {
    ScopeJudge(
      scope, PartLookup(Self.entries, ScopeWorld.reader), profile: Catalogue.profile, schema: Catalogue.schema
    )
  }

  private func found(_ yaml: String) throws -> [Finding] {
    var judge = judge()
    let (state, findings) = desired(yaml)
    // What is no row at all is told of by who reads the file.
    try #require(!state.rows.isEmpty, "\(findings.brief)")
    return try judge.findings(in: state)
  }

  @Test(
    arguments: [
      "persons: [{hsaIdentity: SE1-OURS, title: Kurator}]",
      "persons: [{hsaIdentity: se1-ours, title: Kurator}]",
      "persons: [{hsaIdentity: SE1-FAR, parent: SE1-U1, title: Kurator}]",
      "persons: [{hsaIdentity: SE1-OURS, manager: SE1-FAR}]",
      "persons: [{hsaIdentity: SE1-OURS, manager: \"cn=Far,ou=U4,o=Region Exempel,c=SE\"}]",
      "persons: [{hsaIdentity: SE1-A1, parent: SE1-U4, sn: Berg}]",
      "persons: [{hsaIdentity: SE1-A1, parent: \"ou=U1,ou=PA,o=Region Exempel,c=SE\", sn: Berg}]",
      "units: [{hsaIdentity: SE1-A1, parent: SE1-U1, ou: Ny}]\npersons: [{hsaIdentity: SE1-A2, parent: SE1-A1}]",
      "commissions: [{hsaIdentity: SE1-C1, hsaCommissionMember: [SE1-OURS;;, SE1-THEIRS;;]}]",
      "commissions: [{hsaIdentity: SE1-C1, hsaCommissionMember: [SE1-A1;;]}]\n"
        + "persons: [{hsaIdentity: SE1-A1, parent: SE1-U1}]",
      "units: [{hsaIdentity: SE1-PA, telephoneNumber: \"+4681\"}]",
      "units: [{hsaIdentity: SE1-U4, hsaResponsibleHealthCareProvider: SE1-PA, ou: Ny}]",
      "complete: {kinds: [person], under: SE1-PA}\npersons: [{hsaIdentity: SE1-OURS}]",
    ])
  func `is what is the own providers'`(yaml: String) throws {
    #expect(try found(yaml).brief == [])
  }

  /// Ways out of what is one's own: each is refused, at its place.
  @Test(
    arguments: [
      // Others' entries, nobody's, and such as nobody has.
      "persons: [{hsaIdentity: SE1-THEIRS, title: X}]", "persons: [{hsaIdentity: SE1-NEAR, title: X}]",
      "persons: [{hsaIdentity: SE1-TWIN, title: X}]", "persons: [{hsaIdentity: SE1-NOBODY, title: X}]",
      "persons: [{hsaIdentity: SE1-NOBODY, parent: SE1-U1}]", "units: [{hsaIdentity: SE1-PB, ou: X}]",
      "units: [{hsaIdentity: SE1-U0, ou: X}]", "units: [{hsaIdentity: SE1-U2, ou: X}]",
      "units: [{hsaIdentity: SE1-U3, ou: X}]",
      "commissions: [{hsaIdentity: SE1-C2, hsaCommissionMember: []}]",
      "functions: [{hsaIdentity: SE1-THEIRS, mail: a@b.example}]",
      "persons: [{hsaIdentity: se1-theirs, title: null}]",
      // Into what is others'.
      "persons: [{hsaIdentity: SE1-A1, parent: SE1-U2}]", "persons: [{hsaIdentity: SE1-A1, parent: SE1-U0}]",
      "persons: [{hsaIdentity: SE1-A1, parent: SE1-U3}]",
      "persons: [{hsaIdentity: SE1-A1, parent: SE1-GONE}]",
      "persons: [{hsaIdentity: SE1-A1, parent: \"o=Region Exempel,c=SE\"}]",
      "persons: [{hsaIdentity: SE1-A1, parent: \"ou=U2,ou=PB,o=Region Exempel,c=SE\"}]",
      "persons: [{hsaIdentity: SE1-A1, parent: \"ou=Gone,o=Region Exempel,c=SE\"}]",
      "persons: [{hsaIdentity: SE1-A1, sn: Berg}]", "persons: [{hsaIdentity: SE1-OURS, parent: SE1-U2}]",
      "persons: [{hsaIdentity: SE1-OURS, parent: SE1-U3}]",
      "persons: [{hsaIdentity: SE1-OURS, parent: \"ou=U0,o=Region Exempel,c=SE\"}]",
      "units: [{hsaIdentity: SE1-U1, parent: SE1-PB}]", "units: [{hsaIdentity: SE1-U1, parent: SE1-U0}]",
      "units: [{hsaIdentity: SE1-PA, parent: SE1-U4}]",
      "units: [{hsaIdentity: SE1-A1, parent: SE1-PB, ou: Ny}]",
      // By naming others'.
      "persons: [{hsaIdentity: SE1-OURS, manager: SE1-THEIRS}]",
      "persons: [{hsaIdentity: SE1-OURS, manager: SE1-NOBODY}]",
      "persons: [{hsaIdentity: SE1-OURS, manager: \"cn=Theirs,ou=U2,ou=PB,o=Region Exempel,c=SE\"}]",
      "persons: [{hsaIdentity: SE1-OURS, manager: \"cn=Gone,ou=U1,ou=PA,o=Region Exempel,c=SE\"}]",
      "commissions: [{hsaIdentity: SE1-C1, hsaCommissionMember: [SE1-NEAR;;]}]",
      "commissions: [{hsaIdentity: SE1-C1, hsaCommissionMember: [SE1-NOBODY;;]}]",
      "commissions: [{hsaIdentity: SE1-C1, hsaCommissionMember: [SE1-OURS;;, SE1-TWIN;;]}]",
      "commissions: [{hsaIdentity: SE1-C1, hsaCommissionMember: [SE1-A9;;]}]",
      "functions: [{hsaIdentity: SE1-A1, parent: SE1-U1, roleOccupant: SE1-THEIRS}]",
      "units: [{hsaIdentity: SE1-U1, hsaHealthCareUnitMember: [SE1-U2]}]",
      // By what decides whose an entry is.
      "units: [{hsaIdentity: SE1-U1, hsaResponsibleHealthCareProvider: SE1-PB}]",
      "units: [{hsaIdentity: SE1-U1, hsaResponsibleHealthCareProvider: SE1-PA}]",
      "units: [{hsaIdentity: SE1-U4, hsaResponsibleHealthCareProvider: null}]",
      "units: [{hsaIdentity: SE1-U1, objectClass: [organizationalUnit, hsaHealthCareProvider]}]",
      "units: [{hsaIdentity: SE1-U1, objectClass: [organizationalUnit, hsaHealthCareUnit]}]",
      "persons: [{hsaIdentity: SE1-OURS, objectClass: [person, hsaConfidentialPerson]}]",
      // By not saying whom one means, and by saying that one speaks for all.
      "persons: [{mail: theirs@example.org, title: X}]",
      "persons: [{personalIdentityNumber: \"189001039801\", title: X}]",
      "complete: {kinds: [person]}\npersons: [{hsaIdentity: SE1-OURS}]",
      "complete: {kinds: [person], under: SE1-PB}\npersons: [{hsaIdentity: SE1-OURS}]",
      "complete: {kinds: [person], under: SE1-NOBODY}\npersons: [{hsaIdentity: SE1-OURS}]",
    ])
  func `is nothing else, whatever is tried`(yaml: String) throws {
    let findings = try found(yaml)
    #expect(!findings.isEmpty)
    #expect(findings.allSatisfy { $0.severity == .error })
  }

  @Test func `is refused in the same words whether the entry exists or not`() throws {
    func words(_ yaml: String, _ names: [String]) throws -> [String] {
      try found(yaml).map { finding in
        names.reduce("\(finding.code) \(finding.message) \(finding.advice ?? "")") {
          $0.replacing($1, with: "N")
        }
      }
    }
    for form in [
      "persons: [{hsaIdentity: N, title: X}]", "persons: [{hsaIdentity: SE1-A1, parent: N}]",
      "persons: [{hsaIdentity: SE1-OURS, manager: N}]",
      "commissions: [{hsaIdentity: SE1-C1, hsaCommissionMember: [N;;]}]",
    ] {
      let there = try words(form.replacing("N", with: "SE1-NEAR"), ["SE1-NEAR"])
      let absent = try words(form.replacing("N", with: "SE1-NOBODY"), ["SE1-NOBODY"])
      #expect(there == absent && !there.isEmpty, "\(form)")
    }
  }

  @Test func `is nothing for an administrator without providers`() throws {
    var judge = judge(ProviderScope(providers: []))
    let state = desired("persons: [{hsaIdentity: SE1-OURS, title: X}, {hsaIdentity: SE1-A1, parent: SE1-U1}]")
      .state
    #expect(try judge.findings(in: state).map(\.code) == ["outside-scope", "outside-scope"])
  }
}

@Suite struct `The law of a delegated administrator's scope` {
  @Test(arguments: Seeds.first(100))
  func `each entry is whose it is, from below as from above`(seed: UInt64) throws {
    let world = ScopeWorld(seed: seed)
    var reach = ScopeReach(world.lookup(), ScopeWorld.scope)
    for identity in world.identities {
      let expected: ScopeReach<PartLookup>.Standing = world.isOurs(identity) == true ? .within : .outside
      #expect(try reach.standing(of: identity) == expected, "\(identity)")
    }
    #expect(try reach.standing(of: HSAIdentity("SE1-NOBODY")) == .unknown)
  }

  /// Rows of random wishes: one passes exactly when all that it touches is the administrator's.
  @Test(arguments: Seeds.first(100))
  func `no row that touches what is others' passes, and none that does not is refused`(seed: UInt64) throws {
    var world = ScopeWorld(seed: seed)
    var judge = world.judge()
    for _ in 0..<20 {
      let (person, parent, manager) = (
        world.pick(world.identities), world.pick(world.identities), world.pick(world.identities)
      )
      let isNew = world.chance(40)
      let subject = isNew ? HSAIdentity(world.chance(50) ? "SE1-A77" : "SE1-Z77") : person
      let yaml = "persons: [{hsaIdentity: \(subject), parent: \(parent), manager: \(manager)}]"
      var mayPass = world.isOurs(parent) == true && world.isOurs(manager) == true
      mayPass = mayPass && (isNew ? ScopeWorld.scope.mayCreate(subject) : world.isOurs(subject) == true)
      if ScopeWorld.scope.providers.contains(subject) { mayPass = false }
      let findings = try judge.findings(in: desired(yaml).state)
      #expect(findings.isEmpty == mayPass, "\(yaml): \(findings.brief)")
    }
  }
}
