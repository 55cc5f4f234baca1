import Directory
import Foundation
import Reconciler
import TestKit
import Testing

/// Roles from rules to targets, on the sample region: an attribute, groups and a file.
@Suite struct RolesTests {
  let region: SampleRegion

  init() async throws { region = try await SampleRegion() }

  // MARK: From nothing to agreement

  @Test func `the first push is held, and once approved all targets agree`() async throws {
    let held = try await region.roles(["push"])
    #expect(held.code == 3, "\(held.errors)")
    #expect(try await region.values(of: "hsaSystemRole").filter { !$0.hasPrefix("INTYG;") } == [])
    let approved = try await region.roles(["push", "--approve", try region.code(in: held.errors)])
    #expect(approved.code == 0, "\(approved.output.suffix(3_000))\(approved.errors)")
    let values = try await region.values(of: "hsaSystemRole")
    #expect(values.contains("Webcert;Läkare"))
    #expect(values.count { $0 == "INTYG;Läkare" } == 4, "what was there before, by whoever")
    #expect(try await region.groups().contains("hsasync-Webcert;Läkare"))
    let file = try region.lines(of: "store/roles.ndjson")
    #expect(file.count > 100)
    #expect(file[1].contains(#""commission""#) || file[2].contains(#""commission""#))
    let again = try await region.roles(["plan", "--detailed-exitcode"])
    #expect(again.code == 0, "\(again)")
    let second = try await region.roles(["push"])
    #expect(second.code == 0)
    #expect(try region.lines(of: "store/roles.ndjson") == file, "no new generation for nothing")
  }

  @Test func `a manual role outside the namespace stays, and one inside goes`() async throws {
    try await region.pushFirst()
    try await region.administer(
      Self.modify("SE2321000016-31BG", add: ["NPÖ;Läsare", "Webcert;Allt"]), region)
    let plan = try await region.roles(["plan"])
    #expect(plan.output.contains("Webcert;Allt"), "\(plan.output)")
    #expect(!plan.output.contains("NPÖ;Läsare"))
    // Whoever gave it is the last to have it: a guard asks.
    let held = try await region.roles(["push"])
    #expect(held.code == 3, "\(held)")
    #expect(try await region.roles(["push", "--approve", try region.code(in: held.errors)]).code == 0)
    let values = try await region.values(of: "hsaSystemRole", at: "SE2321000016-31BG")
    #expect(values.contains("NPÖ;Läsare") && !values.contains("Webcert;Allt"), "\(values)")
  }

  @Test func `a role whose rule is gone goes with it, and a guard asks first`() async throws {
    try await region.pushFirst()
    let rules = String(decoding: try Repository.bytes("conf/roles.yaml"), as: UTF8.self)
    let start = try #require(rules.range(of: "  - rule: alltid-oppet")?.lowerBound)
    let end = try #require(rules.range(of: "  - rule: hsa-ombud")?.lowerBound)
    let config = try region.rolesConfig(rules: rules.replacing(rules[start..<end], with: ""))
    let held = try await region.hsasync(["roles", "push"], config: config)
    #expect(held.code == 3, "\(held)")
    #expect(held.output.contains("Alltid öppet;Medarbetare"))
    #expect(try await region.values(of: "hsaSystemRole").contains("Alltid öppet;Medarbetare"))
    let push = try await region.hsasync(
      ["roles", "push", "--approve", try region.code(in: held.errors)], config: config)
    #expect(push.code == 0, "\(push)")
    #expect(try await !region.values(of: "hsaSystemRole").contains("Alltid öppet;Medarbetare"))
    #expect(try await !region.groups().contains("hsasync-Alltid öppet;Medarbetare"))
    #expect(!(try region.lines(of: "store/roles.ndjson").contains { $0.contains("Alltid öppet") }))
  }

  // MARK: Time

  @Test func `who has ended holds nothing anywhere, without anybody being asked`() async throws {
    try await region.pushFirst()
    let person = "SE2321000016-31B7"
    #expect(try await region.values(of: "hsaSystemRole", at: person).contains("Webcert;Läkare"))
    try await region.administer(Self.modify(person, replace: ["endDate": "20260101000000Z"]), region)
    let push = try await region.roles(["push"])
    #expect(push.code == 0, "\(push)")
    #expect(try await region.values(of: "hsaSystemRole", at: person) == [])
    #expect(!(try region.lines(of: "store/roles.ndjson").contains { $0.contains(person) }))
    let explained = try await region.roles(["explain", person, "Webcert;Läkare"])
    #expect(explained.code == 0, "\(explained)")
    #expect(explained.output.contains("webcert-lakare"))
  }

