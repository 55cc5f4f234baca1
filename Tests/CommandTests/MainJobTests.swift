import Foundation
import TestKit
import Testing

/// The built command against a real slapd with the sample region.
@Suite struct MainJobTests {
  @Test func `the sample's desired state is in order`() async throws {
    let region = try await SampleRegion()
    let answer = try await region.hsasync(["check"])
    #expect(answer.code == 0, "\(answer)")
    #expect(answer.output.contains("is in order"))
    #expect(answer.errors == "")
  }

  @Test func `the sample's server is what the agent needs`() async throws {
    let region = try await SampleRegion()
    let before = try await region.contents()
    let answer = try await region.hsasync(["check", "--server"])
    #expect(answer.code == 0, "\(answer)")
    #expect(answer.output.contains("assertion (RFC 4528)"))
    #expect(!answer.output.contains("WRONG"))
    #expect(try await region.contents() == before)
  }

  @Test func `a plan shows what differs, writes nothing, and tells by exit code when asked`() async throws {
    let region = try await SampleRegion()
    let before = try await region.contents()
    let plain = try await region.hsasync(["plan"])
    #expect(plain.code == 0, "\(plain)")
    #expect(
      plain.output.contains(/Plan [0-9A-F]{4}-[0-9A-F]{4}: [0-9]+ to add, [0-9]+ to change, [0-9]+ to move/))
    #expect(plain.output.contains("conf/region/desired/vc-norr.yaml:"))
    let detailed = try await region.hsasync(["plan", "--detailed-exitcode"])
    #expect(detailed.code == 2)
    #expect(detailed.output.hasSameChanges(as: plain.output))
    #expect(try await region.contents() == before)
  }

  @Test func `after an apply the second plan is empty`() async throws {
    let region = try await SampleRegion()
    let apply = try await region.hsasync(["apply"])
    #expect(apply.code == 0, "\(apply)")
    #expect(apply.output.contains(/Applied: ([0-9]+) of \1 changes/))
    let after = try await region.contents()
    let again = try await region.hsasync(["plan", "--detailed-exitcode"])
    #expect(again.code == 0, "\(again)")
    #expect(again.output.contains("The directory agrees with the desired state"))
    let second = try await region.hsasync(["apply"])
    #expect(second.code == 0)
    #expect(try await region.contents() == after)
  }

  @Test func `a plan with changes by absence is shown, and refused by apply as a whole`() async throws {
    let region = try await SampleRegion()
    let config = Repository.path("conf/absence.yaml")
    let before = try await region.contents()
    let plan = try await region.hsasync(["plan", "--detailed-exitcode"], config: config)
    #expect(plan.code == 2)
    #expect(plan.output.contains("! by absence:"))
    #expect(plan.output.contains("absent from"))
    let apply = try await region.hsasync(["apply", "--yes"], config: config)
    #expect(apply.code == 3, "\(apply)")
    #expect(apply.errors.contains("hsasync: refused:"))
    let ldif = try await region.hsasync(["plan", "--format", "ldif"], config: config)
    #expect(ldif.code == 3)
    #expect(ldif.output == "")
    #expect(try await region.contents() == before)
  }

  @Test func `ldapmodify makes the same of the plan's LDIF as apply does`() async throws {
    let (applied, modified) = try await (SampleRegion(), SampleRegion())
    #expect(try await applied.hsasync(["apply"]).code == 0)
    let ldif = try await modified.hsasync(["plan", "--format", "ldif"])
    #expect(ldif.code == 0, "\(ldif.errors)")
    try await modified.modify(ldif.output)
    #expect(try await modified.contents() == applied.contents())
    #expect(try await modified.hsasync(["plan", "--detailed-exitcode"]).code == 0)
  }

  @Test func `ldapmodify stops at a condition that no longer holds`() async throws {
    let region = try await SampleRegion()
    let ldif = try await region.hsasync(["plan", "--format", "ldif"])
    #expect(try await region.hsasync(["apply"]).code == 0)
    let after = try await region.contents()
    let answer = try await region.modify(ldif.output, arguments: ["-c"], check: false)
    #expect(answer.code != 0)
    #expect(answer.errors.contains("Assertion Failed (122)"))
    #expect(try await region.contents() == after)
  }

  @Test(.enabled("python3 with jsonschema is not installed") { await PlanFileFormatTests.hasValidator() })
  func `the live plan's JSON is what the schema says, and holds no personal number of the sample`()
    async throws
  {
    let region = try await SampleRegion()
    for config in ["conf/hsasync.yaml", "conf/absence.yaml"] {
      let answer = try await region.hsasync(["plan", "--format", "json"], config: Repository.path(config))
      #expect(answer.code == 0)
      #expect(try await PlanFileFormatTests.faults(in: answer.output) == "")
      #expect(try personalNumbers().filter { answer.output.contains($0) } == [])
    }
  }

  @Test(.enabled("python3 with jsonschema is not installed") { await PlanFileFormatTests.hasValidator() })
  func `what became of a plan is what its schema says`() async throws {
    let region = try await SampleRegion()
    let answer = try await region.hsasync(["apply", "--format", "json"])
    #expect(answer.code == 0, "\(answer.errors)")
    #expect(
      try await PlanFileFormatTests.faults(in: answer.output, schema: "schemas/apply.schema.json") == "")
    #expect(answer.output.contains(#""outcome":"applied""#))
  }

  @Test(arguments: ["--summary", "--verbose", "--full"])
  func `no personal number of the sample, and nothing of its protected person, is shown`(detail: String)
    async throws
  {
    let region = try await SampleRegion()
    let answer = try await region.hsasync(["plan", detail])
    #expect(try personalNumbers().filter { answer.output.contains($0) } == [])
    #expect(answer.output.contains("(protected person: not shown)") || detail == "--summary")
  }

  @Test func `the plan of an export equals the plan of the directory`() async throws {
    let region = try await SampleRegion()
    let file = try await region.folder.write("export.ldif", region.export())
    let moment = ["--as-of", "2026-11-01"]
    let live = try await region.hsasync(["plan", "--format", "json"] + moment)
    region.slapd.stop()
    let offline = try await region.hsasync(["plan", "--format", "json", "--observed", file] + moment)
    #expect(offline.code == 0, "\(offline.errors)")
    #expect(offline.output.hasSameChanges(as: live.output))
    #expect(offline.output.contains(#""method":"file""#))
  }

  @Test func `a scope limits the plan`() async throws {
    let region = try await SampleRegion()
    let part = try await region.hsasync(["plan", "--format", "json", "--scope", "SE2321000016-1B05"])
    let whole = try await region.hsasync(["plan", "--format", "json"])
    let (some, all) = (part.output.changeLines.count, whole.output.changeLines.count)
    #expect(some > 0 && some < all, "\(some) of \(all)")
  }

  private func personalNumbers() throws -> [String] {
    let files =
      ["conf/region/directory.ldif"]
      + (try FileManager.default.contentsOfDirectory(
        atPath: Repository.path("conf/region/desired"))).map { "conf/region/desired/" + $0 }
    return try files.flatMap { file in
      String(decoding: try Repository.bytes(file), as: UTF8.self)
        .matches(of: /personalIdentityNumber:\s*"?([0-9]{12})/).map { String($0.1) }
    }
  }
}

extension String {
  /// The lines of a plan but for how and how fast it was read.
  func hasSameChanges(as other: String) -> Bool { changeLines == other.changeLines && !changeLines.isEmpty }

  var changeLines: [Substring] {
    split(separator: "\n").filter {
      !$0.hasPrefix("Read:") && !$0.hasPrefix("Plan ") && !$0.contains("ndings") && !$0.contains("\"proof\"")
    }
    .filter { !$0.hasPrefix("{\"applicable\"") && !$0.hasPrefix("\"") && !$0.hasPrefix(",\"") }
  }
}
