import Foundation
import Glibc
import TestKit
import Testing

/// The live directory as a desired state.
@Suite struct ExportTests {
  @Test(arguments: ["yaml", "ldif"]) func `with an export as desired state the plan is empty`(format: String)
    async throws
  {
    let region = try await SampleRegion()
    let file = region.folder.path("desired/all.\(format)")
    let config = try region.config(desired: [("all.\(format)", [])])
    let export = try await region.hsasync(["export", "--format", format, "--output", file], config: config)
    #expect(export.code == 0, "\(export)")
    #expect(export.output == "")
    var status = stat()
    #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let plan = try await region.hsasync(["plan", "--detailed-exitcode"], config: config)
    #expect(plan.code == 0, "\(plan)")
    #expect(plan.output.contains("agrees with the desired state"))
    #expect(region.folder.text("desired/all.\(format)").contains("SE2321000016-1B01"))
  }

  @Test func `without --output the export goes to standard output`() async throws {
    let region = try await SampleRegion()
    let export = try await region.hsasync(["export"])
    #expect(export.code == 0)
    #expect(export.output.contains("\npersons:\n"))
  }

  @Test func `a full disk is told, and leaves neither half a file nor the old one changed`() async throws {
    let region = try await SampleRegion()
    try region.folder.write("out/all.yaml", "old")
    let file = region.folder.path("out/all.yaml")
    // The limit on the size of files stands for the disk's: 8 blocks of 1024 octets.
    let script = "ulimit -f 8; exec \"$0\" export --config \"$1\" --output \"$2\""
    let answer = try await Tool.run(
      "bash", ["-c", script, Command.path, Repository.path("conf/hsasync.yaml"), file],
      environment: region.environment, check: false)
    #expect(answer.code == 75, "\(answer)")
    #expect(answer.errors.contains(file))
    #expect(try FileManager.default.contentsOfDirectory(atPath: region.folder.path("out")) == ["all.yaml"])
    #expect(region.folder.text("out/all.yaml") == "old")
  }

  @Test(arguments: [("/nonexistent/all.yaml", 64), ("/tmp", 64), ("/dev/full", 64)])
  func `a place that cannot be written is told`(file: String, code: Int) async throws {
    let region = try await SampleRegion()
    let answer = try await region.hsasync(["export", "--output", file])
    #expect(answer.code == Int32(code), "\(answer)")
    #expect(answer.errors.contains(file))
  }

  @Test func `a full disk behind standard output is told, and a reader that goes away is not`() async throws {
    let region = try await SampleRegion()
    let script = "\"$0\" \"$1\" --config \"$2\""
    let arguments = { (verb: String, rest: String) in
      ["-c", script + rest, Command.path, verb, Repository.path("conf/hsasync.yaml")]
    }
    for verb in ["plan", "export"] {
      let full = try await Tool.run(
        "bash", arguments(verb, " > /dev/full"), environment: region.environment, check: false)
      #expect(full.code == 75, "\(full)")
      #expect(full.errors.contains("standard output"))
      let head = try await Tool.run(
        "bash", arguments(verb, " | head -1; exit ${PIPESTATUS[0]}"), environment: region.environment,
        check: false)
      #expect(head.code == 0, "\(head)")
      #expect(head.errors == "")
    }
  }
}
