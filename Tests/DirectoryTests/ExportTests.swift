import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct ExportTests {
  private func table(_ ldif: String) -> EntryTable {
    var builder = EntryTableBuilder()
    var reader = LDIFReader()
    Array(ldif.utf8).withUnsafeBytes { reader.read($0, into: &builder) }
    reader.finish(into: &builder)
    #expect(reader.faults.isEmpty)
    return builder.table
  }

  private func exported(_ ldif: String) -> Export {
    var export = Export(
      profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema)
    export.take(table(ldif))
    return export
  }

  private func read(_ export: Export, asYAML: Bool) -> (state: DesiredState, findings: [Finding]) {
    var reader = DesiredReader(
      profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema)
    if asYAML {
      reader.add(yaml: export.yaml(), file: "a.yaml")
    } else {
      reader.beginLDIF(file: "a.ldif")
      export.ldif().withUnsafeBytes { reader.feed($0) }
      reader.finishLDIF()
    }
    return reader.finish()
  }

  private static let region = """
    dn: o=Region Exempel,c=SE
    objectClass: organization
    hsaIdentity: SE2321000016-1000
    o: Region Exempel

    dn: ou=Norr\\, VC,o=Region Exempel,c=SE
    objectClass: top
    objectClass: organizationalUnit
    objectClass: hsaOrganizationalUnitExtension
    objectClass: hsaHealthCareUnit
    hsaIdentity: SE2321000016-1A2B
    ou: Norr, VC
    description: no
    startDate: 20251231230000Z
    entryUUID: 6d0d4f9c-0000-0000-0000-000000000000

    dn: ou=Personal,ou=Norr\\, VC,o=Region Exempel,c=SE
    objectClass: organizationalUnit
    ou: Personal

    dn: cn=Anna Berg,ou=Personal,ou=Norr\\, VC,o=Region Exempel,c=SE
    objectClass: person
    hsaIdentity: SE2321000016-7X3K
    cn: Anna Berg
    cn: Bergan
    sn: Berg
    title: 01234
    title: - #x: "y" \\
    title: ~
    jpegPhoto:: /9j/4AA=
    userPassword: secret

    dn: cn=C,OU=norr\\, vc,o=Region Exempel,c=SE
    objectClass: hsaCommission
    hsaIdentity: SE2321000016-C001
    cn: C
    hsaCommissionMember: SE2321000016-7X3K;20251231230000Z;
    hsaCommissionMember: SE2321000016-7X3L;;20260630220000Z
    """

  @Test func `an export reads like something a person wrote`() {
    #expect(
      String(decoding: exported(Self.region).yaml(), as: UTF8.self) == """
        # Exported by hsasync: what the directory has of the attributes that are managed.

        organisations:
          - hsaIdentity: SE2321000016-1000
            parent: "c=SE"
            o: Region Exempel

        units:
          - hsaIdentity: SE2321000016-1A2B
            parent: SE2321000016-1000
            description: "no"
            objectClass: hsaHealthCareUnit
            ou: "Norr, VC"
            startDate: 2025-12-31T23:00:00Z

        persons:
          - hsaIdentity: SE2321000016-7X3K
            parent: "ou=Personal,ou=Norr\\\\, VC,o=Region Exempel,c=SE"
            cn:
              - Anna Berg
              - Bergan
            jpegPhoto: {base64: /9j/4AA=}
            sn: Berg
            title:
              - "- #x: \\"y\\" \\\\"
              - "01234"
              - "~"

        commissions:
          - hsaIdentity: SE2321000016-C001
            parent: SE2321000016-1A2B
            cn: C
            members:
              - {person: SE2321000016-7X3K, from: 2025-12-31T23:00:00Z}
              - {person: SE2321000016-7X3L, to: 2026-06-30T22:00:00Z}

        """)
    #expect(exported(Self.region).withoutIdentity == 1)
  }

  @Test func `an export is read back as what was exported, in YAML and in LDIF`() {
    for asYAML in [true, false] {
      let (state, findings) = read(exported(Self.region), asYAML: asYAML)
      #expect(findings.brief == [])
      #expect(state.rows.count == 4)
      let person = state.rows.indices.first { state.identity(of: $0)?.text == "SE2321000016-7X3K" }.map {
        state.text($0)
      }
      #expect(person?["title"]?.split(separator: "|").sorted() == ["- #x: \"y\" \\", "01234", "~"])
      #expect(person?["userPassword"] == nil)
    }
  }

  @Test func `any values survive an export and its reading`() {
    var generator = SeededGenerator(seed: 20_261_121)
    let pieces = [
      "no", "~", "null", " ", "  ", "a", "å", "\n", "\t", "\"", "'", "\\", "#", ": ", "- ", "{", "}", "[",
      "]", "&", "*", "!", "|",
      ">", "%", "@", "`", ",", "?", "0", "1e3", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{FFFE}", "\u{1F600}",
      "\u{1}", "e\u{301}",
    ]
    for _ in 0..<300 {
      let values = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        (0..<Int.random(in: 1...5, using: &generator)).compactMap { _ in
          pieces.randomElement(using: &generator)
        }.joined()
      }
      var builder = EntryTableBuilder()
      builder.append(
        Entry(
          dn: try! DistinguishedName(parsing: "cn=x,c=SE"),
          attributes: [
            Attribute("objectClass", ["person"]), Attribute("hsaIdentity", ["SE2321000016-7X3K"]),
            Attribute("title", Set(values).map { Value($0) }),
            Attribute("jpegPhoto", [Value([0xFF, 0x00] + Array(values[0].utf8))]),
          ]))
      var export = Export(
        profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema)
      export.take(builder.table)
      for asYAML in [true, false] {
        let (state, findings) = read(export, asYAML: asYAML)
        #expect(findings.brief == [])
        guard state.rows.count == 1 else { continue }
        #expect(bytes(state, "title") == Set(values.map { Array($0.utf8) }))
        #expect(bytes(state, "jpegPhoto") == [[0xFF, 0x00] + Array(values[0].utf8)])
      }
    }
  }

  private func bytes(_ state: DesiredState, _ name: String) -> Set<[UInt8]> {
    state.table.withRows { rows in
      for attribute in rows.attributes(of: 0) where state.table.names[rows.name(of: attribute)] == name {
        return Set(rows.values(of: attribute).map { Array(rows.bytes(of: $0)) })
      }
      return []
    }
  }

  @Test func `the sample region is exported and read back without a fault`() throws {
    let ldif = String(decoding: try Repository.bytes("conf/region/directory.ldif"), as: UTF8.self)
    let export = exported(ldif)
    for asYAML in [true, false] {
      let (state, findings) = read(export, asYAML: asYAML)
      #expect(findings.filter { $0.severity == .error }.brief == [])
      #expect(state.rows.count == export.rows.count)
    }
  }

  @Test func `a plan of an export against the directory it came from is empty`() throws {
    let base = try DistinguishedName(parsing: "o=Region Exempel,c=SE")
    let table = table(String(decoding: try Repository.bytes("conf/region/directory.ldif"), as: UTF8.self))
    var export = Export(
      profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema)
    export.take(table)
    for asYAML in [true, false] {
      var comparison = Comparison(
        desired: read(export, asYAML: asYAML).state, profile: Catalogue.profile,
        management: Catalogue.management,
        schema: Catalogue.schema, base: base, instant: noon)
      comparison.take(table)
      let plan = comparison.plan(proof: ReadProof(method: .file, origin: "a.ldif", authorizationIdentity: ""))
      #expect(plan.changes.map { "\($0.action) \($0.identity) \($0.differences.map(\.attribute))" } == [])
      #expect(plan.unchanged > 80)
    }
  }
}
