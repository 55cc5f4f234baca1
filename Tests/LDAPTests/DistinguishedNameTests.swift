import LDAP
import Testing

@Suite struct DistinguishedNameTests {
  private func name(_ text: String) throws -> DistinguishedName { try DistinguishedName(parsing: text) }

  @Test(arguments: [
    ("UID=jsmith,DC=example,DC=net", [["UID", "jsmith"], ["DC", "example"], ["DC", "net"]]),
    (
      "OU=Sales+CN=J.  Smith,DC=example,DC=net",
      [["OU", "Sales", "CN", "J.  Smith"], ["DC", "example"], ["DC", "net"]]
    ),
    (
      "CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net",
      [["CN", "James \"Jim\" Smith, III"], ["DC", "example"], ["DC", "net"]]
    ),
    ("CN=Before\\0dAfter,DC=example,DC=net", [["CN", "Before\rAfter"], ["DC", "example"], ["DC", "net"]]),
    ("1.3.6.1.4.1.1466.0=#04024869", [["1.3.6.1.4.1.1466.0", "Hi"]]),
    ("CN=Lu\\C4\\8Di\\C4\\87", [["CN", "Lučić"]]),
  ])
  func `the examples of RFC 4514 section 4 are read`(text: String, parts: [[String]]) throws {
    let read = try name(text).rdns.map { rdn in rdn.pairs.flatMap { [$0.type, $0.value.text ?? "?"] } }
    #expect(read == parts)
  }

  @Test(arguments: [
    ("cn=\\ a\\ ", " a "), ("cn=\\20a\\20", " a "), ("cn=  a  ", "a"), ("cn=a\\  ", "a "), ("cn=\\#a", "#a"),
    ("cn=a#b=c", "a#b=c"), ("cn=\\=", "="), ("cn=\\,\\+\\\"\\\\\\<\\>\\;", ",+\"\\<>;"), ("cn=", ""),
    ("cn=\\  ", " "), ("cn=Åsa", "Åsa"), ("cn = a", "a"), ("cn=\\C3\\A5", "å"), ("cn=#0C02C3A5", "å"),
    ("cn=#0403616263 ", "abc"), ("cn=#048103616263", "abc"),
  ])
  func `every form of escape gives its value`(text: String, value: String) throws {
    let read = try name(text)
    #expect(read.rdns.count == 1)
    #expect(read.rdns[0].pairs[0].value == Value(value))
  }

  @Test func `spaces beside separators are skipped`() throws {
    #expect(try name(" cn=a , ou = b + l= c ,dc=d ") == name("cn=a,ou=b+l=c,dc=d"))
  }

  @Test(arguments: [
    ("cn", 2), ("=a", 0), ("cn=a,", 5), (",cn=a", 0), ("cn=a,,dc=b", 5), ("cn=a+", 5), ("cn=\"a\"", 3),
    ("cn=a;dc=b", 4), ("cn=a<b", 4), ("cn=a>b", 4), ("cn=a\\", 4), ("cn=a\\q", 4), ("cn=a\\4", 4),
    ("cn=#", 3),
    ("cn=#0", 4), ("cn=#04", 3), ("cn=#0402", 3), ("cn=#04024869F", 12), ("cn=#3000", 3),
    ("cn=#0402486900", 3),
    ("cn=#048048690000", 3), ("cn=#04024869 x", 13), ("OID.2.5.4.3=a", 0), ("2.5.4.03=a", 0), ("2=a", 0),
    ("c n=a", 2), ("1.=a", 0), ("-a=b", 0), ("cn;lang-sv=a", 2), ("cn=a\u{0}b", 4), ("å=b", 0),
  ])
  func `what is no name is refused at its place`(text: String, offset: Int) {
    let error = #expect(throws: DistinguishedName.SyntaxError.self) { try name(text) }
    #expect(error?.offset == offset)
    #expect(error?.reason.isEmpty == false)
  }

