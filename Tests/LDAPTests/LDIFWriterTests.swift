import LDAP
import Testing

@Suite struct LDIFWriterTests {
  @Test func `what needs base64 gets it and nothing else does`() throws {
    var writer = LDIFWriter()
    writer.append(
      Entry(
        dn: try DistinguishedName(parsing: "cn=Åsa"),
        attributes: [
          Attribute("cn", ["plain", " a", "a ", ":a", "<a", "#a", "a\nb", "å", "", Value([0xFF])])
        ]))
    #expect(
      String(decoding: writer.bytes, as: UTF8.self) == """
        dn:: Y249w4VzYQ==
        cn: plain
        cn:: IGE=
        cn:: YSA=
        cn:: OmE=
        cn:: PGE=
        cn: #a
        cn:: YQpi
        cn:: w6U=
        cn: 
        cn:: /w==


        """)
    var readable = LDIFWriter(keepsUTF8: true)
    readable.append(
      Entry(
        dn: try DistinguishedName(parsing: "cn=Åsa"), attributes: [Attribute("cn", ["å", Value([0xE5])])]))
    #expect(String(decoding: readable.bytes, as: UTF8.self) == "dn: cn=Åsa\ncn: å\ncn:: 5Q==\n\n")
  }

  @Test func `no line is longer than 76 octets, and none is cut inside a character`() throws {
    for keepsUTF8 in [false, true] {
      for length in [60, 71, 72, 73, 74, 147, 148, 149, 1_000] {
        var writer = LDIFWriter(keepsUTF8: keepsUTF8)
        let value = Value(
          String(repeating: "aå", count: length / 3) + String(repeating: "b", count: length % 3))
        writer.comment(String(repeating: "å", count: length))
        writer.append(
          Entry(dn: DistinguishedName([.init("cn", "a")]), attributes: [Attribute("cn", [value, "x"])]))
        for line in writer.bytes.split(separator: 10) {
          #expect(line.count <= 76)
          #expect(String(validating: line, as: UTF8.self) != nil)
        }
        #expect(
          try LDIF.records(in: writer.bytes) == [
            .content(
              Entry(dn: DistinguishedName([.init("cn", "a")]), attributes: [Attribute("cn", [value, "x"])]))
          ])
      }
    }
  }

  @Test func `a comment can hold no line of its own`() throws {
    var writer = LDIFWriter()
    writer.version()
    writer.comment("one\ndn: cn=evil\r\ncn: x\u{0}")
    writer.append(.delete(DistinguishedName([.init("cn", "a")])))
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == "version: 1\n\n# one\n# dn: cn=evil?\n# cn: x?\ndn: cn=a\nchangetype: delete\n\n")
    #expect(try LDIF.records(in: writer.bytes).count == 1)
  }

  @Test func `what is written is read back, for all values of one and two octets`() throws {
    for keepsUTF8 in [false, true] {
      var writer = LDIFWriter(keepsUTF8: keepsUTF8)
      let values = (0...255).flatMap { first in
        [Value([UInt8(first)])] + (0...255).map { Value([UInt8(first), UInt8($0)]) }
      }
      let entry = Entry(dn: DistinguishedName([.init("cn", "a")]), attributes: [Attribute("cn", values)])
      writer.append(entry)
      #expect(try LDIF.records(in: writer.bytes) == [.content(entry)])
      #expect(try Self.stream(writer.bytes) == [entry])
    }
  }

  @Test func `random entries are written and read back, by table and one by one`() throws {
    var random = Seeded(1)
    let entries = (0..<300).map { index in
      Entry(
        dn: DistinguishedName([.init("cn", Value(random.octets(upTo: 9))), .init("ou", Value("\(index)"))]),
        attributes: ["cn", "sn", "l;lang-sv"].map { name in
          Attribute(
            name, (0...Int.random(in: 0...2, using: &random)).map { _ in Value(random.octets(upTo: 120)) })
        })
    }
    var writer = LDIFWriter()
    for entry in entries { writer.append(entry) }
    #expect(try LDIF.records(in: writer.bytes) == entries.map { LDIFRecord.content($0) })
    #expect(try Self.stream(writer.bytes) == entries)
    var builder = EntryTableBuilder()
    for entry in entries { builder.append(entry) }
    var second = LDIFWriter()
    for index in 0..<builder.table.count { second.append(table: builder.table, index: index) }
    #expect(second.takeBytes() == writer.bytes)
    #expect(second.bytes.isEmpty)
  }

  private static func stream(_ octets: [UInt8]) throws -> [Entry] {
    var builder = EntryTableBuilder()
    var reader = LDIFReader()
    octets.withUnsafeBytes { reader.read($0, into: &builder) }
    reader.finish(into: &builder)
    #expect(reader.faults.isEmpty)
    return try (0..<builder.table.count).map { try builder.table.entry($0) }
  }
}
