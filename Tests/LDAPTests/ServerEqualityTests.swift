import LDAP
import TestKit
import Testing

/// Asks a live slapd what it holds equal, and compares our normal forms with its answers.
@Suite struct ServerEqualityTests {
  /// A value as stored, one as asserted, and the attribute whose rule is asked.
  private struct Question {
    var attribute: String
    var stored: Value
    var asserted: Value
  }

  private static let classes = ["device", "extensibleObject"]

  /// Stores one entry a question and searches it by the asserted value; gives the server's answers in order.
  private func answers(_ questions: [Question]) async throws -> [Bool] {
    var ldif = LDIFWriter()
    for (index, question) in questions.enumerated() {
      let dn = try DistinguishedName(parsing: "cn=q\(index),\(Slapd.suffix)")
      ldif.append(
        Entry(
          dn: dn,
          attributes: [
            Attribute("objectClass", Self.classes.map { Value($0) }), Attribute("cn", [Value("q\(index)")]),
            Attribute(question.attribute, [question.stored]),
          ]))
    }
    let slapd = try await Slapd([.base, .text(String(decoding: ldif.bytes, as: UTF8.self))])
    defer { slapd.stop() }
    let filters = questions.enumerated().map { index, question in
      Filter.and([.equal("cn", Value("q\(index)")), .equal(question.attribute, question.asserted)])
        .description
    }
    let file = try slapd.folder.write("filters", filters.map { $0.dropFirst().dropLast() + "\n" }.joined())
    let answer = try await Tool.run(
      "ldapsearch",
      ["-H", slapd.ldapi, "-Y", "EXTERNAL", "-Q", "-LLL", "-f", file, "-b", Slapd.suffix, "(%s)", "1.1"])
    let found = Set(answer.output.split(separator: "\n").map { $0.prefix { $0 != "," } })
    return questions.indices.map { found.contains("dn: cn=q\($0)") }
  }

  /// What the server of the tests knows.
  private static func schema() throws -> Schema {
    let text = String(decoding: try Repository.bytes("schemas/hsa.schema"), as: UTF8.self)
    return Schema.standard.merging(try Schema.parsing(slapdSchema: [text]))
  }

