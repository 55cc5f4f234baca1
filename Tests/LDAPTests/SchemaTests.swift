import LDAP
import Testing

@Suite struct SchemaTests {
  @Test func `names, aliases and OIDs lead to one attribute type`() {
    let schema = Schema.standard
    for name in ["cn", "CN", "commonName", "2.5.4.3", "cn;lang-sv"] {
      #expect(schema.attributeType(name)?.oid == "2.5.4.3")
    }
    #expect(schema.canonicalName("commonname") == "cn")
    #expect(schema.canonicalName("USERCERTIFICATE;binary") == "userCertificate;binary")
    #expect(schema.canonicalName("noSuchThing") == "noSuchThing")
    #expect(schema.attributeType("") == nil)
  }

  @Test func `rules and syntaxes are inherited from the supertype`() {
    let schema = Schema.standard
    #expect(schema.equality(of: "sn") == .caseIgnore)
    #expect(schema.substring(of: "sn") == .caseIgnore)
    #expect(schema.syntax(of: "sn") == "1.3.6.1.4.1.1466.115.121.1.15")
    #expect(schema.equality(of: "member") == .distinguishedName)
    #expect(!schema.hasEquality("jpegPhoto"))
    #expect(schema.equality(of: "jpegPhoto") == .octetString)
    #expect(schema.isSubtype("cn", of: "name"))
    #expect(!schema.isSubtype("name", of: "cn"))
  }

  @Test func `flags, lengths and usage are read`() throws {
    let schema = Schema.standard
    let uuid = try #require(schema.attributeType("entryUUID"))
    #expect(uuid.isSingleValue && uuid.isNoUserModification && uuid.isOperational)
    #expect(schema.attributeType("uid")?.maximumLength == 256)
    #expect(schema.attributeType("employeeNumber")?.isSingleValue == true)
  }

  @Test func `classes bring what their superclasses need and allow`() {
    let schema = Schema.standard
    #expect(schema.required(by: ["inetOrgPerson"]) == ["objectClass", "cn", "sn"])
    #expect(schema.allowed(by: ["inetOrgPerson"]).isSuperset(of: ["mail", "title", "telephoneNumber", "cn"]))
    #expect(schema.objectClass("INETORGPERSON")?.kind == .structural)
    #expect(schema.objectClass("top")?.kind == .abstract)
  }

  @Test func `the built-in schema has no faults`() {
    #expect(Schema.standard.faults.isEmpty)
    #expect(Schema.standard.attributeTypes.count > 140)
  }
}
