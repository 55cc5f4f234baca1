import LDAP
import Testing

@Suite struct LDIFReaderTests {
  /// What a reader makes of octets that come in chunks of a size.
  private func read(
    _ octets: [UInt8], chunk: Int = 1 << 20, keeping: Set<String>? = nil, limits: LDIFReader.Limits = .init()
  ) throws -> (entries: [Entry], reader: LDIFReader) {
    var builder = EntryTableBuilder()
    var reader = LDIFReader(keeping: keeping, limits: limits)
    octets.withUnsafeBytes { octets in
      var position = 0
      while position < octets.count {
        let end = min(octets.count, position + chunk)
        reader.read(UnsafeRawBufferPointer(rebasing: octets[position..<end]), into: &builder)
        position = end
      }
    }
    reader.finish(into: &builder)
    let table = builder.take()
    return (try (0..<table.count).map { try table.entry($0) }, reader)
  }

  private func read(_ text: String) throws -> (entries: [Entry], reader: LDIFReader) {
    try read(Array(text.utf8))
  }

  private static let sample = """
    version: 1
    # two entries,
      and a folded comment
    dn: cn=Barbara Jensen,ou=Product Development,dc=airius,dc=com
    objectclass: top
    objectclass: person
    cn: Barbara Jensen
    cn: Barbara J Jensen
    sn: Jensen
    description: Babs is a big sailing fan, and travels extensively in sea
     rch of perfect sailing conditions.
    telephonenumber: +1 408 555 1212

    # the second
    dn:: b3U95Za25qWt6YOoLG89QWlyaXVz
    ou:: 5Za25qWt6YOo
    ou;lang-ja:: 5Za25qWt6YOo
    ou;lang-en: Sales
    description:
    sn: å ö
    CN: x


    """

