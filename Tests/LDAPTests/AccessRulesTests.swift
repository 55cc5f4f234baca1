import TestKit
import Testing

/// The server's side as it ships: what the agent may and may not do, tried by OpenLDAP's own tools.
@Suite struct `The access rules of conf slapd` {
  static let anna = "cn=Anna Berg,ou=VC Norr,o=Region Exempel,c=SE"
  static let protected = "cn=Skyddad,ou=VC Norr,o=Region Exempel,c=SE"
  static let content = """
    dn: ou=VC Norr,o=Region Exempel,c=SE
    objectClass: organizationalUnit
    objectClass: hsaOrganizationalUnitExtension
    ou: VC Norr
    hsaIdentity: SE2321000016-1B01

    dn: \(anna)
    objectClass: person
    objectClass: hsaPersonExtension
    cn: Anna Berg
    sn: Berg
    fullName: Anna Berg
    hsaIdentity: SE2321000016-7X3K
    personalIdentityNumber: 199001192385
    mail: anna.berg@regionexempel.example
    title: Läkare
    cardNumber: 9975289710000001

    dn: \(protected)
    objectClass: person
    objectClass: hsaPersonExtension
    objectClass: hsaConfidentialPerson
    cn: Skyddad
    sn: Skyddad
    fullName: Skyddad
    hsaIdentity: SE2321000016-7X3L

    dn: o=Grannregionen,c=SE
    objectClass: organization
    objectClass: hsaOrganizationExtension
    o: Grannregionen
    hsaIdentity: SE2321000024-1000

    """

  enum Account: String {
    case agent, siths, admin, reader

    var dn: String {
      switch self {
      case .agent: Slapd.agentDN
      case .siths: Slapd.sithsDN
      case .admin: Slapd.adminDN
      case .reader: Slapd.readerDN
      }
    }
  }

  static func server() async throws -> Slapd {
    try await Slapd([.base, .text(content)])
  }

  /// Runs one of OpenLDAP's tools as an account and returns how it ended: the LDAP result code.
  static func run(
    _ tool: String, _ arguments: [String] = [], as account: Account, on slapd: Slapd, input: String = ""
  ) async throws -> Tool.Answer {
    let bind = ["-H", slapd.ldapi, "-x", "-D", account.dn, "-w", slapd.password(of: account.rawValue)]
    return try await Tool.run(
      tool, bind + arguments, environment: ["LDAPNOINIT": "1"], input: input, check: false)
  }

  static func modify(_ text: String, as account: Account, on slapd: Slapd) async throws -> Int32 {
    try await run("ldapmodify", as: account, on: slapd, input: text).code
  }

  static let forbidden: [String] =
    [
      "cardNumber", "hsaMifareSerialNumber", "validNotAfter",
      "hsaSimpleSearch", "hsaPhoneticSearch", "altSecurityIdentities", "userPassword",
    ].flatMap { name in
      let value = name == "validNotAfter" ? "20301231225959Z" : "AAAA"
      return [
        "dn: \(anna)\nchangetype: modify\nadd: \(name)\n\(name): \(value)\n",
        "dn: \(anna)\nchangetype: modify\nreplace: \(name)\n\(name): \(value)\n",
      ]
    } + [
      "dn: \(anna)\nchangetype: modify\ndelete: cardNumber\n",
      "dn: \(anna)\nchangetype: modify\ndelete: userCertificate;binary\n",
      "dn: \(anna)\nchangetype: modify\nreplace: userCertificate;binary\n",
      "dn: o=Grannregionen,c=SE\nchangetype: modify\nadd: telephoneNumber\ntelephoneNumber: +46846500400\n",
      "dn: o=Grannregionen,c=SE\nchangetype: delete\n",
      "dn: o=Ny,c=SE\nchangetype: add\nobjectClass: organization\no: Ny\n",
      "dn: o=Region Exempel,c=SE\nchangetype: modrdn\nnewrdn: o=Region X\ndeleteoldrdn: 1\n",
      "dn: \(anna)\nchangetype: modrdn\nnewrdn: cn=Anna Berg\ndeleteoldrdn: 0\nnewsuperior: o=Grannregionen,c=SE\n",
      "dn: \(Slapd.sithsDN)\nchangetype: modify\nreplace: userPassword\nuserPassword: x\n",
      "dn: \(Slapd.adminDN)\nchangetype: modify\nreplace: description\ndescription: x\n",
      "dn: \(Slapd.readerDN)\nchangetype: delete\n",
      "dn: \(Slapd.agentDN)\nchangetype: modify\nreplace: userPassword\nuserPassword: x\n",
      "dn: ou=System,o=Region Exempel,c=SE\nchangetype: delete\n",
      "dn: ou=System,o=Region Exempel,c=SE\nchangetype: modrdn\nnewrdn: ou=S\ndeleteoldrdn: 1\n",
      "dn: cn=x,ou=System,o=Region Exempel,c=SE\nchangetype: add\nobjectClass: applicationProcess\ncn: x\n",
    ]