  @Test func `octets that are not UTF-8 are refused at their place`() {
    let octets = Array("cn=a".utf8) + [0xC3] + Array(",dc=b".utf8)
    let error = #expect(throws: DistinguishedName.SyntaxError.self) {
      try octets.withUnsafeBytes { try DistinguishedName(parsing: $0) }
    }
    #expect(error?.offset == 4)
  }

  @Test func `a name longer than the limit is refused, one as long is read`() throws {
    let longest = "cn=" + String(repeating: "a", count: DistinguishedName.maximumLength - 3)
    #expect(try name(longest).rdns.count == 1)
    #expect(throws: DistinguishedName.SyntaxError.self) { try name(longest + "a") }
    let many = String(repeating: "a=,", count: 20_000) + "a="
    #expect(try name(many).rdns.count == 20_001)
  }

  @Test func `an error tells nothing of the name`() {
    let error = #expect(throws: DistinguishedName.SyntaxError.self) { try name("cn=Anna Hemlig;x=y") }
    #expect(error.map { "\($0)".contains("Anna") || "\($0)".contains("Hemlig") } == false)
  }

  @Test func `what is printed is read back, for all values of one and two octets`() throws {
    for first in UInt8.min...UInt8.max {
      try expectRoundTrip([first])
      for second in UInt8.min...UInt8.max { try expectRoundTrip([first, second]) }
    }
  }

  private func expectRoundTrip(_ octets: [UInt8]) throws {
    let original = DistinguishedName([RelativeDistinguishedName("cn", Value(octets)), .init("dc", "x")])
    let text = original.description
    if try name(text) != original { Issue.record("\(octets) became \(text)") }
  }

  @Test func `what is printed is read back, for random names`() throws {
    var random = Seeded(4514)
    for _ in 0..<5_000 {
      let rdns = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        RelativeDistinguishedName(
          (0...Int.random(in: 0...2, using: &random)).map { _ in
            AttributeTypeAndValue(
              ["cn", "OU", "2.5.4.10", "x-y"].randomElement(using: &random) ?? "cn",
              Value(random.octets(upTo: 12)))
          })
      }
      let original = DistinguishedName(rdns)
      #expect(try name(original.description) == original)
    }
  }

  @Test func `random octets are read or refused, never a crash`() {
    var random = Seeded(2253)
    var accepted = 0
    for _ in 0..<20_000 {
      let octets = Array("cn=a,b".utf8).shuffled(using: &random) + random.octets(upTo: 10)
      if let read = try? octets.withUnsafeBytes({ try DistinguishedName(parsing: $0) }) {
        accepted += 1
        #expect(try! DistinguishedName(parsing: read.description) == read)
      }
    }
    #expect(accepted > 0)
  }

  @Test func `text is printed readable, with the escapes it needs`() throws {
    let original = DistinguishedName([
      RelativeDistinguishedName("cn", " #Åsa, Ö=\"\u{7}\" "), .init("c", "#S#E"),
    ])
    #expect(original.description == "cn=\\ #Åsa\\, Ö=\\\"\\07\\\"\\ ,c=\\#S#E")
    #expect(DistinguishedName().description.isEmpty)
    #expect(try name("").rdns.isEmpty)
  }

  @Test(arguments: [
    ("CN=Anna  Andersson,OU=Vård", "2.5.4.3= anna andersson ,organizationalUnitName=VÅRD"),
    ("cn=a+sn=b", "surname=B+commonName=A"), ("dc=X", "domainComponent=x"), ("cn=\\20a", "cn=A"),
    ("cn=a\\ \\ b", "cn=a b"), ("cn=A\u{30A}sa", "cn=åsa"),
    ("uid=1;lang".replacing(";lang", with: ""), "userid=1"),
    ("cn=#04024869", "cn=hi"), ("x-unknown=a", "X-Unknown=a"),
  ])
  func `names that a server holds equal have one normal form`(one: String, other: String) throws {
    #expect(try name(one).normalForm(.standard) == name(other).normalForm(.standard))
  }

  @Test(arguments: [
    ("cn=a,cn=b", "cn=b,cn=a"), ("cn=a+sn=b", "cn=b+sn=a"), ("cn=a", "sn=a"), ("cn=a\\,b", "cn=a,cn=b"),
    ("x-unknown=a", "x-unknown=A"), ("cn=", "cn=\\20"), ("cn=a\\+sn\\=b", "cn=a+sn=b"), ("cn=a", "cn=a,dc=b"),
  ])
  func `names that a server tells apart have different normal forms`(one: String, other: String) throws {
    #expect(try name(one).normalForm(.standard) != name(other).normalForm(.standard))
  }

  @Test func `a normal form is a name whose normal form it is`() throws {
    var random = Seeded(7)
    for _ in 0..<500 {
      let original = DistinguishedName([
        RelativeDistinguishedName("CN", Value(random.text(upTo: 8))),
        RelativeDistinguishedName([.init("ou", Value(random.text(upTo: 5))), .init("L", "x")]),
      ])
      let normal = original.normalForm(.standard)
      #expect(try name(normal).normalForm(.standard) == normal)
    }
  }

  @Test func `only what lies strictly below is a descendant`() throws {
    let base = try name("OU=Vård,O=Region")
    #expect(try name("cn=a,ou=VÅRD, o=region").isDescendant(of: base, schema: .standard))
    #expect(try name("cn=b,cn=a,ou=vård,o=region").isDescendant(of: base, schema: .standard))
    #expect(try !name("ou=vård,o=region").isDescendant(of: base, schema: .standard))
    #expect(try !name("o=region").isDescendant(of: base, schema: .standard))
    #expect(try !name("cn=a,ou=vård,o=region2").isDescendant(of: base, schema: .standard))
    #expect(try !name("cn=a\\,ou=vård,o=region").isDescendant(of: base, schema: .standard))
    #expect(base.isDescendant(of: DistinguishedName(), schema: .standard))
    #expect(base.parent == (try name("O=Region")))
    #expect(base.child(.init("cn", "x")).parent == base)
  }

  @Test func `a relative name is one, with one pair or several`() throws {
    #expect(try RelativeDistinguishedName(parsing: "cn=a+sn=b").pairs.count == 2)
    #expect(try RelativeDistinguishedName(parsing: "sn=B+cn=a").normalForm(.standard) == "cn=a+sn=b")
    for wrong in ["", "cn=a,dc=b", "cn"] {
      #expect(throws: DistinguishedName.SyntaxError.self) { try RelativeDistinguishedName(parsing: wrong) }
    }
  }
}
