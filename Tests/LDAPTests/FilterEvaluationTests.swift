import LDAP
import Testing

@Suite struct FilterEvaluationTests {
  private func entry() throws -> Entry {
    Entry(
      dn: try DistinguishedName(parsing: "cn=Anna,ou=Vård,o=Region"),
      attributes: [
        Attribute("objectClass", ["inetOrgPerson"]), Attribute("cn", ["Anna Maria  Åberg", "Anna"]),
        Attribute("sn", ["Åberg"]), Attribute("telephoneNumber", ["+46 8-123 45"]),
        Attribute("userCertificate;binary", [Value([1, 2])]), Attribute("jpegPhoto", [Value([9])]),
        Attribute("createTimestamp", ["20260101120000Z"]), Attribute("seeAlso", ["CN=B,  O=Region"]),
        Attribute("mailPreferenceOption", ["007"]),
      ])
  }

  @Test(arguments: [
    ("(cn=anna maria åberg)", true), ("(commonName=ANNA)", true), ("(2.5.4.3=anna)", true),
    ("(cn=Ann)", false),
    ("(name=åberg)", true), ("(cn=anna*)", true), ("(cn=*maria*)", true), ("(cn=* åberg)", true),
    ("(cn=*maria åb*)", true), ("(cn=anna*maria*åberg)", true), ("(cn=an*na)", true),
    ("(cn=anna*anna)", false),
    ("(cn=*a m*)", true), ("(cn=*m a*)", false), ("(objectClass=person)", true),
    ("(objectClass=2.5.6.6)", true),
    ("(objectClass=organization)", false), ("(telephoneNumber=+46812345)", true),
    ("(telephoneNumber=*812*)", true), ("(seeAlso=cn=b,o=region)", true), ("(seeAlso=cn=c,o=region)", false),
    ("(createTimestamp>=20260101000000Z)", true), ("(createTimestamp<=20260101130000+0100)", true),
    ("(createTimestamp<=20251231235959Z)", false), ("(userCertificate=*)", true),
    ("(userCertificate;binary=*)", true), ("(userCertificate;lang-sv=*)", false), ("(l=*)", false),
    ("(noSuch=*)", false), ("(&)", true), ("(|)", false), ("(!(sn=x))", true), ("(cn~=anna)", true),
    ("(o:dn:=region)", true), ("(o:=region)", false), ("(cn:caseExactMatch:=anna)", false),
    ("(cn:caseExactMatch:=Anna)", true), ("(:caseIgnoreMatch:=ÅBERG)", true), ("(jpegPhoto=*)", true),
    ("(ou:dn:caseIgnoreMatch:=VÅRD)", true),
  ])
  func `an assertion is true or false`(text: String, expected: Bool) throws {
    #expect(try Filter(parsing: text).matches(try entry(), schema: .standard) == expected)
  }

  @Test(arguments: [
    "(noSuch=a)", "(jpegPhoto=a)", "(cn>=a)", "(createTimestamp>=yesterday)", "(seeAlso=nonsense)",
    "(noSuch=a*)",
    "(cn:noSuchMatch:=a)", "(objectClass=noSuchClass)", "(!(noSuch=a))", "(&(cn=anna)(noSuch=a))",
    "(|(cn=x)(noSuch=a))", "(noSuch>=a)", "(noSuch:=a)", "(jpegPhoto=*a*)", "(cn=\\ff)",
  ])
  func `an assertion that cannot be judged is Undefined`(text: String) throws {
    #expect(try Filter(parsing: text).matches(try entry(), schema: .standard) == nil)
  }

  @Test func `one certain answer outweighs an Undefined one`() throws {
    let entry = try entry()
    #expect(("(&(cn=x)(noSuch=a))" as Filter).matches(entry, schema: .standard) == false)
    #expect(("(|(cn=anna)(noSuch=a))" as Filter).matches(entry, schema: .standard) == true)
    #expect(("(!(&(cn=x)(noSuch=a)))" as Filter).matches(entry, schema: .standard) == true)
  }
}
