import TestKit
import Testing

/// Runs, what they did, and taking it back, on the sample region.
@Suite struct UndoTests {
  @Test func `undo brings the directory back as it was, and the next plan leaves it so until released`()
    async throws
  {
    let region = try await SampleRegion()
    let before = try await region.contents()
    #expect(try await region.hsasync(["apply", "--reason", "CHG-7"]).code == 0)
    let runs = try await region.hsasync(["runs"])
    #expect(runs.code == 0 && runs.output.contains("CHG-7"), "\(runs)")
    for run in try await region.runNumbers() {
      let dry = try await region.hsasync(["undo", run, "--dry-run"])
      #expect(dry.code == 2, "\(dry)")
      var undo = try await region.hsasync(["undo", run, "--yes"])
      if undo.code == 3, let code = undo.code(in: undo.errors) {
        undo = try await region.hsasync(["undo", run, "--yes", "--approve", code])
      }
      #expect(undo.code == 0, "\(undo)")
    }
    #expect(try await region.contents() == before)
    let plan = try await region.hsasync(["plan", "--detailed-exitcode"])
    #expect(plan.code == 0, "\(plan)")
    #expect(plan.output.contains("hsasync release"))
    #expect(try await region.hsasync(["release", "SE2321000016-31B7"]).code == 0)
    let released = try await region.hsasync(["plan", "--format", "json"])
    #expect(released.output.contains(#""hsaIdentity":"SE2321000016-31B7""#))
    #expect(released.output.matches(of: /"precondition"/).count == 1)
    let twice = try await region.hsasync(["release", "SE2321000016-31B7"])
    #expect(twice.code == 64)
    #expect(try await region.hsasync(["audit", "verify"]).code == 0)
  }

  @Test func `undo overwrites nobody's later change`() async throws {
    let region = try await SampleRegion()
    #expect(try await region.hsasync(["apply", "--only", "SE2321000016-31B7"]).code == 0)
    try await region.modify(
      """
      dn: cn=Nils Backe,ou=VC NORR,ou=Primärvård,o=Region Exempel,c=SE
      changetype: modify
      replace: title
      title: Överläkare

      """)
    let after = try await region.contents()
    let runs = try await region.runNumbers()
    let undo = try await region.hsasync(["undo", try #require(runs.first), "--yes"])
    #expect(undo.code == 4, "\(undo)")
    #expect(undo.output.contains("stale: person SE2321000016-31B7"))
    #expect(try await region.contents() == after)
  }

  @Test func `a run is shown with each of its changes, without values`() async throws {
    let region = try await SampleRegion()
    #expect(try await region.hsasync(["apply", "--only", "SE2321000016-31B7"]).code == 0)
    let run = try #require(try await region.runNumbers().first)
    let shown = try await region.hsasync(["runs", "show", run])
    #expect(shown.code == 0, "\(shown)")
    #expect(shown.output.contains("SE2321000016-31B7") && shown.output.contains("title"))
    #expect(!shown.output.contains("Sjuksköterska"))
    let swedish = try await region.hsasync(["runs", "show", run, "--language", "sv"])
    #expect(swedish.output.contains("Körning \(run)"))
    #expect(try await region.hsasync(["runs", "show", "999"]).code == 64)
  }
}

extension SampleRegion {
  /// The numbers of all runs, the newest first.
  func runNumbers() async throws -> [String] {
    try await hsasync(["runs", "--format", "json"]).output.matches(of: /"run":([0-9]+)/).map { String($0.1) }
  }

  /// All lines of the audit log.
  func auditLog() throws -> String {
    try String(contentsOfFile: folder.path("store/audit/audit.ndjson"), encoding: .utf8)
  }
}
