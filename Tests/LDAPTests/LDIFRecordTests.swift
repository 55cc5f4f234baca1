import LDAP
import Testing

@Suite struct LDIFRecordTests {
  private func records(_ text: String) throws -> [LDIFRecord] { try LDIF.records(in: Array(text.utf8)) }

  private func name(_ text: String) throws -> DistinguishedName { try DistinguishedName(parsing: text) }

  @Test func `changes are read as RFC 2849 section 1 writes them`() throws {
    let text = """
      version: 1
      # a new entry
      dn: cn=Fiona Jensen, ou=Marketing, dc=airius, dc=com
      changetype: add
      objectclass: person
      cn: Fiona Jensen

      dn: cn=Robert Jensen, ou=Marketing, dc=airius, dc=com
      changetype: delete

      dn: cn=Paul Jensen, ou=Product Development, dc=airius, dc=com
      changetype: modrdn
      newrdn: cn=Paula Jensen
      deleteoldrdn: 1

      dn: ou=PD Accountants, ou=Product Development, dc=airius, dc=com
      changetype: moddn
      newrdn: ou=Product Development Accountants
      deleteoldrdn: 0
      newsuperior: ou=Accounting, dc=airius, dc=com

      dn: cn=Paula Jensen,ou=Product Development,dc=airius,dc=com
      changetype: modify
      add: postaladdress
      postaladdress: 123 Anystreet $ Sunnyvale, CA $ 94086
      -
      delete: description
      -
      replace: telephonenumber
      telephonenumber: +1 408 555 1234
      telephonenumber: +1 408 555 5678
      -
      delete: facsimiletelephonenumber
      facsimiletelephonenumber: +1 408 555 9876
      -
      replace: l
      -
      """
    let paula = try name("cn=Paula Jensen,ou=Product Development,dc=airius,dc=com")
    let expected: [LDIFRecord] = [
      .change(
        .add(
          Entry(
            dn: try name("cn=Fiona Jensen,ou=Marketing,dc=airius,dc=com"),
            attributes: [Attribute("objectclass", ["person"]), Attribute("cn", ["Fiona Jensen"])])),
        controls: []),
      .change(.delete(try name("cn=Robert Jensen,ou=Marketing,dc=airius,dc=com")), controls: []),
      .change(
        .rename(
          try name("cn=Paul Jensen,ou=Product Development,dc=airius,dc=com"),
          newRDN: .init("cn", "Paula Jensen"),
          deleteOldRDN: true, newSuperior: nil), controls: []),
      .change(
        .rename(
          try name("ou=PD Accountants,ou=Product Development,dc=airius,dc=com"),
          newRDN: .init("ou", "Product Development Accountants"), deleteOldRDN: false,
          newSuperior: try name("ou=Accounting,dc=airius,dc=com")), controls: []),
      .change(
        .modify(
          paula,
          [
            Modification(.add, "postaladdress", ["123 Anystreet $ Sunnyvale, CA $ 94086"]),
            Modification(.delete, "description"),
            Modification(.replace, "telephonenumber", ["+1 408 555 1234", "+1 408 555 5678"]),
            Modification(.delete, "facsimiletelephonenumber", ["+1 408 555 9876"]),
            Modification(.replace, "l"),
          ]), controls: []),
    ]
    #expect(try records(text) == expected)
    var writer = LDIFWriter()
    for case .change(let operation, let controls) in expected { writer.append(operation, controls: controls) }
    #expect(try LDIF.records(in: writer.bytes) == expected)
  }

  @Test(arguments: [
    ("1.2.840.113556.1.4.805 true", LDIFControl(oid: "1.2.840.113556.1.4.805", criticality: true)),
    ("1.2.3", LDIFControl(oid: "1.2.3")), ("1.2.3 false", LDIFControl(oid: "1.2.3")),
    ("1.2.3 true: abc", LDIFControl(oid: "1.2.3", criticality: true, value: Array("abc".utf8))),
    ("1.2.3: abc", LDIFControl(oid: "1.2.3", value: Array("abc".utf8))),
    ("1.2.3 false:: AAEC", LDIFControl(oid: "1.2.3", value: [0, 1, 2])),
    ("1.2.3:", LDIFControl(oid: "1.2.3", value: [])),
  ])
  func `control lines are read`(text: String, control: LDIFControl) throws {
    let expected = LDIFRecord.change(.delete(try name("cn=a")), controls: [control])
    #expect(try records("dn: cn=a\ncontrol: \(text)\nchangetype: delete\n") == [expected])
    var writer = LDIFWriter()
    writer.append(.delete(try name("cn=a")), controls: [control])
    #expect(try LDIF.records(in: writer.bytes) == [expected])
  }

  @Test(arguments: [
    ("dn: cn=a\n", 1), ("cn: a\n", 1), ("dn: cn=a\nchangetype: modify\n", 2),
    ("dn: cn=a\nchangetype: wish\n", 2),
    ("dn: cn=a\nchangetype: modify\nadd: cn\ncn: a\n", 4), ("dn: cn=a\nchangetype: modify\nadd: cn\n-\n", 4),
    ("dn: cn=a\nchangetype: modify\nadd: cn\nsn: a\n-\n", 4),
    ("dn: cn=a\nchangetype: modify\nincrement: cn\n-\n", 3),
    ("dn: cn=a\nchangetype: modify\nadd: c n\ncn: a\n-\n", 3), ("dn: cn=a\nchangetype: delete\ncn: a\n", 2),
    ("dn: cn=a\nchangetype: modrdn\nnewrdn: cn=b\n", 3),
    ("dn: cn=a\nchangetype: modrdn\nnewrdn: cn=b\ndeleteoldrdn: 2\n", 4),
    ("dn: cn=a\nchangetype: modrdn\nnewrdn: cn=b,c=d\ndeleteoldrdn: 1\n", 3),
    ("dn: cn=a\ncontrol: x\nchangetype: delete\n", 2),
    ("dn: cn=a\ncontrol: 1.2.3 maybe\nchangetype: delete\n", 2), ("dn: cn=a\ncontrol: 1.2.3\ncn: a\n", 2),
    ("dn: cn=a\nchangetype: add\n", 2), ("dn: cn=a\ncn: a\ndn: cn=b\n", 3), ("dn: a\ncn: a\n", 1),
    ("version: 3\n", 1),
    ("dn: cn=a\ncn:< file:///etc/passwd\n", 2), ("dn: cn=a\ncn: a\n-\n", 3), ("dn: cn=a\ncn\n", 2),
    ("dn: cn=a\ncontrol: 1.2.3:< file:///x\nchangetype: delete\n", 2),
  ])
  func `a wrong record is refused at its line`(text: String, line: Int) {
    let fault = #expect(throws: LDIFFault.self) { try records(text) }
    #expect(fault?.line == line)
  }

  @Test func `a change cut anywhere is read as it was, or refused`() throws {
    let text = "dn: cn=a\nchangetype: modify\nadd: cn\ncn: b\n-\ndelete: sn\nsn: c\n-\n\n"
    let whole = try records(text)
    let first = try records("dn: cn=a\nchangetype: modify\nadd: cn\ncn: b\n-\n")
    for end in 0..<text.utf8.count {
      guard let cut = try? LDIF.records(in: Array(text.utf8.prefix(end))) else { continue }
      // Cut behind a complete change, and so without a trace, it is the changes up to there.
      #expect(cut == whole || cut == first || cut.isEmpty)
    }
  }
}
