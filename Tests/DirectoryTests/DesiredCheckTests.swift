import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct DesiredCheckTests {
  /// One row of the kind, with the unit above it known, and the findings of reading and checking it.
  private func person(_ attributes: String) -> [String] {
    desired(
      "persons:\n  - {hsaIdentity: SE2321000016-7X3K, \(attributes)}\n",
      observed: ["SE2321000016-7X3K", "SE2321000016-1A2B"]
    ).findings.brief
  }

  private func unit(_ attributes: String) -> [String] {
    desired(
      "units:\n  - {hsaIdentity: SE2321000016-1A2C, \(attributes)}\n",
      observed: ["SE2321000016-1A2C", "SE2321000016-1A2B"]
    ).findings.brief
  }

  @Test func `a sound row has no findings`() {
    #expect(
      person(
        "parent: SE2321000016-1A2B, givenName: Anna, sn: Berg, mail: anna@b.example, personalIdentityNumber: 199001192385"
      ) == [])
    #expect(unit("parent: SE2321000016-1A2B, ou: VC Norr, startDate: 2026-01-01, endDate: 2026-01-01") == [])
  }

  @Test func `an unknown attribute is named with the one that was probably meant`() {
    let (_, findings) = desired(
      "persons:\n  - hsaIdentity: SE2321000016-7X3K\n    givnName: Anna\n    remove: {descripton: [x]}\n",
      observed: ["SE2321000016-7X3K"])
    #expect(findings.brief == ["unknown-attribute 3:5", "unknown-attribute 4:14"])
    #expect(findings.map(\.advice) == ["did you mean `givenName`?", "did you mean `description`?"])
    #expect(findings[0].subject == HSAIdentity("SE2321000016-7X3K"))
  }

  @Test func `what is written but not managed is a warning`() {
    #expect(person("route: x") == ["not-managed-attribute? 2:38"])
    #expect(person("cn: x, hsaSyncId: y") == [], "naming and correlation need no management")
    #expect(unit("objectClass: [hsaHealthCareUnit]") == [])
    let management = try! Catalogue.managed("person: {own: [sn]}", Catalogue.profile)
    let (_, findings) = desired(
      "persons:\n  - {hsaIdentity: SE2321000016-7X3K, objectClass: hsaConfidentialPerson}\n",
      management: management,
      observed: ["SE2321000016-7X3K"])
    #expect(findings.brief == ["not-managed-attribute? 2:38"])
  }

  @Test func `only merged attributes lose values by remove`() {
    #expect(person("remove: {sn: [x]}") == ["remove-not-merged 2:47"])
    #expect(person("remove: {description: [x]}") == [])
  }

  @Test func `a single-valued attribute with two values points at the second`() {
    #expect(person("personalIdentityNumber: [199001192385, 199003082394]").first == "single-valued 2:77")
  }

  @Test func `a value written twice under its matching rule is a warning`() {
    #expect(person("title: [Läkare, Kurator, LÄKARE]") == ["value-twice? 2:63"])
    #expect(person("telephoneNumber: [\"+46 8 1\", \"+4681\"]") == ["value-twice? 2:67"])
  }

  @Test func `length is counted in characters, and octets are warned of`() {
    let limit = "\(String(repeating: "a", count: 64))"
    #expect(unit("ou: \(limit)") == [])
    #expect(unit("ou: \(limit)a") == ["too-long 2:42"])
    #expect(unit("ou: \(limit.dropLast())å") == ["too-long-octets? 2:42"])
    #expect(unit("ou: \(limit)å") == ["too-long 2:42"])
  }

  @Test func `values must fit their syntax`() {
    #expect(person("mail: [å@b.example, a@b.example]") == ["wrong-syntax 2:45"])
    #expect(person("telephoneNumber: \"+46 8 12#3\"") == ["wrong-syntax 2:55"])
    #expect(person("manager: \"cn=Anna,,c=SE\"") == ["wrong-syntax 2:47"])
    #expect(person("title: {base64: \"/w==\"}") == ["wrong-syntax 2:45"])
    #expect(person("hsaPassportValidThrough: 20311330000000Z") == ["impossible-date 2:63"])
  }

  @Test func `integers and booleans are checked as the schema says`() throws {
    let schema = Schema.standard.merging(
      try Schema(
        attributeTypes: [
          "( 1.1.1 NAME 'wholeNumber' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )",
          "( 1.1.2 NAME 'isSo' EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 )",
        ], objectClasses: []))
    for (name, good, bad) in [
      ("wholeNumber", ["0", "-7", "12"], ["1.5", "-0", "007", "x", "-"]), ("isSo", ["TRUE"], ["true", "1"]),
    ] {
      let rule = AttributeRule(0, name, Catalogue.profile, Catalogue.management, schema)
      for text in good { Array(text.utf8).withUnsafeBytes { #expect(rule.syntax.fault(in: $0) == nil) } }
      for text in bad { Array(text.utf8).withUnsafeBytes { #expect(rule.syntax.fault(in: $0) != nil) } }
    }
  }

  @Test func `control characters are errors, line breaks warnings`() {
    #expect(person(#"title: "a\x01b""#) == ["control-character 2:45"])
    #expect(person(#"title: "a\x7Fb""#) == ["control-character 2:45"])
    #expect(person(#"title: "a\Nb""#) == ["control-character 2:45"], "next line, a C1 control")
    #expect(person(#"title: "a\nb""#) == ["line-break? 2:45"])
    #expect(person(#"title: "aÂb""#) == [])
  }

  @Test func `the HSA-id must have its form, as identity, parent and reference`() {
    #expect(
      desired("persons:\n  - {hsaIdentity: SE2321000016_7X3K}\n", observed: ["SE2321000016_7X3K"]).findings
        .brief
        == ["wrong-identity 2:19"])
    #expect(person("parent: VC Norr") == ["wrong-identity 2:5"])
    #expect(unit("hsaResponsibleHealthCareProvider: SE23-1") == ["wrong-identity 2:72"])
  }

  @Test func `a wrong personal number is found without being told`() {
    let (_, findings) = desired(
      "persons:\n  - {hsaIdentity: SE2321000016-7X3K, personalIdentityNumber: 199001192386}\n",
      observed: ["SE2321000016-7X3K"])
    #expect(findings.brief == ["wrong-personal-number 2:62"])
    #expect(!findings.contains { "\($0)".contains("199001192386") })
    #expect(
      person("personalIdentityNumber: 19900119-2385") == ["too-long 2:62", "wrong-personal-number 2:62"])
  }

  @Test func `an end must come after its start`() {
    #expect(person("startDate: 2026-02-01, endDate: 2026-01-31") == ["end-before-start 2:70"])
    #expect(person("startDate: 2026-02-01, endDate: 2026-02-01") == [], "through that day")
    let (_, findings) = desired(
      """
      commissions:
        - hsaIdentity: SE2321000016-C001
          hsaCommissionMember: [SE2321000016-7X3K;20260201000000Z;20260101000000Z, SE2321000016-7X3K;x;, SE2321000016-7X3K;;;]
          members:
            - {person: SE2321000016-7X3K, from: 2026-02-01, to: 2026-01-31}
      """, observed: ["SE2321000016-C001", "SE2321000016-7X3K"])
    #expect(
      findings.brief == [
        "end-before-start 3:27", "wrong-date 3:78", "wrong-member 3:100", "attribute-twice 4:5 & 3:5",
      ])
  }

  @Test func `a member's faults point at the member`() {
    let text = """
      commissions:
        - hsaIdentity: SE2321000016-C001
          members:
            - {person: SE2321000016-7X3K}
            - {person: SE2321000016-7X3L, from: 2026-02-01, to: 2026-01-31}
            - {person: Anna}
      """
    #expect(
      desired(text, observed: ["SE2321000016-C001", "SE2321000016-7X3L"]).findings.brief
        == ["unknown-reference 4:9", "end-before-start 5:9", "wrong-identity 6:9"])
    #expect(
      desired(text).findings.brief.filter { $0.hasPrefix("unknown-reference") }
        == ["unknown-reference? 4:9", "unknown-reference? 5:9"], "without the directory nobody can know")
  }

  @Test func `a reference may be to a row of the files or to an entry of the directory`() {
    let text = """
      units:
        - {hsaIdentity: SE2321000016-1A2B, parent: SE2321000016-1000, hsaHealthCareUnitMember: [SE2321000016-1A2C, SE2321000016-1A2D]}
        - {hsaIdentity: SE2321000016-1A2C, parent: SE2321000016-1A2B, ou: x}
      """
    let ids = ["SE2321000016-1A2B", "SE2321000016-1A2C"]
    #expect(desired(text, observed: ids + ["se2321000016-1a2d", "SE2321000016-1000"]).findings.brief == [])
    #expect(desired(text, observed: ids).findings.brief == ["unknown-parent 2:5", "unknown-reference 2:110"])
  }

  @Test func `an entry referred to by name may be written by HSA-id`() {
    #expect(unit("manager: SE2321000016-1A2B") == [])
    #expect(unit("manager: SE2321000016-9999") == ["unknown-reference 2:47"])
  }

  @Test func `a parent must be able to have others beneath it`() {
    let (_, findings) = desired(
      """
      persons:
        - {hsaIdentity: SE2321000016-7X3K, parent: SE2321000016-7X3L}
        - {hsaIdentity: SE2321000016-7X3L, parent: SE2321000016-1A2B}
      """, observed: ["SE2321000016-7X3K", "SE2321000016-7X3L", "SE2321000016-1A2B"])
    #expect(findings.brief == ["wrong-parent 2:5"])
  }

  @Test func `circles of parents are found, also through many rows, each once`() {
    let count = 2_000
    var text = "units:\n"
    for number in 0..<count {
      text += "  - {hsaIdentity: SE2321000016-\(number), parent: SE2321000016-\((number + 1) % count)}\n"
    }
    text += "  - {hsaIdentity: SE2321000016-A, parent: SE2321000016-A}\n"
    text += "  - {hsaIdentity: SE2321000016-B, parent: SE2321000016-7}\n"
    let findings = desired(text).findings.filter { $0.code == "parent-cycle" }
    #expect(findings.brief == ["parent-cycle 2:5 & 3:5", "parent-cycle 2002:5 & 2002:5"])
    #expect(findings[0].message.contains("2000 row(s)"))
  }

  @Test func `values that must be unique name both rows`() {
    let (_, findings) = desired(
      """
      persons:
        - {hsaIdentity: SE2321000016-7X3K, mail: a@b.example}
        - {hsaIdentity: SE2321000016-7X3L, mail: A@b.example}
      """, observed: ["SE2321000016-7X3K", "SE2321000016-7X3L"])
    #expect(findings.brief == ["not-unique 3:44 & 2:44"])
  }

  @Test func `a row without HSA-id needs something to find its entry by`() {
    #expect(desired("persons:\n  - {sn: Berg, hsaSyncId: HR-1}\n").findings.brief == [])
    #expect(desired("persons:\n  - {sn: Berg}\n").findings.brief == ["no-identity 2:5"])
  }

  @Test func `what a create would lack is an error when the directory has no such entry`() throws {
    let text =
      "persons:\n  - {hsaIdentity: SE2321000016-7X3K, sn: Berg}\n  - {hsaIdentity: SE2321000016-7X3L, sn: Borg}\n"
    let (state, findings) = desired(text, observed: [])
    #expect(findings.brief == ["missing-required 2:5", "missing-required 3:5"])
    #expect(findings[0].message.hasSuffix("cn, fullName"))
    #expect(desired(text, observed: ["SE2321000016-7X3K", "SE2321000016-7X3L"]).findings.brief == [])
    #expect(desired(text).findings.brief == ["missing-required? 2:5"], "one warning for all rows alike")
    #expect(
      state.missingRequired(row: 0, profile: Catalogue.profile, schema: Catalogue.schema) == [
        "cn", "fullName",
      ])
  }

  @Test func `templates give what a create needs`() {
    #expect(
      desired("persons:\n  - {hsaIdentity: SE2321000016-7X3K, givenName: Anna, sn: Berg}\n", observed: [])
        .findings.brief == [])
    #expect(
      desired("commissions:\n  - {hsaIdentity: SE2321000016-C001}\n", observed: []).findings.map(\.message)
        .first?
        .hasSuffix("lacks: hsaCommissionPurpose") == true)
  }

  @Test func `a regional catalogue is checked by its own names`() throws {
    let profile = try Profile(parsing: try Repository.bytes("conf/profiles/vgr.yaml"), file: "vgr.yaml")
    let management = try Catalogue.managed("person: {own: [sn, personalIdentityNumber]}", profile)
    var reader = DesiredReader(profile: profile, management: management, schema: .standard)
    reader.add(
      yaml: Array(
        "persons:\n  - {hsaIdentity: SE2321000131-P1, personalIdentityNumber: 199001192385}\n".utf8),
      file: "a.yaml")
    let (state, _) = reader.finish()
    #expect(state.text(0)["hsaPersonIdentityNumber"] == "199001192385")
  }

  @Test func `findings come in the order of the files`() {
    let (_, findings) = desired(
      "persons:\n  - {hsaIdentity: SE2321000016-7X3K, personalIdentityNumber: 199001192386, givnName: x}\nfoo: 1\n",
      "persons:\n  - {hsaIdentity: x}\n", observed: ["SE2321000016-7X3K", "x"])
    #expect(
      findings.brief == [
        "wrong-personal-number 2:62", "unknown-attribute 2:76", "unknown-key 3:1",
        "wrong-identity b.yaml:2:19",
      ])
  }

  @Test func `the sample region's desired state has no errors`() throws {
    let configuration = try YAMLDocument(
      parsing: try Repository.bytes("conf/hsasync.yaml"), file: "hsasync.yaml"
    ).mapping()
    let manage = try #require(configuration.pairs.first { $0.key == "manage" }?.value)
    let management = try Management(parsing: manage, file: "hsasync.yaml", profile: Catalogue.profile)
    var reader = DesiredReader(profile: Catalogue.profile, management: management, schema: Catalogue.schema)
    for name in [
      "kommunen", "primarvard", "region", "sjukhuset", "solglantan", "stab", "strandrehab", "vc-norr",
      "vc-oster",
    ] {
      reader.add(yaml: try Repository.bytes("conf/region/desired/\(name).yaml"), file: "\(name).yaml")
    }
    reader.beginLDIF(file: "hr.ldif")
    try Repository.bytes("conf/region/desired/hr.ldif").withUnsafeBytes { reader.feed($0) }
    reader.finishLDIF()
    let (state, findings) = reader.finish()
    let checked = state.check(
      profile: Catalogue.profile, management: management, schema: Catalogue.schema, instant: noon)
    #expect((findings + checked).filter { $0.severity == .error }.brief == [])
    #expect(state.rows.count > 80)
  }
}