  @Test func `entries are read as RFC 2849 section 1 writes them`() throws {
    let (entries, reader) = try read(Self.sample)
    #expect(reader.faults.isEmpty)
    #expect(reader.lines == [4, 15])
    try #require(entries.count == 2)
    #expect(entries[0].dn.description == "cn=Barbara Jensen,ou=Product Development,dc=airius,dc=com")
    #expect(entries[0]["objectClass"] == ["top", "person"])
    #expect(entries[0]["cn"] == ["Barbara Jensen", "Barbara J Jensen"])
    #expect(
      entries[0].text("description")
        == "Babs is a big sailing fan, and travels extensively in search of perfect sailing conditions.")
    #expect(entries[1].dn.description == "ou=営業部,o=Airius")
    #expect(entries[1].text("ou;lang-ja") == "営業部")
    #expect(entries[1]["description"] == [""])
    #expect(entries[1].text("sn") == "å ö")
    #expect(entries[1].text("cn") == "x")
  }

  @Test func `the size of the chunks makes no difference`() throws {
    for text in [Self.sample, Self.sample.replacing("\n", with: "\r\n")] {
      let octets = Array(text.utf8)
      let whole = try read(Self.sample)
      for size in 1...octets.count {
        let (entries, reader) = try read(octets, chunk: size)
        #expect(entries == whole.entries && reader.lines == whole.reader.lines && reader.faults.isEmpty)
      }
    }
  }

  @Test func `a file cut anywhere gives whole entries, and a fault where the cut can be known`() throws {
    let octets = Array(Self.sample.utf8)
    let whole = try read(Self.sample).entries
    for end in 0..<octets.count {
      let (entries, reader) = try read(Array(octets[..<end]))
      #expect(entries.count + reader.faultCount <= 2)
      for (entry, original) in zip(entries.dropLast(), whole) { #expect(entry == original) }
      guard let last = entries.last, entries.count <= whole.count else { continue }
      // What was cut inside a line may be shorter; it never has what the original has not.
      let original = whole[entries.count - 1]
      #expect(last.dn == original.dn)
      for attribute in last.attributes.dropLast() {
        #expect(original[attribute.name].starts(with: attribute.values))
      }
    }
  }

  @Test(arguments: [
    ("cn: a\n", LDIFFault.Code.record, 1), ("dn: cn=a\n\n", .record, 1), ("dn: cn=a", .record, 1),
    ("dn: cn=a\ncn\n", .syntax, 2), ("dn: cn=a\ncn:< file:///etc/passwd\n", .url, 2),
    ("dn: cn=a\ncn:: %%%%\n", .base64, 2), ("dn: cn=a\ncn:: YWI\n", .base64, 2),
    ("dn: cn=a\ncn:: YWJ=\n", .base64, 2),
    ("dn: cn=a\ncn:: Y=JjZA==\n", .base64, 2), ("dn: cn=a\ncn:: ====\n", .base64, 2),
    ("dn: nonsense\ncn: a\n", .dn, 1), ("dn: cn=a;b\ncn: a\n", .dn, 1),
    ("dn:: bm9uc2Vuc2U=\ncn: a\n", .dn, 1),
    ("dn:: /w==\ncn: a\n", .dn, 1), ("dn: cn=a\nchangetype: delete\n", .record, 2),
    ("dn: cn=a\ncontrol: 1.2.3\n", .record, 2), ("version: 2\n", .version, 1),
    ("dn: cn=a\nc_n: a\n", .syntax, 2),
    ("dn: cn=a\n: a\n", .syntax, 2), ("dn: cn=a\ncn: a\ndn: cn=b\ncn: b\n", .syntax, 3),
    ("dn: cn=a\ncn: a\u{0}b\n", .syntax, 2), ("dn: cn=a\ncn: a\rb\n", .syntax, 2),
    (" dn: cn=a\n", .record, 1),
    ("dn: cn=a\ncn: b\n\n more\n", .syntax, 4), ("dn:< file:///x\n", .url, 1), ("dn: cn=a\n-\n", .syntax, 2),
    ("dn: cn=a\ncn : a\n", .syntax, 2), ("dn: cn=a\nversion: 1\nbad\n", .syntax, 3),
  ])
  func `a fault is named with its line, and its record is left out`(
    text: String, code: LDIFFault.Code, line: Int
  ) throws {
    let (entries, reader) = try read(
      text + (text.hasSuffix("\n") ? "\n" : "\n\n") + "dn: cn=good\ncn: good\n")
    #expect(reader.faults.first?.code == code)
    #expect(reader.faults.first?.line == line)
    #expect(entries.contains { $0.text("cn") == "good" })
    #expect(
      !entries.contains { $0.dn.description == "cn=a" } || code == .syntax && text.contains("\n\n more"))
    #expect(reader.faultCount == 1)
  }

  @Test func `octets that are not UTF-8 are a fault in text and no fault in base64`() throws {
    let octets = Array("dn: cn=a\ncn: ab".utf8) + [0xE5] + Array("\n\ndn: cn=b\ncn:: 5Q==\n".utf8)
    let (entries, reader) = try read(octets)
    #expect(reader.faults.map(\.code) == [.encoding])
    #expect(reader.faults.first.map { [$0.line, $0.column] } == [2, 7])
    #expect(entries.map { $0["cn"] } == [[Value([0xE5])]])
    var limits = LDIFReader.Limits()
    limits.requiresUTF8 = false
    #expect(try read(octets, limits: limits).entries.count == 2)
    let name = Array("dn: cn=".utf8) + [0xE5] + Array("\ncn: a\n".utf8)
    #expect(try read(name, limits: limits).reader.faults.first?.code == .encoding)
  }

  @Test func `all faults are found at once and the first hundred are kept`() throws {
    let (entries, reader) = try read(String(repeating: "dn: cn=a\nbad\n\n", count: 1_000))
    #expect(entries.isEmpty)
    #expect(reader.faultCount == 1_000)
    #expect(reader.faults.map(\.line) == (0..<100).map { $0 * 3 + 2 })
  }

  @Test func `a line of a million octets is read, folded or not, in whatever chunks`() throws {
    let value = String(repeating: "abcdefghij", count: 100_000)
    let folded = stride(from: 0, to: 1_000_000, by: 10).map { _ in "abcdefghij" }.joined(separator: "\n ")
    for text in ["dn: cn=a\ncn: \(value)\nsn: b\n", "dn: cn=a\ncn: \(folded)\nsn: b\n"] {
      for size in [1 << 20, 4_099] {
        let (entries, reader) = try read(Array(text.utf8), chunk: size)
        #expect(reader.faults.isEmpty)
        #expect(entries.first?.text("cn") == value)
        #expect(entries.first?.text("sn") == "b")
      }
    }
  }

  @Test func `a line over the limit is one fault, and lines are counted on`() throws {
    var limits = LDIFReader.Limits()
    limits.lineLength = 100
    let long = stride(from: 0, to: 50, by: 1).map { _ in "0123456789" }.joined(separator: "\n ")
    let text = "dn: cn=a\ncn: \(long)\nsn: a\n\ndn: cn=b\ncn: b\n\nbad\n"
    for size in [1 << 20, 64, 7, 1] {
      let (entries, reader) = try read(Array(text.utf8), chunk: size, limits: limits)
      #expect(entries.map(\.dn.description) == ["cn=b"])
      #expect(reader.lines == [54])
      #expect(reader.faults.map(\.line) == [2, 57])
      #expect(reader.faults.map(\.code) == [.limit, .syntax])
    }
  }

  @Test func `values that stand apart are joined, whatever the letter case`() throws {
    let (entries, _) = try read("dn: cn=a\ncn: a\nsn: x\nCN: b\nsn: y\ncn: c\n")
    #expect(entries.first?.attributes == [Attribute("cn", ["a", "b", "c"]), Attribute("sn", ["x", "y"])])
  }

  @Test func `only the attributes asked for are kept, the others are checked`() throws {
    let text = "dn: cn=a\nSN: x\ncn;lang-sv: a\njpegPhoto:: AAAA\n\ndn: cn=b\nl: x\n\ndn: cn=c\nl:: %\n"
    let (entries, reader) = try read(Array(text.utf8), keeping: ["sn", "cn"])
    #expect(entries.count == 2)
    #expect(entries.first?.attributes.map(\.name) == ["SN", "cn;lang-sv"])
    #expect(entries.last?.attributes.isEmpty == true)
    #expect(reader.faults.map(\.line) == [10])
  }

  @Test func `a byte order mark, comments and empty lines leave no trace`() throws {
    let (entries, reader) = try read("\u{FEFF}\n\n# a\n\n\ndn: cn=a\n# in between\ncn: a\n\n\n\n# end")
    #expect(entries.count == 1 && reader.faults.isEmpty && reader.lines == [6])
    #expect(try read("").entries.isEmpty)
    #expect(try read("\u{FEFF}version: 1").reader.faults.isEmpty)
  }

  @Test func `random octets are read or refused the same in any chunks, never a crash`() throws {
    var random = Seeded(2849)
    let pieces = [
      "dn: cn=a\n", "cn: b\n", "cn:: YQ==\n", "\n", " c\n", "#x\n", "\r\n", ":", "\u{0}", "sn;x: å",
      "version: 1\n",
    ]
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }
      let octets = Array(text.joined().utf8) + (Bool.random(using: &random) ? random.octets(upTo: 5) : [])
      let whole = try read(octets)
      let parts = try read(octets, chunk: Int.random(in: 1...7, using: &random))
      #expect(whole.entries == parts.entries)
      #expect(whole.reader.faults == parts.reader.faults && whole.reader.lines == parts.reader.lines)
      #expect(whole.entries.count == whole.reader.lines.count)
    }
  }

  @Test func `a fault tells nothing of the file`() throws {
    let (_, reader) = try read(
      "dn: cn=Anna Hemlig;x\ncn: a\n\ndn: cn=a\nHemlig\n\ndn: cn=a\nAnna Hemlig: x\n")
    #expect(reader.faults.count == 3)
    #expect(!reader.faults.contains { "\($0)".contains("Hemlig") })
  }
}