  // MARK: With the entries

  @Test func `apply takes away first, then writes entries, and gives what was read back`() async throws {
    try await region.pushFirst()
    let apply = try await region.hsasync(["apply", "--format", "ndjson"], config: SampleRegion.rolesFile)
    if apply.code == 3 {
      let approved = try await region.hsasync(
        ["apply", "--format", "ndjson", "--approve", try region.code(in: apply.errors)],
        config: SampleRegion.rolesFile)
      #expect(approved.code == 0, "\(approved.errors)")
    } else {
      #expect(apply.code == 0, "\(apply.errors)")
    }
    let runs = Dictionary(grouping: try region.audit()) { $0["plan"] as? String ?? "" }
    var checked = 0
    for (_, events) in runs where events.contains(where: { $0["event"] as? String == "write" }) {
      let order = events.compactMap(Self.step)
      let firstEntry = try #require(order.firstIndex(of: "entry"))
      let lastEntry = try #require(order.lastIndex(of: "entry"))
      if let lastLoss = order.lastIndex(of: "loss") {
        #expect(lastLoss < firstEntry)
        checked += 1
      }
      if let firstGain = order.firstIndex(of: "gain") { #expect(lastEntry < firstGain) }
    }
    #expect(checked > 0)
    let again = try await region.hsasync(["plan", "--detailed-exitcode"], config: SampleRegion.rolesFile)
    #expect(again.code == 0, "\(again)")
  }

  /// What a record of the audit log says is about to be sent; a name in a group that is another now is no loss.
  private static func step(_ event: [String: Any]) -> String? {
    switch (event["event"] as? String, event["direction"] as? String) {
    case ("rolePush", "loss"): event["cause"] as? String == "unknownHolder" ? nil : "loss"
    case ("rolePush", _): "gain"
    case ("write", _): "entry"
    default: nil
    }
  }

  // MARK: Targets that are away

  @Test func `a target that is away stops no other, and what it keeps is overdue until it has lost it`()
    async throws
  {
    try await region.pushFirst()
    let file = region.folder.path("store/roles.ndjson")
    let content = try Data(contentsOf: URL(filePath: file))
    // What nobody can read: half of it.
    try content.prefix(content.count / 2).write(to: URL(filePath: file))
    let person = "SE2321000016-31B7"
    try await region.administer(Self.modify(person, replace: ["endDate": "20260101000000Z"]), region)
    let push = try await region.roles(["push"])
    #expect(push.output.contains("file"), "\(push)")
    #expect(try await region.values(of: "hsaSystemRole", at: person) == [])
    #expect(try await !region.members(of: "hsasync-Webcert;Läkare").contains { $0.contains("Nils Backe") })
    try content.write(to: URL(filePath: file))
    let caughtUp = try await region.roles(["push"])
    #expect(caughtUp.code == 0, "\(caughtUp)")
    #expect(!(try region.lines(of: "store/roles.ndjson").contains { $0.contains(person) }))
    #expect(try await region.roles(["plan", "--detailed-exitcode"]).code == 0)
  }

  // MARK: Who is who

  @Test func `an entry that came in another's place gives nothing until it is adopted`() async throws {
    try await region.pushFirst()
    let person = "SE2321000016-31B7"
    try await region.recreate(person)
    let plan = try await region.roles(["plan"])
    #expect(plan.output.contains("hsasync adopt \(person)"), "\(plan.output)")
    #expect(try await region.roles(["push"]).code == 0)
    #expect(try await region.values(of: "hsaSystemRole", at: person).filter { !$0.hasPrefix("INTYG") } == [])
    let adopted = try await region.hsasync(
      ["adopt", person, "--yes", "--reason", "restored"], config: SampleRegion.rolesFile)
    #expect(adopted.code == 0, "\(adopted)")
    #expect(try region.audit().contains { $0["event"] as? String == "adopted" })
    #expect(try await region.roles(["push"]).code == 0)
    #expect(try await region.values(of: "hsaSystemRole", at: person).contains("Webcert;Läkare"))
  }

  // MARK: Looking

  @Test func `proposed rules are tried on live data, and never applied`() async throws {
    try await region.pushFirst()
    let rules = String(decoding: try Repository.bytes("conf/roles.yaml"), as: UTF8.self)
    let config = try region.rolesConfig(
      rules: rules, proposed: rules.replacing("Webcert;Läkare", with: "Webcert;Doktor"))
    let plan = try await region.hsasync(["plan", "--proposed"], config: config)
    #expect(plan.code == 0, "\(plan)")
    #expect(plan.output.contains("Webcert;Doktor"))
    let file = region.folder.path("proposed.json")
    #expect(try await region.hsasync(["plan", "--proposed", "--output", file], config: config).code == 0)
    let before = try await region.contents()
    let apply = try await region.hsasync(["apply", file, "--yes"], config: config)
    #expect(apply.code != 0, "\(apply)")
    #expect(try await region.contents() == before)
    let inForce = try await region.hsasync(["roles", "plan", "--detailed-exitcode"], config: config)
    #expect(inForce.code == 0, "\(inForce)")
  }

  @Test func `list, explain and coverage tell who holds what and why`() async throws {
    let list = try await region.roles(["list", "--person", "SE2321000016-31B7"])
    #expect(list.code == 0, "\(list)")
    #expect(list.output.contains("Webcert;Läkare") && list.output.contains("roles.yaml:"))
    let json = try await region.roles(["list", "--role", "Webcert;*", "--format", "json"])
    #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [String: Any])
    let before = try await region.roles(["list", "--person", "SE2321000016-31B7", "--as-of", "1990-01-01"])
    #expect(!before.output.contains("Webcert;Läkare"))
    let why = try await region.roles(["explain", "SE2321000016-31B7", "Webcert;Läkare"])
    #expect(why.output.contains("hsaTitle") && why.output.contains("webcert-lakare"), "\(why)")
    let whyNot = try await region.roles([
      "explain", "SE2321000016-31BG", "Webcert;Läkare", "--language", "sv",
    ])
    #expect(whyNot.code == 0 && whyNot.output.contains("hsaTitle"), "\(whyNot)")
    let coverage = try await region.roles(["coverage"])
    #expect(coverage.code == 0 && coverage.output.contains("webcert-lakare"), "\(coverage)")
  }

  @Test func `a protected person's roles are told by the HSA-id alone`() async throws {
    for arguments in [["list"], ["explain", "SE2321000016-31R2"], ["plan", "--reveal", "--full"]] {
      let answer = try await region.roles(arguments)
      #expect(answer.code == 0, "\(arguments): \(answer.errors)")
      #expect(answer.output.contains("SE2321000016-31R2"), "\(arguments)")
    }
  }

  // MARK: What nobody may get round

  @Test func `a push of roles is no measure for later plans of entries`() async throws {
    let applied = try await region.hsasync(["apply"])
    #expect(applied.code == 0, "\(applied.errors)")
    let before = try region.history().accepted
    try await region.pushFirst()
    #expect(try await region.roles(["push"]).code == 0)
    let after = try region.history()
    #expect(before != nil && after.accepted == before)
    #expect(!after.known.isEmpty)
  }

  @Test func `a saved plan whose role changes are not those that follow is refused as a whole`() async throws
  {
    let file = region.folder.path("roles.json")
    #expect(try await region.roles(["plan", "--output", file]).code == 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains(#""ofEndings":false"#) && text.contains("Webcert;Läkare"))
    let edits: [(String, String)] = [
      (#""ofEndings":false"#, #""ofEndings":true"#), (#""role":"HSA;Ombud""#, #""role":"Webcert;Läkare""#),
      (#""value":"Webcert;Läkare""#, #""value":"Webcert;Chef""#),
    ]
    for (old, new) in edits {
      #expect(text.contains(old), "\(old)")
      try text.replacing(old, with: new).write(toFile: file, atomically: true, encoding: .utf8)
      let apply = try await region.hsasync(["apply", file, "--yes"], config: SampleRegion.rolesFile)
      #expect([4, 65].contains(apply.code), "\(new): \(apply.code) \(apply.errors)")
    }
    #expect(try await region.groups() == [])
    #expect(try await region.values(of: "hsaSystemRole").allSatisfy { $0.hasPrefix("INTYG;") })
  }

  /// An LDIF that changes one entry, found by its HSA-id when it is sent.
  private static func modify(
    _ person: String, add values: [String] = [], replace: [String: String] = [:]
  ) -> (String, String) {
    var lines =
      values.isEmpty ? "" : "add: hsaSystemRole\n" + values.map { "hsaSystemRole: \($0)\n" }.joined()
    for (name, value) in replace { lines += "replace: \(name)\n\(name): \(value)\n" }
    return (person, "changetype: modify\n" + lines)
  }
}

extension SampleRegion {
  static let rolesFile = Repository.path("conf/hsasync-roles.yaml")

  func roles(_ arguments: [String]) async throws -> Tool.Answer {
    try await hsasync(["roles"] + arguments, config: Self.rolesFile)
  }

  /// The first push, approved.
  func pushFirst() async throws {
    let held = try await roles(["push"])
    let push = try await roles(["push", "--approve", try code(in: held.errors)])
    guard push.code == 0 else { throw SampleFailure(text: "the first push: \(push.errors)") }
  }

  func code(in text: String) throws -> String {
    try #require(text.firstMatch(of: /--approve ([0-9A-F]{4}-[0-9A-F]{4})/).map { String($0.1) }, "\(text)")
  }

  private func search(_ base: String, _ filter: String, _ attributes: [String]) async throws -> [String] {
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", slapd.password(of: "admin")]
    let answer = try await Tool.run(
      "ldapsearch", bind + ["-LLL", "-o", "ldif_wrap=no", "-b", base, filter] + attributes, check: false)
    return answer.output.split(separator: "\n").map(String.init).map(Self.decoded)
  }

  private static func decoded(_ line: String) -> String {
    let parts = line.components(separatedBy: ":: ")
    guard parts.count == 2, let data = Data(base64Encoded: parts[1]) else { return line }
    return parts[0] + ": " + String(decoding: data, as: UTF8.self)
  }

  func values(of attribute: String, at person: String? = nil) async throws -> [String] {
    let filter = person.map { "(hsaIdentity=\($0))" } ?? "(\(attribute)=*)"
    return try await search(Slapd.suffix, filter, [attribute]).filter { $0.hasPrefix(attribute + ": ") }
      .map { String($0.dropFirst(attribute.count + 2)) }
  }

  func groups() async throws -> [String] {
    try await search(Slapd.suffix, "(objectClass=groupOfNames)", ["cn"]).filter { $0.hasPrefix("cn: ") }
      .map { String($0.dropFirst(4)) }
  }

  func members(of group: String) async throws -> [String] {
    try await search(Slapd.suffix, "(&(objectClass=groupOfNames)(cn=\(group)))", ["member"])
      .filter { $0.hasPrefix("member: ") }
  }

  func dn(of person: String) async throws -> String {
    let line = try await search(Slapd.suffix, "(hsaIdentity=\(person))", ["1.1"]).first {
      $0.hasPrefix("dn: ")
    }
    return String(try #require(line).dropFirst(4))
  }

  /// Changes an entry as the administrator.
  func administer(_ change: (person: String, ldif: String), _ region: SampleRegion) async throws {
    let name = Data(try await dn(of: change.person).utf8).base64EncodedString()
    try await administer("dn:: \(name)\n\(change.ldif)\n")
  }

  func administer(_ ldif: String) async throws {
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", slapd.password(of: "admin")]
    try await Tool.run("ldapmodify", bind, input: ldif)
  }

  /// Deletes an entry and adds it again: the same in all but its entryUUID.
  func recreate(_ person: String) async throws {
    let entry = try await search(Slapd.suffix, "(hsaIdentity=\(person))", ["*"])
    let kept = entry.filter { line in
      !line.isEmpty && !["hsaSystemRole", "userCertificate"].contains { line.hasPrefix($0) }
    }
    let encoded = kept.map { line -> String in
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      return "\(parts[0]):: \(Data(parts[1].dropFirst().utf8).base64EncodedString())"
    }
    let name = Data(try await dn(of: person).utf8).base64EncodedString()
    try await administer("dn:: \(name)\nchangetype: delete\n\n")
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", slapd.password(of: "admin")]
    try await Tool.run("ldapadd", bind, input: encoded.joined(separator: "\n") + "\n\n")
  }

  func history() throws -> History {
    try #require(try Store.reading(folder.path("store"))).history(at: Date())
  }

  func lines(of file: String) throws -> [String] {
    try String(contentsOfFile: folder.path(file), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  func audit() throws -> [[String: Any]] {
    try lines(of: "store/audit/audit.ndjson").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  /// The sample's configuration of roles with other rules.
  func rolesConfig(rules: String, proposed: String? = nil) throws -> String {
    try folder.write("roles.yaml", rules)
    if let proposed { try folder.write("proposed.yaml", proposed) }
    let roles = proposed == nil ? "roles.yaml" : "roles.yaml, proposed: proposed.yaml"
    let sample = String(decoding: try Repository.bytes("conf/hsasync-roles.yaml"), as: UTF8.self)
      .replacing("rules: roles.yaml", with: "rules: \(roles)")
      .replacing("profile: hsa", with: "profile: \(Repository.path("conf/profiles/hsa.yaml"))")
      .replacing("../schemas/hsa.schema", with: Repository.path("schemas/hsa.schema"))
      .replacing("  - region/", with: "  - \(Repository.path("conf/region"))/")
    return try folder.write("hsasync-roles.yaml", sample)
  }
}

/// What went wrong before the test began.
private struct SampleFailure: Error { let text: String }