  @Test func `what the agent does not own it is refused, every way there is`() async throws {
    let slapd = try await Self.server()
    for change in Self.forbidden {
      let code = try await Self.modify(change, as: .agent, on: slapd)
      // 32: the agent is not even told that the accounts exist.
      #expect(code == 50 || (code == 32 && change.contains("ou=System")), "\(code): \(change)")
    }
    let after = try await Self.run(
      "ldapsearch", ["-LLL", "-b", Self.anna, "cardNumber", "userCertificate"], as: .admin, on: slapd)
    #expect(after.output.contains("cardNumber: 9975289710000001"))
    #expect(!after.output.contains("userCertificate"))
  }

  @Test func `what the agent owns it writes: values, entries, names and places`() async throws {
    let slapd = try await Self.server()
    let changes = [
      "dn: \(Self.anna)\nchangetype: modify\nreplace: title\ntitle: Överläkare\n",
      "dn: \(Self.anna)\nchangetype: modify\nadd: objectClass\nobjectClass: hsaConfidentialPerson\n",
      "dn: \(Self.protected)\nchangetype: modify\nreplace: title\ntitle: Läkare\n",
      "dn: ou=VC Norr,o=Region Exempel,c=SE\nchangetype: modrdn\nnewrdn: ou=VC Nord\ndeleteoldrdn: 1\n",
      "dn: ou=Ny,o=Region Exempel,c=SE\nchangetype: add\nobjectClass: organizationalUnit\n"
        + "objectClass: hsaOrganizationalUnitExtension\nou: Ny\nhsaIdentity: SE2321000016-1B99\n",
      "dn: cn=Anna Berg,ou=VC Nord,o=Region Exempel,c=SE\nchangetype: modrdn\nnewrdn: cn=Anna Berg\n"
        + "deleteoldrdn: 0\nnewsuperior: ou=Ny,o=Region Exempel,c=SE\n",
      "dn: cn=Anna Berg,ou=Ny,o=Region Exempel,c=SE\nchangetype: delete\n",
    ]
    for change in changes {
      #expect(try await Self.modify(change, as: .agent, on: slapd) == 0, "\(change)")
    }
  }

  @Test func `the agent writes roles, on persons and as groups, and nobody else sees them`() async throws {
    let slapd = try await Self.server()
    let group = "cn=hsasync-lasare,ou=Roller,\(Slapd.suffix)"
    for change in [
      "dn: \(Self.anna)\nchangetype: modify\nadd: hsaSystemRole\nhsaSystemRole: SIA;Servicedesk\n",
      "dn: \(group)\nchangetype: add\nobjectClass: groupOfNames\ncn: hsasync-lasare\nmember: \(Self.anna)\n",
      "dn: \(group)\nchangetype: modify\nadd: member\nmember: \(Self.protected)\n",
    ] {
      #expect(try await Self.modify(change, as: .reader, on: slapd) != 0, "\(change)")
      #expect(try await Self.modify(change, as: .agent, on: slapd) == 0, "\(change)")
    }
    for (account, isShown) in [(Account.agent, true), (.reader, false), (.siths, false)] {
      let answer = try await Self.run(
        "ldapsearch",
        ["-LLL", "-b", Slapd.suffix, "(|(hsaSystemRole=*)(member=*))", "hsaSystemRole", "member"],
        as: account, on: slapd)
      #expect(answer.output.contains("SIA;Servicedesk") == isShown, "\(account): \(answer)")
      #expect(answer.output.contains("cn=Skyddad") == isShown, "\(account): \(answer)")
    }
    #expect(try await Self.modify("dn: \(group)\nchangetype: delete\n", as: .agent, on: slapd) == 0)
  }

