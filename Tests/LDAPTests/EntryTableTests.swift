import LDAP
import Testing

@Suite struct EntryTableTests {
  private func entry(_ name: Value, _ attributes: [Attribute]) -> Entry {
    Entry(dn: DistinguishedName([.init("cn", name)]), attributes: attributes)
  }

  @Test func `entries come out as they went in`() throws {
    var random = Seeded(3)
    var builder = EntryTableBuilder()
    let entries = (0..<200).map { index in
      entry(
        Value("\(index)"),
        ["cn", "sn", "mail", "l"].shuffled(using: &random).prefix(3).map { name in
          Attribute(
            name, (0..<Int.random(in: 0...3, using: &random)).map { _ in Value(random.octets(upTo: 8)) })
        })
    }
    for entry in entries { builder.append(entry) }
    #expect(try (0..<200).map { try builder.table.entry($0) } == entries)
    #expect(builder.table.dnText(17) == "cn=17")
    #expect(builder.table.names.count == 4)
  }

  @Test func `an attribute without values stays as one`() throws {
    var builder = EntryTableBuilder()
    builder.append(entry("a", [Attribute("cn", []), Attribute("sn", ["x"]), Attribute("l", [])]))
    #expect(try builder.table.entry(0).attributes.map(\.values) == [[], ["x"], []])
  }

  @Test func `an abandoned entry leaves nothing behind`() throws {
    var builder = EntryTableBuilder()
    builder.append(entry("a", [Attribute("cn", ["a"])]))
    Array("cn=b".utf8).withUnsafeBytes { builder.beginEntry(dn: $0) }
    Array("cn".utf8).withUnsafeBytes { builder.beginAttribute($0) }
    Array("b".utf8).withUnsafeBytes { builder.appendValue($0) }
    builder.abandonEntry()
    builder.append(entry("c", [Attribute("cn", ["c"])]))
    #expect(try builder.table.entry(0).text("cn") == "a")
    #expect(try builder.table.entry(1) == entry("c", [Attribute("cn", ["c"])]))
    #expect(builder.table.count == 2)
  }

  @Test func `names keep their index when a table is taken`() throws {
    var builder = EntryTableBuilder()
    builder.append(entry("a", [Attribute("cn", ["a"]), Attribute("sn", ["b"])]))
    let first = builder.take()
    builder.append(entry("b", [Attribute("SN", ["b"]), Attribute("l", ["c"])]))
    #expect(first.names == ["cn", "sn"])
    #expect(builder.table.names == ["cn", "sn", "l"])
    #expect(try builder.table.entry(0).attributes.map(\.name) == ["sn", "l"])
    #expect(EntryTableBuilder(continuing: builder.table.names).table.names == ["cn", "sn", "l"])
  }

  @Test func `shared values come out as they went in, and take less room`() throws {
    var random = Seeded(4)
    var plain = EntryTableBuilder(), shared = EntryTableBuilder()
    shared.sharesValues = true
    var kept: [Entry] = []
    for index in 0..<300 {
      let entry = entry(
        Value("\(index)"),
        ["cn", "sn", "mail", "l", "cn"].prefix(Int.random(in: 1...5, using: &random)).map { name in
          Attribute(
            name,
            (0..<Int.random(in: 0...3, using: &random)).map { _ in
              Value(["", "a", "a long value that many have", "another"].randomElement(using: &random) ?? "")
            })
        })
      plain.append(entry)
      shared.append(entry)
      if Int.random(in: 0..<5, using: &random) == 0 {
        Array("cn=gone".utf8).withUnsafeBytes { shared.beginEntry(dn: $0) }
        Array("sn".utf8).withUnsafeBytes { shared.beginAttribute($0) }
        Array("gone".utf8).withUnsafeBytes { shared.appendValue($0) }
        shared.abandonEntry()
      }
      kept.append(try plain.table.entry(index))
    }
    #expect(try (0..<300).map { try shared.table.entry($0) } == kept)
    #expect(shared.table.storedOctets < plain.table.storedOctets)
    let first = shared.take()
    shared.append(kept[7])
    #expect(try shared.table.entry(0) == kept[7] && first.entry(7) == kept[7])
  }
}
