import Foundation
import TestKit
import Testing

/// `hsasync explain` against a real slapd with the sample region.
@Suite struct ExplainTests {
  @Test func `an attribute is told with who owns it, which line wants it, and what the next plan does`()
    async throws
  {
    let region = try await SampleRegion()
    let before = try await region.contents()
    let fax = try await region.hsasync(["explain", "SE2321000016-5B02", "facsimileTelephoneNumber"])
    #expect(fax.code == 0, "\(fax)")
    for part in [
      "SE2321000016-5B02  function", "own", "differs", "no matching rule",
      "conf/region/desired/vc-norr.yaml:",
      "conf/hsasync.yaml:", "+46846500499", "The next plan", "~ updated",
    ] { #expect(fax.output.contains(part), "\(part) in \(fax.output)") }
    #expect(!fax.output.contains("telephoneHours"))
    let unit = try await region.hsasync(["explain", "SE2321000016-1B01"])
    #expect(unit.output.contains("differs in spelling only (caseIgnoreMatch)"), "\(unit.output)")
    #expect(unit.output.contains("taken away"))
    let swedish = try await region.hsasync(
      ["explain", "SE2321000016-1B01", "ou"],
      environment: ["LC_ALL": "", "LC_MESSAGES": "sv_SE.UTF-8", "LANG": "C"])
    #expect(swedish.output.contains("skiljer sig bara i stavning"), "\(swedish.output)")
    #expect(try await region.contents() == before)
  }

  @Test func `after an apply what was explained agrees`() async throws {
    let region = try await SampleRegion()
    #expect(try await region.hsasync(["apply", "--yes"]).code == 0)
    let answer = try await region.hsasync(["explain", "SE2321000016-1B01", "ou", "--language", "en"])
    #expect(answer.output.contains("agrees (caseIgnoreMatch)"), "\(answer.output)")
    #expect(answer.output.contains("nothing is changed"))
    #expect(
      answer.output.contains(
        /Earlier runs\n.*  run [0-9]  updated  applied  .*\n.*  run [0-9]  renamed  applied/),
      "\(answer.output)")
  }

  @Test(.enabled("python3 with jsonschema is not installed") { await PlanFileFormatTests.hasValidator() })
  func
    `nothing of a protected person, and no personal number, is told, and the JSON is what its schema says`()
    async throws
  {
    let region = try await SampleRegion()
    for id in [
      "SE2321000016-31R2", "SE2321000016-31QL", "SE2321000016-31D3", "SE2321000016-1B01", "SE2321000016-5B02",
    ] {
      let json = try await region.hsasync(["explain", id, "--format", "json"])
      #expect(json.code == 0, "\(json)")
      #expect(
        try await PlanFileFormatTests.faults(in: json.output, schema: "schemas/explain.schema.json") == "")
      let text = try await region.hsasync(["explain", id, "--full", "--language", "sv"])
      for secret in ["Hassan", "Ebba", "199505252388", "Dag Ek", "dag.ek", "199408072396", "199105192380"] {
        #expect(!(json.output + text.output).contains(secret), "\(secret) of \(id)")
      }
      #expect(json.output.contains(id))
    }
    let absent = try await region.hsasync(
      ["explain", "SE2321000016-31R2", "--format", "json"], config: Repository.path("conf/absence.yaml"))
    #expect(
      try await PlanFileFormatTests.faults(in: absent.output, schema: "schemas/explain.schema.json") == "")
  }

  @Test func `what is nowhere, or on one side only, is explained too`() async throws {
    let region = try await SampleRegion()
    let nowhere = try await region.hsasync(["explain", "SE2321000016-1B0Z", "--language", "en"])
    #expect(nowhere.code == 0)
    #expect(nowhere.output.contains("neither in the desired state nor in the directory"))
    #expect(nowhere.output.contains("did you mean SE2321000016-1B0"))
    let config = Repository.path("conf/absence.yaml")
    let undesired = try await region.hsasync(
      ["explain", "SE2321000016-1B01", "--language", "en"], config: config)
    #expect(undesired.output.contains("by no row"), "\(undesired)")
    let plan = try await region.hsasync(["plan", "--format", "json"])
    let created = try #require(
      plan.output.firstMatch(of: /"action":"create".*?"hsaIdentity":"([^"]+)"/).map { String($0.1) })
    let unobserved = try await region.hsasync(["explain", created, "--language", "en"])
    #expect(unobserved.output.contains("not in the directory"), "\(unobserved)")
    #expect(unobserved.output.contains("+ created"))
  }

  @Test func `a word that is no attribute ends with 64 and the one that was meant`() async throws {
    let region = try await SampleRegion()
    let answer = try await region.hsasync(["explain", "SE2321000016-1B01", "telefoneNumber"])
    #expect(answer.code == 64, "\(answer)")
    #expect(answer.errors.contains("telephoneNumber"))
    #expect(answer.output == "")
  }

  @Test func `an export is explained as the directory is`() async throws {
    let region = try await SampleRegion()
    let file = try await region.folder.write("export.ldif", region.export())
    let arguments = ["explain", "SE2321000016-1B01", "--as-of", "2026-11-01", "--format", "json"]
    let live = try await region.hsasync(arguments)
    region.slapd.stop()
    let offline = try await region.hsasync(arguments + ["--observed", file])
    #expect(offline.code == 0, "\(offline.errors)")
    func attributes(_ text: String) -> Substring? {
      text.split(separator: "\"attributes\":").dropFirst().first
    }
    #expect(attributes(offline.output)?.prefix(400) == attributes(live.output)?.prefix(400))
  }
}
