import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct DesiredReaderTests {
  private func ldif(
    _ text: String, file: String = "a.ldif", declared: SourceDeclaration = SourceDeclaration(),
    chunk: Int = 7,
    then reader: DesiredReader? = nil
  ) -> DesiredReader {
    var reader =
      reader
      ?? DesiredReader(profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema)
    reader.beginLDIF(file: file, declared: declared)
    let octets = Array(text.utf8)
    for start in stride(from: 0, to: octets.count, by: chunk) {
      octets[start..<min(start + chunk, octets.count)].withUnsafeBytes { reader.feed($0) }
    }
    reader.finishLDIF()
    return reader
  }

  @Test func `a row has its attributes, kind, parent and place`() {
    let (state, findings) = desired(
      """
      persons:
        - hsaIdentity: SE2321000016-7X3K
          parent: SE2321000016-1A2B
          givenName: Anna
          sn: Berg
          telephoneNumber: ["+46812310011", "+46812310012"]
          title: null
      units:
        - {hsaIdentity: SE2321000016-1A2B, parent: "o=Region Exempel,c=SE", ou: VC Norr}
      """)
    #expect(findings.brief == [])
    #expect(state.rows.map(\.kind) == [.unit, .person])
    #expect(
      state.text(1) == [
        "hsaIdentity": "SE2321000016-7X3K", "givenName": "Anna", "sn": "Berg",
        "telephoneNumber": "+46812310011|+46812310012", "title": "",
      ])
    #expect(state.position(of: 1).description == "a.yaml:2:5")
    #expect(state.parents[Int(state.rows[1].parent)] == .identity(HSAIdentity("SE2321000016-1A2B")))
    #expect(
      state.parents[Int(state.rows[0].parent)]
        == .name(try! DistinguishedName(parsing: "o=Region Exempel,c=SE")))
  }

  @Test func `what is provided but missing in the row shall have no values`() {
    let (state, findings) = desired(
      """
      complete: {kinds: [person], under: SE2321000016-1A2B}
      provides: [givenName, sn, title, endDate]
      persons:
        - {hsaIdentity: SE2321000016-7X3K, givenName: Anna, sn: Berg}
      """, observed: ["SE2321000016-1A2B", "SE2321000016-7X3K"])
    #expect(findings.brief == [])
    #expect(state.text(0)["title"] == "" && state.text(0)["endDate"] == "" && state.text(0)["mail"] == nil)
    #expect(state.sources[0].completeKinds == [.person])
    #expect(state.sources[0].completeUnder == .identity(HSAIdentity("SE2321000016-1A2B")))
    #expect(
      state.parents[Int(state.rows[0].parent)] == .identity(HSAIdentity("SE2321000016-1A2B")),
      "rows lie under it")
  }

  @Test func `members become values with whole days in Sweden`() {
    let (state, _) = desired(
      """
      commissions:
        - hsaIdentity: SE2321000016-C001
          members:
            - {person: SE2321000016-7X3K, from: 2026-01-01, to: 2026-06-30}
            - {person: SE2321000016-7X3L, to: 2026-06-30T12:00:00+02:00}
            - {person: SE2321000016-7X3M}
      """)
    #expect(
      state.text(0)["hsaCommissionMember"]
        == "SE2321000016-7X3K;20251231230000Z;20260630220000Z|SE2321000016-7X3L;;20260630100000Z|SE2321000016-7X3M;;"
    )
  }

  @Test func `removals stand under their own name, and octets can be given as base64`() {
    let (state, findings) = desired(
      """
      persons:
        - hsaIdentity: SE2321000016-7X3K
          remove: {description: [gammal text]}
          jpegPhoto: {base64: "/9j/4A=="}
      """, observed: ["SE2321000016-7X3K"])
    #expect(findings.brief == [])
    #expect(state.text(0)["remove:description"] == "gammal text")
    #expect(
      state.table.withRows { rows in
        rows.bytes(of: rows.values(of: rows.attributes(of: 0).upperBound - 1).lowerBound).count
      } == 4)
  }

  @Test func `bare dates are read in start and end dates, and wherever the schema has a time`() {
    let (state, _) = desired(
      """
      persons:
        - {hsaIdentity: SE2321000016-7X3K, startDate: 2026-01-01, endDate: 2026-12-31, hsaPassportValidThrough: 2031-12-31}
      """)
    #expect(state.text(0)["startDate"] == "20251231230000Z")
    #expect(state.text(0)["endDate"] == "20261231230000Z")
    #expect(state.text(0)["hsaPassportValidThrough"] == "20311230230000Z")
  }

  @Test func `aliases of an attribute are the attribute, and twice is a finding`() {
    let (state, findings) = desired(
      """
      persons:
        - {hsaIdentity: SE2321000016-7X3K, surname: Berg}
        - {hsaIdentity: SE2321000016-7X3L, surname: Berg, SN: Borg}
      """, observed: ["SE2321000016-7X3K", "SE2321000016-7X3L"])
    #expect(state.text(0)["sn"] == "Berg")
    #expect(findings.brief == ["attribute-twice 3:53 & 3:38"])
  }

  @Test func `what is wrong with the shape of a row is said all at once`() {
    let (_, findings) = desired(
      """
      persons:
        - {hsaIdentity: "", parent: 7, sn: {a: b}, givenName: [[x]], title: "", mail: [a@b.example, ~]}
        - SE2321000016-7X3K
        - {hsaIdentity: SE2321000016-7X3L, parent: "o=Region Exempel,,c=SE", members: [], remove: [x], endDate: 2026-02-30}
        - {hsaIdentity: SE2321000016-7X3M, jpegPhoto: {base64: "***"}, för namn: x, remove: {description: null}}
      commissions:
        - {hsaIdentity: SE2321000016-C001, members: [SE2321000016-7X3K, {from: 2026-01-01}, {person: x, till: y}, {person: x, to: soon}]}
      people: []
      """)
    let shape = findings.filter {
      $0.code != "no-identity" && $0.code != "missing-required" && $0.code != "unknown-parent"
    }
    #expect(
      shape.brief == [
        "wrong-identity 2:5", "wrong-identity 2:19", "yaml-shape 2:38", "yaml-shape 2:58", "empty-value 2:71",
        "empty-value 2:95", "yaml-shape 3:5", "wrong-parent 4:46", "unknown-key 4:72", "yaml-shape 4:93",
        "impossible-date 4:107", "wrong-base64 5:58", "unknown-attribute 5:66", "nothing-to-remove 5:101",
        "yaml-shape 7:48", "missing-key 7:67", "wrong-identity 7:87", "unknown-key 7:99", "wrong-date 7:125",
        "unknown-key 8:1",
      ])
  }

  @Test func `a kind that is not managed, and a file without rows, are findings`() {
    #expect(
      desired("administrativeCommissions:\n  - {hsaIdentity: SE2321000016-1}\n").findings.brief == [
        "not-managed 1:1"
      ])
    #expect(desired("complete: {kinds: [person]}\n").findings.brief == ["no-rows 1:1"])
    #expect(desired("persons: []\n").findings.brief == [])
    #expect(desired("persons:\n").findings.brief == ["empty-list 1:1"], "a file that was cut looks like this")
  }

  @Test func `a declaration is checked like everything else`() {
    let (_, findings) = desired(
      """
      complete: {kinds: [persn], undr: x}
      provides: [hsaIdentity, sn, objectClass]
      persons: []
      """)
    #expect(
      findings.brief == [
        "unknown-kind 1:20", "unknown-key 1:28", "cannot-provide 2:12", "cannot-provide 2:29",
      ])
  }

  @Test func `LDIF records become rows with kind, parent, line and nothing that is not needed`() throws {
    let text = """
      # staff
      dn: cn=Anna Berg,ou=VC Norr,o=Region Exempel,c=SE
      objectClass: top
      objectClass: person
      cn: Anna Berg
      hsaIdentity: SE2321000016-7X3K
      givenname: Anna
      surname: Berg
      userCertificate;binary:: AAAA
      entryUUID: 6d0d4f9c-0000-0000-0000-000000000000

      dn: ou=VC\\, Syd,o=Region Exempel,c=SE
      objectClass: organizationalUnit
      ou: VC, Syd
      hsaIdentity: SE2321000016-1A2C
      """
    for chunk in [1, 7, 4_096] {
      let (state, findings) = ldif(
        text, declared: SourceDeclaration(provides: ["givenName", "title"]), chunk: chunk
      ).finish()
      #expect(findings.brief == [])
      #expect(state.rows.map(\.kind) == [.person, .unit])
      #expect(state.rows.map(\.line) == [2, 12])
      #expect(
        state.text(0) == [
          "objectClass": "top|person", "cn": "Anna Berg", "hsaIdentity": "SE2321000016-7X3K",
          "givenName": "Anna", "sn": "Berg",
          "title": "",
        ])
      #expect(state.text(1)["givenName"] == "")
      #expect(
        state.rows.map { state.parents[Int($0.parent)] } == [
          .name(try DistinguishedName(parsing: "ou=VC Norr,o=Region Exempel,c=SE")),
          .name(try DistinguishedName(parsing: "o=Region Exempel,c=SE")),
        ])
    }
  }

  @Test func `LDIF faults and records of no kind have their lines, and the rest is read`() {
    let text = """
      dn: cn=x,o=Region Exempel,c=SE
      objectClass: device
      cn: x

      dn: cn=y,o=Region Exempel,c=SE
      objectClass: person
      cn y

      dn: cn=Anna Berg,o=Region Exempel,c=SE
      objectClass: person
      hsaIdentity: SE2321000016-7X3K
      """
    let (state, findings) = ldif(text).finish()
    #expect(findings.map(\.code) == ["unknown-kind", "ldif-syntax"])
    #expect(findings.map { $0.position?.line } == [1, 7])
    #expect(state.rows.count == 1 && state.text(0)["hsaIdentity"] == "SE2321000016-7X3K")
    #expect(state.position(of: 0).line == 9)
  }

  @Test func `an empty LDIF file never means that nothing is wanted`() {
    #expect(ldif("").finish().findings.map(\.code) == ["ldif-empty"])
  }

  @Test func `an HSA-id written twice is a finding that names both places`() {
    let (state, findings) = desired(
      "persons:\n  - {hsaIdentity: SE2321000016-7X3K, sn: A}\n  - {hsaIdentity: se2321000016-7x3k, sn: B}\n",
      "persons:\n  - {hsaIdentity: SE2321000016-7X3K, sn: C}\n", observed: ["SE2321000016-7X3K"])
    #expect(findings.brief == ["duplicate-identity 3:5 & 2:5", "duplicate-identity b.yaml:2:5 & 2:5"])
    #expect(state.rows.count == 1)
  }

  @Test func `sources that share the work are joined into one row`() {
    let (state, findings) = desired(
      "provides: [givenName, sn]\npersons:\n  - {hsaIdentity: SE2321000016-7X3K, givenName: Anna, sn: Berg}\n",
      "provides: [title, mail]\npersons:\n  - {hsaIdentity: SE2321000016-7X3K, parent: SE2321000016-1A2B, title: Läkare}\n",
      observed: ["SE2321000016-7X3K", "SE2321000016-1A2B"])
    #expect(findings.brief == [])
    #expect(state.rows.count == 1)
    #expect(
      state.text(0) == [
        "hsaIdentity": "SE2321000016-7X3K", "givenName": "Anna", "sn": "Berg", "title": "Läkare", "mail": "",
      ])
    #expect(state.position(of: 0).description == "a.yaml:3:5")
    #expect(state.rows[0].parent != DesiredState.noParent)
  }

  @Test func `sources that overlap, or disagree, are findings that name both places`() {
    let first =
      "provides: [givenName, sn]\npersons:\n  - {hsaIdentity: SE2321000016-7X3K, parent: SE2321000016-1A2B, sn: A}\n"
    let observed = ["SE2321000016-7X3K", "SE2321000016-1A2B", "SE2321000016-1A2C"]
    func second(_ text: String) -> [String] { desired(first, text, observed: observed).findings.brief }
    #expect(
      second("provides: [title, sn]\npersons:\n  - {hsaIdentity: SE2321000016-7X3K, title: B}\n")
        == ["overlapping-sources b.yaml:3:5 & 3:5"])
    #expect(
      second("provides: [title]\npersons:\n  - {hsaIdentity: SE2321000016-7X3K, parent: SE2321000016-1A2C}\n")
        == ["different-parents b.yaml:3:5 & 3:5"])
    #expect(
      second("provides: [mail]\nfunctions:\n  - {hsaIdentity: SE2321000016-7X3K}\n") == [
        "different-kinds b.yaml:3:5 & 3:5"
      ])
  }

  @Test func `YAML and LDIF share an identity too`() {
    var reader = DesiredReader(
      profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema)
    let yaml = "provides: [mail]\npersons:\n  - {hsaIdentity: SE2321000016-7X3K, mail: a@b.example}\n"
    reader.add(yaml: Array(yaml.utf8), file: "a.yaml")
    reader = ldif(
      "dn: cn=Anna,o=Region Exempel,c=SE\nobjectClass: person\nhsaIdentity: SE2321000016-7X3K\ntitle: Kurator\n",
      declared: SourceDeclaration(provides: ["title"]), then: reader)
    let (state, findings) = reader.finish()
    #expect(findings.brief == [])
    #expect(state.text(0)["mail"] == "a@b.example" && state.text(0)["title"] == "Kurator")
    #expect(state.rows[0].parent != DesiredState.noParent)
  }

  @Test func `a parent's name may be spelled in two ways in rows that are joined`() {
    var reader = ldif(
      "dn: cn=Anna,OU=vc  norr,O=Region Exempel,c=SE\nobjectClass: person\nhsaIdentity: SE2321000016-7X3K\ntitle: A\n",
      declared: SourceDeclaration(provides: ["title"]))
    let yaml = """
      provides: [mail]
      persons:
        - {hsaIdentity: SE2321000016-7X3K, parent: "ou=VC Norr, o=Region Exempel,c=SE", mail: a@b.example}
      """
    reader.add(yaml: Array(yaml.utf8), file: "b.yaml")
    #expect(reader.finish().findings.brief == [])
  }

  @Test func `a declaration in both configuration and file is a finding`() {
    var reader = DesiredReader(
      profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema)
    reader.add(
      yaml: Array("persons: []\ncomplete: {kinds: [person]}\n".utf8), file: "a.yaml",
      declared: SourceDeclaration(provides: ["sn"]))
    #expect(reader.finish().findings.brief == ["declared-twice 2:1"])
  }

  private static let everything = """
    # åäö
    complete: {kinds: [person], under: SE2321000016-1A2B}
    provides: [sn, title, "mail"]
    units:
      - {hsaIdentity: SE2321000016-1A2B, parent: "o=Region Exempel,c=SE", ou: 'VC Norr', startDate: 2026-01-01}
    persons:
      - hsaIdentity: SE2321000016-7X3K
        title: [Läkare, >-
          Kurator]
        endDate: ~
        jpegPhoto: {base64: "/9j/4A=="}
        remove: {description: ["a\tb"]}
    commissions:
      - hsaIdentity: SE2321000016-C001
        members: [{person: SE2321000016-7X3K, to: 2026-06-30}]
    """

  @Test func `a file cut after any octet is a finding or a state, never a crash`() {
    let octets = Array(Self.everything.utf8)
    for end in 0...octets.count {
      var reader = Catalogue.reader
      reader.add(yaml: Array(octets[..<end]), file: "a.yaml")
      let (state, findings) = reader.finish()
      #expect(state.table.count == state.rows.count)
      #expect(!state.rows.isEmpty || !findings.isEmpty, "cut after \(end) octets")
    }
  }

  @Test func `a file with any octet changed is a finding or a state, never a crash`() {
    var generator = SeededGenerator(seed: 4_711)
    let octets = Array(Self.everything.utf8)
    for _ in 0..<600 {
      var changed = octets
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0..<changed.count, using: &generator)
        changed[at] =
          Bool.random(using: &generator)
          ? UInt8.random(in: 0...255, using: &generator)
          : (Array("{}[]:-,&*!|>'\"#%@\n\t ".utf8).randomElement(using: &generator) ?? 0)
      }
      var reader = Catalogue.reader
      reader.add(yaml: changed, file: "a.yaml")
      let (state, findings) = reader.finish()
      let checked = state.check(
        profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema, instant: noon)
      #expect(state.table.count == state.rows.count)
      #expect(!state.rows.isEmpty || !(findings + checked).isEmpty)
    }
  }
}
