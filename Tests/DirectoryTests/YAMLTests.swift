import LDAP
import Testing

@testable import Directory

@Suite struct YAMLTests {
  private func read(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> YAMLNode {
    try YAMLDocument(parsing: Array(text.utf8), file: "a.yaml", limits: limits).root
  }

  private func faults(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) -> [String] {
    refusal { _ = try YAMLDocument(parsing: bytes, file: "a.yaml", limits: limits) }.brief
  }

  private func faults(_ text: String, limits: YAMLLimits = YAMLLimits()) -> [String] {
    faults(Array(text.utf8), limits: limits)
  }

  private func value(_ text: String) throws -> YAMLNode.Content? {
    guard case .mapping(let pairs) = try read("key: \(text)\n").content else { return nil }
    return pairs.first?.value.content
  }

  @Test(arguments: ["no", "yes", "true", "01234", "2026-01-01", "0x1F", "1e3", "+46812345678", "12:30"])
  func `a plain scalar stays the text that was written`(_ text: String) throws {
    #expect(try value(text) == .scalar(text))
  }

  @Test(arguments: ["", "~", "null", "Null", "NULL"])
  func `an unquoted null is nothing`(_ text: String) throws {
    #expect(try value(text) == .null)
  }

  @Test(arguments: [#""""#, "''"])
  func `a quoted empty text is a text`(_ text: String) throws {
    #expect(try value(text) == .scalar(""))
    #expect(try value("\"null\"") == .scalar("null"))
  }

  @Test func `duplicate keys are found in every mapping, with both places`() {
    let text = """
      a: 1
      b: {x: 1, y: 2, x: 3}
      c: 2
      a: 3
      """
    #expect(faults(text) == ["yaml-duplicate-key 2:17 & 2:5", "yaml-duplicate-key 4:1 & 1:1"])
  }

  @Test func `anchors and aliases are refused before they can explode`() {
    var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for level in 1...30 {
      text +=
        "a\(level): &a\(level) [" + repeatElement("*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
    }
    let found = faults(text)
    #expect(found.prefix(3) == ["yaml-anchor 1:5", "yaml-anchor 2:5", "yaml-alias 2:10"])
    #expect(found.count <= 101)
  }

  @Test func `an ampersand inside a text is no anchor`() throws {
    #expect(try value("Vård & omsorg *allt*") == .scalar("Vård & omsorg *allt*"))
    #expect(try value("|\n  &no anchor\n  *no alias\n") == .scalar("&no anchor\n*no alias\n"))
  }

  @Test func `a tab in the indentation is named as such`() {
    #expect(faults("a:\n\tb: 1\n") == ["yaml-tab 2:1"])
  }

  @Test func `a syntax error has its place`() {
    #expect(faults("a: [1, 2\nb: 3\n") == ["yaml-syntax 2:2"])
    #expect(faults("a: \"open\n") == ["yaml-syntax 2:1"])
    #expect(faults("a: b: c\n") == ["yaml-syntax 1:5"])
  }

  @Test func `octets that are no UTF-8 have their place, and columns count characters`() {
    #expect(faults(Array("å: 1\nåäö: ".utf8) + [0xFF, 0x0A]) == ["yaml-not-utf8 2:6"])
    #expect(faults([0xFF, 0xFE, 0x61, 0x00]) == ["yaml-not-utf8 1:1"])
    #expect(faults(Array("a: ".utf8) + [0xED, 0xA0, 0x80]) == ["yaml-not-utf8 1:4"])
  }

  @Test func `a NUL and other control characters have their place`() {
    #expect(faults(Array("a: 1\nb: ".utf8) + [0x00]) == ["yaml-control-character 2:4"])
    #expect(faults(Array("a: \u{1B}[31m".utf8)) == ["yaml-control-character 1:4"])
    #expect(faults("a: 1\nb: å\u{FFFE}\n") == ["yaml-syntax 2:5"])
  }

  @Test func `a byte order mark and CRLF are accepted`() throws {
    let document = try YAMLDocument(
      parsing: [0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb: 2\r\n".utf8), file: "a.yaml")
    guard case .mapping(let pairs) = document.root.content else { return #expect(Bool(false)) }
    #expect(pairs.map(\.key) == ["a", "b"])
    #expect(pairs[1].mark == YAMLMark(line: 2, column: 1))
    #expect(pairs[1].value.text == "2")
  }

  @Test func `limits hold before anything is made of the text`() {
    let limits = YAMLLimits(bytes: 1_000, depth: 5, nodes: 50)
    #expect(faults(String(repeating: "[", count: 900), limits: limits) == ["yaml-too-deep 1:6"])
    #expect(faults("a: {b: {c: {d: {e: {f: 1}}}}}", limits: limits) == ["yaml-too-deep 1:20"])
    #expect(
      faults("[" + repeatElement("1", count: 200).joined(separator: ",") + "]", limits: limits) == [
        "yaml-too-large 1:100"
      ])
    #expect(faults(String(repeating: "a", count: 1_001), limits: limits) == ["yaml-too-large 1:1"])
  }

  @Test func `a deep bomb of a million brackets ends quickly`() {
    #expect(faults(String(repeating: "[", count: 1_000_000)) == ["yaml-too-deep 1:1"])
    #expect(faults(String(repeating: "- ", count: 1_000_000)) == ["yaml-too-deep 1:65"])
  }

  @Test func `an empty file, a second document, a tag and odd keys are findings`() {
    #expect(faults("") == ["yaml-empty 1:1"])
    #expect(faults("# only a comment\n") == ["yaml-empty 1:1"])
    #expect(faults("a: 1\n---\nb: 2\n") == ["yaml-second-document 2:1"])
    #expect(faults("a: !!binary aGVq\n") == ["yaml-tag 1:4"])
    #expect(faults("{[a]: 1}\n") == ["yaml-key 1:2"])
    #expect(faults("~: 1\n") == ["yaml-key 1:1"])
  }

  @Test func `an unknown key is reported with the one that was probably meant`() throws {
    var mapping = try YAMLDocument(parsing: Array("tls: {minmum: 1.2}\nbse: x\n".utf8), file: "a.yaml")
      .mapping()
    mapping.mapping("tls") { _ = $0.string("minimum") }
    _ = mapping.string("base", required: true)
    let findings = mapping.finish()
    #expect(findings.brief == ["missing-key 1:1", "unknown-key 1:7", "unknown-key 2:1"])
    #expect(findings[1].advice == "did you mean `minimum`?")
    #expect(findings[2].advice == "did you mean `base`?")
  }

  @Test func `values of the wrong shape are reported where they stand`() throws {
    let text = "a: [1]\nb: maybe\nc: 12x\nd: 3w\ne: {x: 1}\nf: dlete\ng: 70000\n"
    var mapping = try YAMLDocument(parsing: Array(text.utf8), file: "a.yaml").mapping()
    #expect(mapping.string("a") == nil)
    #expect(mapping.boolean("b") == nil)
    #expect(mapping.integer("c", in: 0...9) == nil)
    #expect(mapping.seconds("d") == nil)
    #expect(mapping.strings("e") == [])
    #expect(mapping.choice("f", of: AbsencePolicy.self) == nil)
    #expect(mapping.integer("g", in: 0...65_535) == nil)
    #expect(
      mapping.finish().brief == [
        "yaml-shape 1:4", "wrong-boolean 2:4", "wrong-number 3:4", "wrong-duration 4:4", "yaml-shape 5:4",
        "wrong-choice 6:4", "wrong-number 7:4",
      ])
  }

  @Test func `durations are read in days, hours, minutes and seconds`() throws {
    var mapping = try YAMLDocument(parsing: Array("a: 30d\nb: 12h\nc: 15m\nd: 45s\n".utf8), file: "a.yaml")
      .mapping()
    #expect(["a", "b", "c", "d"].map { mapping.seconds($0) } == [2_592_000, 43_200, 900, 45])
  }

  @Test func `a word that is nothing like a known one gets no suggestion`() {
    #expect(Spelling.suggestion(for: "telefonnummer", among: ["mail", "title"]) == nil)
    #expect(Spelling.suggestion(for: "givnName", among: ["sn", "givenName"]) == "givenName")
    #expect(Spelling.suggestion(for: "nam", among: ["name", "sn"]) == "name")
    #expect(Spelling.suggestion(for: "tiltle", among: ["title"]) == "title")
  }
}
