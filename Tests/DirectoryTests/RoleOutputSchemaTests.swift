import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// What machines read, held against its schema by a validator that nobody here wrote (Debian's python3-jsonschema).
@Suite struct RoleOutputSchemaTests {
  private static func hasValidator() async -> Bool {
    (try? await Tool.run("python3", ["-c", "import jsonschema"])) != nil
  }

  @Test(.enabled("python3 with jsonschema is not installed") { await RoleOutputSchemaTests.hasValidator() })
  func `lists, explanations and coverage are as their schemas say, of everybody in the region`() async throws
  {
    let derivation = try RoleRegion.derivation()
    var texts: [(schema: String, text: String)] = [
      ("role-list", RoleListJSON(RoleList(derivation)).text),
      ("role-coverage", RoleCoverageJSON(derivation.coverage()).text),
    ]
    for person in derivation.holders + ["31HC", "31S0", "0000"].map({ HSAIdentity("SE2321000016-\($0)") }) {
      texts.append(
        ("role-explanation", RoleExplanationJSON(derivation.explain(person), profile: Catalogue.profile).text)
      )
    }
    let faults = try await schemaFaults(texts)
    #expect(faults == "")
    #expect(try await schemaFaults([("role-list", "{\"formatVersion\":2}")]) != "")
  }

  private func schemaFaults(_ texts: [(schema: String, text: String)]) async throws -> String {
    let folder = try TemporaryFolder()
    let lines = texts.map { "\($0.schema)\t\($0.text)" }.joined()
    try folder.write("all", lines)
    let script = """
      import json, sys
      from jsonschema import Draft202012Validator
      for line in open(sys.argv[2], encoding="utf-8"):
          name, text = line.split("\\t", 1)
          schema = json.load(open(f"{sys.argv[1]}/{name}.schema.json", encoding="utf-8"))
          for fault in Draft202012Validator(schema).iter_errors(json.loads(text)):
              print(name, fault.json_path, fault.message[:200])
      """
    return try await Tool.run(
      "python3", ["-c", script, Repository.path("schemas"), folder.path("all")]
    ).output
  }
}