  @Test func `the agent reads all that it may in one content-sync search, SITHS's values excepted`()
    async throws
  {
    let slapd = try await Self.server()
    let answer = try await Self.run(
      "ldapsearch",
      [
        "-LLL", "-o", "ldif_wrap=no", "-b", Slapd.suffix, "-E", "sync=ro", "(hsaIdentity=*)", "*",
        "entryUUID",
        "entryCSN",
      ], as: .agent, on: slapd)
    #expect(answer.code == 0)
    #expect(answer.output.components(of: "\nhsaIdentity: ") == 4)
    #expect(answer.output.components(of: "\nentryUUID: ") == 4)
    #expect(answer.output.components(of: "\nentryCSN: ") == 4)
    #expect(answer.output.contains("personalIdentityNumber: 199001192385"))
    #expect(!answer.output.contains("cardNumber"))
    #expect(!answer.output.contains("Grannregionen"))
  }

  @Test func `the card service writes what it publishes and nothing else`() async throws {
    let slapd = try await Self.server()
    for dn in [Self.anna, Self.protected] {
      let card = "dn: \(dn)\nchangetype: modify\nadd: cardNumber\ncardNumber: 9975289710000002\n"
      #expect(try await Self.modify(card, as: .siths, on: slapd) == 0)
      let title = "dn: \(dn)\nchangetype: modify\nreplace: title\ntitle: x\n"
      #expect(try await Self.modify(title, as: .siths, on: slapd) == 50)
      #expect(try await Self.modify("dn: \(dn)\nchangetype: delete\n", as: .siths, on: slapd) == 50)
    }
  }

  @Test func `others read what is public, and a protected person does not exist for them`() async throws {
    let slapd = try await Self.server()
    let answer = try await Self.run(
      "ldapsearch", ["-LLL", "-b", Slapd.suffix, "(hsaIdentity=*)", "*", "+"], as: .reader, on: slapd)
    #expect(answer.output.contains("mail: anna.berg@regionexempel.example"))
    #expect(!answer.output.contains("personalIdentityNumber"))
    #expect(!answer.output.contains("Skyddad"))
    let direct = try await Self.run("ldapsearch", ["-LLL", "-b", Self.protected], as: .reader, on: slapd)
    #expect(direct.code == 32)
    let write = "dn: \(Self.anna)\nchangetype: modify\nreplace: title\ntitle: x\n"
    #expect(try await Self.modify(write, as: .reader, on: slapd) == 50)
    let anonymous = try await Tool.run(
      "ldapsearch", ["-H", slapd.ldapi, "-x", "-b", Slapd.suffix], check: false)
    #expect(anonymous.code != 0)
  }

  @Test func `an HSA-id and a mail address belong to one entry, a personal number may belong to several`()
    async throws
  {
    let slapd = try await Self.server()
    func person(_ attribute: String) -> String {
      "dn: cn=B,ou=VC Norr,o=Region Exempel,c=SE\nchangetype: add\nobjectClass: person\n"
        + "objectClass: hsaPersonExtension\ncn: B\nsn: B\nfullName: B\n\(attribute)\n"
    }
    #expect(try await Self.modify(person("hsaIdentity: se2321000016-7x3k"), as: .agent, on: slapd) == 19)
    let fresh = "hsaIdentity: SE2321000016-7X3M\n"
    let mail = person(fresh + "mail: ANNA.BERG@regionexempel.example")
    #expect(try await Self.modify(mail, as: .agent, on: slapd) == 19)
    let number = person(fresh + "personalIdentityNumber: 199001192385")
    #expect(try await Self.modify(number, as: .agent, on: slapd) == 0)
    let spelling = """
      dn: \(Self.anna)
      changetype: modify
      delete: mail
      mail: anna.berg@regionexempel.example
      -
      add: mail
      mail: Anna.Berg@regionexempel.example

      """
    #expect(try await Self.modify(spelling, as: .agent, on: slapd) == 0)
  }

  @Test func `others are held to small answers, the agent is not`() async throws {
    let people = (0..<600).map { n in
      "dn: cn=P\(n),\(Slapd.suffix)\nobjectClass: person\nobjectClass: hsaPersonExtension\ncn: P\(n)\nsn: P\n"
        + "fullName: P\nhsaIdentity: SE2321000016-P\(n)\n"
    }
    let slapd = try await Slapd([.base, .text(people.joined(separator: "\n"))])
    let search = ["-LLL", "-b", Slapd.suffix, "(sn=P)", "1.1"]
    #expect(try await Self.run("ldapsearch", search, as: .reader, on: slapd).code == 4)
    let agent = try await Self.run("ldapsearch", search, as: .agent, on: slapd)
    #expect(agent.code == 0 && agent.output.components(of: "dn: ") == 600)
    let paged = try await Self.run(
      "ldapsearch", ["-E", "pr=200/noprompt"] + search, as: .agent, on: slapd)
    #expect(paged.code == 0 && paged.output.components(of: "dn: ") == 600)
  }
}

extension String {
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
