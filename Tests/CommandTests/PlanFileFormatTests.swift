import Directory
import Foundation
import LDAP
import TestKit
import Testing

@Suite struct PlanFileFormatTests {
  private func json(_ plan: Plan) -> String {
    PlanFile(plan, profile: SamplePlan.profile).text(redacted: true)
  }

  private func saved(_ plan: Plan) -> String {
    PlanFile(plan, profile: SamplePlan.profile).text(redacted: false)
  }

  private func parsed(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func `a plan with every action is the same text every time`() throws {
    try Golden(name: "every-action.json").expect(json(SamplePlan.everyAction()))
  }

  @Test func `what is read back is what the plan holds`() throws {
    let plan = try SamplePlan.everyAction()
    let read = try parsed(json(plan))
    #expect(read["formatVersion"] as? Int == 2)
    #expect(read["applicable"] as? Bool == true)
    let changes = try #require(read["changes"] as? [[String: Any]])
    #expect(changes.map { $0["number"] as? Int } == plan.changes.map { $0.id + 1 })
    let first = try #require(changes.first { $0["hsaIdentity"] as? String == "SE2321000016-7X3K" })
    let differences = try #require(first["differences"] as? [[String: Any]])
    #expect(differences[0]["removed"] as? [String] == ["Sjuksköterska"])
    #expect(differences[0]["added"] as? [String] == ["Distriktssköterska"])
    let photo = try #require((differences[4]["added"] as? [[String: String]])?.first?["base64"])
    #expect(Data(base64Encoded: photo)?.count == 12)
    let cause = try #require(first["cause"] as? [String: Any])
    #expect(cause["line"] as? Int == 41)
  }

  @Test func `a plan with changes by absence says that it is not applicable, and where they are absent from`()
    throws
  {
    let read = try parsed(json(SamplePlan.withAbsence()))
    #expect(read["applicable"] as? Bool == false)
    let changes = try #require(read["changes"] as? [[String: Any]])
    #expect((changes[1]["cause"] as? [String: String]) == ["absentFrom": "persons/vc-syd.yaml"])
    #expect((read["counts"] as? [String: Int])?["byAbsence"] == 2)
  }

  @Test func `hostile values come back unharmed and harm no terminal`() throws {
    let text = try json(SamplePlan.hostile())
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.mustBeSpelled($0) })
    let changes = try #require(try parsed(text)["changes"] as? [[String: Any]])
    let differences = try #require(changes[0]["differences"] as? [[String: Any]])
    #expect(differences[0]["removed"] as? [String] == ["\u{1B}[31mröd\u{1B}[0m"])
    #expect(differences[1]["added"] as? [String] == ["gre\u{202E}B\u{200D}\u{FEFF}"])
  }

  @Test func `nothing of a protected person, and no personal number, is in it`() throws {
    for plan in try [SamplePlan.everyAction(), SamplePlan.withAbsence()] {
      let text = json(plan)
      for secret in SamplePlan.secrets { #expect(!text.contains(secret), "\(secret)") }
    }
  }

  @Test func `a saved plan holds all of it, harms no terminal, and is read back`() throws {
    for plan in try [
      SamplePlan.everyAction(), SamplePlan.withAbsence(), SamplePlan.hostile(), SamplePlan.empty(),
    ] {
      let text = saved(plan)
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.mustBeSpelled($0) })
      let read = try PlanFile.read(Array(text.utf8), path: "plan.json")
      #expect(read.plan.digest == plan.digest && saved(read.plan) == text)
      #expect(throws: Findings.self) { try PlanFile.read(Array(json(plan).utf8), path: "plan.json") }
    }
    let text = try saved(SamplePlan.everyAction())
    for secret in SamplePlan.secrets { #expect(text.contains(secret), "\(secret)") }
  }

  @Test(.enabled("python3 with jsonschema is not installed") { await PlanFileFormatTests.hasValidator() })
  func `the JSON is what its schema says, in every case`() async throws {
    let finding = Finding(
      "duplicate-identity", at: SourcePosition(file: "a.yaml", line: 12, column: 5),
      and: SourcePosition(file: "a.yaml", line: 3), subject: HSAIdentity("SE2321000016-7X3K"), "twice",
      advice: "once")
    let plans = try [
      SamplePlan.everyAction(findings: [finding]), SamplePlan.withAbsence(), SamplePlan.hostile(),
      SamplePlan.empty(),
    ]
    for plan in plans {
      #expect(try await PlanFileFormatTests.faults(in: json(plan)) == "")
      #expect(try await PlanFileFormatTests.faults(in: saved(plan)) == "")
    }
    let named = json(try SamplePlan.withAbsence()).replacing(
      #""protected":true"#, with: #""dn":"cn=A","protected":true"#)
    #expect(
      try await PlanFileFormatTests.faults(in: named) != "", "the schema lets a protected person's name pass")
  }

  /// What a JSON Schema validator says against a text.
  static func faults(in text: String, schema: String = "schemas/plan.schema.json") async throws -> String {
    let program = """
      import json, sys, jsonschema
      from referencing import Registry, Resource
      plan, schema = (json.load(open(path)) for path in sys.argv[1:])
      registry = Resource.from_contents(plan) @ Registry()
      validator = jsonschema.Draft202012Validator(schema, registry=registry)
      for fault in validator.iter_errors(json.load(sys.stdin)): print(fault.json_path, fault.message)
      """
    let paths = ["schemas/plan.schema.json", schema].map(Repository.path)
    return try await Tool.run("python3", ["-c", program] + paths, input: text).output
  }

  static func hasValidator() async -> Bool {
    (try? await Tool.run("python3", ["-c", "import jsonschema, referencing"])) != nil
  }

  @Test func `keys are sorted and numbers whole`() {
    let value: CanonicalJSON = ["b": [1, true, "x\u{1F600}\u{E0041}\"\\\n"], "a": .null]
    #expect(value.text == #"{"a":null,"b":[1,true,"x😀\udb40\udc41\"\\\n"]}"#)
  }
}
