import LDAP
import Testing

@Suite struct FilterTests {
  @Test(arguments: [
    ("(cn=Babs Jensen)", Filter.equal("cn", "Babs Jensen")),
    ("(!(cn=Tim Howes))", .not(.equal("cn", "Tim Howes"))),
    (
      "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
      .and([
        .equal("objectClass", "Person"),
        .or([.equal("sn", "Jensen"), .substrings("cn", initial: "Babs J", any: [], final: nil)]),
      ])
    ),
    ("(o=univ*of*mich*)", .substrings("o", initial: "univ", any: ["of", "mich"], final: nil)),
    ("(seeAlso=)", .equal("seeAlso", "")),
    (
      "(cn:caseExactMatch:=Fred Flintstone)",
      .extensible(rule: "caseExactMatch", attribute: "cn", dn: false, "Fred Flintstone")
    ),
    ("(cn:=Betty Rubble)", .extensible(rule: nil, attribute: "cn", dn: false, "Betty Rubble")),
    (
      "(sn:dn:2.4.6.8.10:=Barney Rubble)",
      .extensible(rule: "2.4.6.8.10", attribute: "sn", dn: true, "Barney Rubble")
    ),
    ("(o:dn:=Ace Industry)", .extensible(rule: nil, attribute: "o", dn: true, "Ace Industry")),
    ("(:1.2.3:=Wilma Flintstone)", .extensible(rule: "1.2.3", attribute: nil, dn: false, "Wilma Flintstone")),
    ("(:DN:2.4.6.8.10:=Dino)", .extensible(rule: "2.4.6.8.10", attribute: nil, dn: true, "Dino")),
    (
      "(o=Parens R Us \\28for all your parenthetical needs\\29)",
      .equal("o", "Parens R Us (for all your parenthetical needs)")
    ),
    ("(cn=*\\2A*)", .substrings("cn", initial: nil, any: ["*"], final: nil)),
    ("(filename=C:\\5cMyFile)", .equal("filename", "C:\\MyFile")),
    ("(bin=\\00\\00\\00\\04)", .equal("bin", Value([0, 0, 0, 4]))),
    ("(sn=Lu\\c4\\8di\\c4\\87)", .equal("sn", "Lučić")),
    ("(1.3.6.1.4.1.1466.0=\\04\\02\\48\\69)", .equal("1.3.6.1.4.1.1466.0", Value([4, 2, 0x48, 0x69]))),
  ])
  func `the examples of RFC 4515 section 4 are read`(text: String, filter: Filter) throws {
    #expect(try Filter(parsing: text) == filter)
    #expect(try Filter(parsing: filter.description) == filter)
  }

  @Test(arguments: [
    ("(cn>=a)", Filter.greaterOrEqual("cn", "a")), ("(cn<=a)", .lessOrEqual("cn", "a")),
    ("(cn~=a)", .approximate("cn", "a")), ("(cn=*)", .present("cn")), ("(&)", .and([])), ("(|)", .or([])),
    ("(userCertificate;binary=*)", .present("userCertificate;binary")), ("(cn= a )", .equal("cn", " a ")),
    ("(cn=*a)", .substrings("cn", initial: nil, any: [], final: "a")),
    ("(cn=a=b>=c)", .equal("cn", "a=b>=c")),
    ("(cn=a*b)", .substrings("cn", initial: "a", any: [], final: "b")), ("(cn==)", .equal("cn", "=")),
  ])
  func `every kind of item is read and printed`(text: String, filter: Filter) throws {
    #expect(try Filter(parsing: text) == filter)
    #expect(filter.description == text)
  }

  @Test(arguments: [
    "", "cn=a", "(cn=a", "(cn=a))", "()", "(cn)", "(=a)", "(cn=a)(cn=b)", "(cn=(a))", "(cn=a\\)", "(cn=\\zz)",
    "(cn=\\4)", "(cn=a**b)", "(cn=**)", "(cn>a)", "(cn>=a*)", "(cn~=*)", "(cn:=a*)", "(:=a)", "(:dn:=a)",
    "(cn:dn:x:y:=a)", "(cn:x y:=a)", "( cn=a)", "(cn =a)", "(&(cn=a)", "(&cn=a)", "(!)", "(!(cn=a)(cn=b))",
    "(c_n=a)",
    "(cn;=a)", "(2=a)", "(cn=\u{0})", "(&(cn=a) (cn=b))", "(cn::=a)", "(cn:)", "(cn:", "(&", "(",
  ])
  func `what is no filter is refused`(text: String) {
    let error = #expect(throws: Filter.SyntaxError.self) { try Filter(parsing: text) }
    #expect(error.map { $0.offset >= 0 && $0.offset <= text.utf8.count } == true)
  }

  @Test func `filters may be nested a hundred deep and no deeper`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "(!", count: depth - 1) + "(cn=a)" + String(repeating: ")", count: depth - 1)
    }
    #expect(try Filter(parsing: nested(100)).description == nested(100))
    #expect(throws: Filter.SyntaxError.self) { try Filter(parsing: nested(101)) }
    #expect(throws: Filter.SyntaxError.self) { try Filter(parsing: String(repeating: "(&", count: 500_000)) }
    let long = "(cn=" + String(repeating: "a", count: Filter.maximumLength) + ")"
    #expect(throws: Filter.SyntaxError.self) { try Filter(parsing: long) }
  }

  @Test func `what is printed is read back, for all values of one and two octets`() throws {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let filter = Filter.equal("cn", Value([first, second]))
        if try Filter(parsing: filter.description) != filter { Issue.record("\(first) \(second)") }
      }
      let part = Filter.substrings(
        "cn", initial: Value([first]), any: [Value([first])], final: Value([first]))
      #expect(try Filter(parsing: part.description) == part)
    }
  }

  @Test func `what is interpolated cannot change the filter`() {
    #expect("(cn=\("*)(uid=*"))" as Filter == .equal("cn", "*)(uid=*"))
    #expect("(cn=*\("a*\\")*)" as Filter == .substrings("cn", initial: nil, any: ["a*\\"], final: nil))
    #expect("(cn=\(Value([0, 0xFF])))" as Filter == .equal("cn", Value([0, 0xFF])))
    #expect(
      "(&(uidNumber>=\(17))\("(cn=å)" as Filter))" as Filter
        == .and([.greaterOrEqual("uidNumber", "17"), .equal("cn", "å")]))
    #expect("(cn=\(""))" as Filter == .equal("cn", ""))
    var random = Seeded(4515)
    for _ in 0..<2_000 {
      let value = Value(random.octets(upTo: 10))
      #expect("(cn=\(value))" as Filter == .equal("cn", value))
    }
  }
}