  private func expectAgreement(_ questions: [Question]) async throws {
    let schema = try Self.schema()
    for (question, isEqual) in zip(questions, try await answers(questions)) {
      let rule = schema.equality(of: question.attribute)
      let ours = question.stored.bytes.withUnsafeBytes { stored in
        question.asserted.bytes.withUnsafeBytes { rule.equal(stored, $0, schema: schema) }
      }
      #expect(
        ours == isEqual,
        "\(question.attribute): \(question.stored.text ?? "?") = \(question.asserted.text ?? "?") is \(isEqual)"
      )
    }
  }

  @Test func `text of all kinds is equal to us when it is to slapd`() async throws {
    let pairs = [
      ("Anna", "anna"), (" Anna  Maria ", "anna maria"), ("a b", "ab"), ("ÅÄÖ", "åäö"), ("A\u{30A}", "å"),
      ("é", "e"),
      ("a\u{A0}b", "a b"), ("ﬁn", "fin"), ("①", "1"), ("Straße", "STRASSE"), ("ẞ", "ß"), ("™", "tm"),
      ("™", "TM"),
      ("K", "k"), ("Σ", "ς"), ("σ", "ς"), ("İ", "i"), ("İ", "i̇"), ("ı", "i"), ("ſ", "s"), ("a\tb", "a b"),
      ("a-b", "a\u{AD}b"), ("a\u{200B}b", "ab"), ("  ", " "), ("x  ", "x"), ("Ǆ", "dž"), ("Ω", "ω"),
      ("㎏", "kg"),
      ("e\u{301}\u{323}", "e\u{323}\u{301}"), ("한", "한"), ("ｱ", "ア"), ("🙂", "🙂"), ("𐐀", "𐐨"), ("Ⅷ", "ⅷ"),
      ("½", "1⁄2"),
      ("Ƞ", "ƞ"), ("Ԁ", "ԁ"), ("Ϸ", "ϸ"), ("Ⱥ", "ⱥ"), ("Ⓐ", "ⓐ"), ("ǅ", "ǆ"), ("ĳ", "ij"), ("ŉ", "ʼn"),
      ("Đ", "đ"), ("Ÿ", "ÿ"), ("A\u{300}\u{301}", "à\u{301}"),
      ("a\u{2003}b", "a b"),
    ]
    var questions: [Question] = []
    for attribute in ["description", "labeledURI"] {
      for (one, other) in pairs {
        questions.append(Question(attribute: attribute, stored: Value(one), asserted: Value(other)))
        questions.append(Question(attribute: attribute, stored: Value(other), asserted: Value(one)))
      }
    }
    try await expectAgreement(questions)
  }

  @Test func `random text is equal to us when it is to slapd`() async throws {
    var random = Seeded(13)
    var questions: [Question] = []
    for attribute in ["description", "labeledURI"] {
      for _ in 0..<150 {
        let stored = random.text(upTo: 5)
        guard !stored.isEmpty else { continue }
        let other = Bool.random(using: &random) ? stored.uppercased() : stored.replacing(" ", with: "  ")
        questions.append(Question(attribute: attribute, stored: Value(stored), asserted: Value(other)))
      }
    }
    try await expectAgreement(questions)
  }

  @Test func `numbers, names, times and the like are equal to us when they are to slapd`() async throws {
    let pairs: [(String, String, String)] = [
      ("telephoneNumber", "+46 8-123 45", "+46812345"), ("telephoneNumber", "ABC", "abc"),
      ("telephoneNumber", "+46(8)1", "+4681"), ("x121Address", "12 34", "1234"),
      ("x121Address", "1234", "01234"),
      ("mail", "Anna@Example.SE", "anna@example.se"), ("mail", " a  b ", "a b"), ("uidNumber", "7", "7"),
      ("uidNumber", "7", "8"), ("uidNumber", "-7", "-7"), ("uidNumber", "0", "0"),
      ("seeAlso", "CN=A,  O=B", "cn=a,o=b"), ("seeAlso", "cn=a+sn=b,o=c", "SN=B+CN=A,o=C"),
      ("seeAlso", "cn=a\\,b,o=c", "cn=a\\2Cb,o=c"), ("seeAlso", "cn=a,o=b", "cn=a,o=c"),
      ("seeAlso", "commonName=a,2.5.4.10=b", "cn=A,organizationName=B"), ("seeAlso", "cn=a\\ \\ b", "cn=a b"),
      ("seeAlso", "cn=Åsa", "cn=\\C3\\A5sa"),
      ("postalAddress", "Gatan  1 $ 123 45 Ort", "gatan 1$123 45 ort"),
      ("postalAddress", "a$b", "a b"), ("userPassword", "a", "A"), ("userPassword", "a", "a"),
      ("uniqueMember", "CN=A,O=B", "cn=a,o=b"), ("uniqueMember", "cn=a,o=b#'0101'B", "CN=a,o=b#'0101'B"),
      ("uniqueMember", "cn=a,o=b#'0101'B", "cn=a,o=b"), ("x500UniqueIdentifier", "'0101'B", "'0101'B"),
      ("x500UniqueIdentifier", "'0101'B", "'101'B"), ("dITRedirect", "CN=a", "cn=A"),
    ]
    let texts = pairs.map { Question(attribute: $0, stored: Value($1), asserted: Value($2)) }
    try await expectAgreement(texts)
  }

  @Test func `times are equal to us when they are to slapd`() async throws {
    let times = [
      "20260101120000Z", "202601011200Z", "2026010112Z", "20260101130000+0100", "20260101120000.0Z",
      "20260101120000.5Z", "20260101120000,50Z", "20260101070000-0500", "20260101133000+0130",
      "20251231235959Z",
      "20260101005959+0100", "2026010113+01",
    ]
    let questions = times.flatMap { one in
      times.map { Question(attribute: "startDate", stored: Value(one), asserted: Value($0)) }
    }
    try await expectAgreement(questions)
  }

  @Test func `names are normal to us as they are to slapd`() async throws {
    var random = Seeded(99)
    var names = [
      "cn=a", "CN=A", "commonName=a", "2.5.4.3= a ", "cn=a+sn=b", "sn=B+cn=a", "cn=a\\+sn\\=b", "cn=\\ a",
      "cn=\\20a",
      "cn=a\\ ", "cn=\\23a", "cn=a\\,b,o=c", "cn=a,o=c", "uid=X", "userid=x", "o=ÅÄÖ",
      "ou=Ö\\2C  X",
      "ou=ö\\, x", "cn=\\C3\\85", "cn=å", "cn=A\u{30A}", "cn=a\\\"b", "cn=a\\22b", "cn=a=b", "cn=a\\=b",
      "x121Address=12 3", "x121Address=123", "telephoneNumber=1-2 3", "telephoneNumber=123",
      "seeAlso=cn\\=X\\,o\\=Y",
      "seeAlso=CN\\3Dx\\2C  O\\3Dy", "cn=a,ou=b,o=c", "CN=A , OU=b,O=C",
    ]
    for _ in 0..<150 {
      let value = random.text(upTo: 4).filter { $0 != "\u{A0}" }
      guard !value.isEmpty, !value.allSatisfy({ $0 == " " }) else { continue }
      let dn = DistinguishedName([
        .init(["cn", "OU", "commonName"].randomElement(using: &random) ?? "cn", Value(value)),
        .init("o", "x"),
      ])
      names.append(dn.description)
    }
    let slapd = try await Slapd()
    defer { slapd.stop() }
    let answer = try await Tool.run(
      "/usr/sbin/slapdn", ["-f", slapd.folder.path("state/slapd.conf"), "-N"] + names)
    let theirs = answer.output.split(separator: "\n").map(String.init)
    try #require(theirs.count == names.count)
    let ours = try names.map { try DistinguishedName(parsing: $0).normalForm(.standard) }
    for first in names.indices {
      for second in names.indices where (ours[first] == ours[second]) != (theirs[first] == theirs[second]) {
        Issue.record("\(names[first]) and \(names[second]): \(theirs[first]), \(theirs[second])")
      }
    }
  }
}
