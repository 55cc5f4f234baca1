import Foundation
import TestKit
import Testing

/// Plans that are saved, reviewed, approved and applied by somebody, on the sample region.
@Suite struct SavedPlanTests {
  @Test func `a saved plan is applied exactly, and only once`() async throws {
    let region = try await SampleRegion()
    let file = region.folder.path("plan.json")
    let saved = try await region.hsasync(["plan", "--output", file])
    #expect(saved.code == 0 && saved.output == "", "\(saved)")
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let apply = try await region.hsasync(["apply", file])
    #expect(apply.code == 0, "\(apply)")
    #expect(try await region.hsasync(["plan", "--detailed-exitcode"]).code == 0)
    let after = try await region.contents()
    let second = try await region.hsasync(["apply", file])
    #expect(second.code == 4, "\(second)")
    #expect(second.errors.contains("has applied this plan"))
    #expect(try await region.contents() == after)
  }

  @Test func `what has moved since is stale, and the rest of a saved plan goes on`() async throws {
    let region = try await SampleRegion()
    let file = region.folder.path("plan.json")
    #expect(try await region.hsasync(["plan", "--output", file]).code == 0)
    try await region.modify(Self.edit)
    let before = try await region.contents()
    let nothing = try await region.hsasync(["apply", file, "--all-or-nothing"])
    #expect(nothing.code == 4, "\(nothing)")
    #expect(nothing.errors.contains("SE2321000016-31C5"))
    #expect(try await region.contents() == before)
    let apply = try await region.hsasync(["apply", file])
    #expect(apply.code == 4, "\(apply)")
    #expect(apply.output.contains("stale: person SE2321000016-31C5"))
    let plan = try await region.hsasync(["plan", "--format", "json"])
    #expect(plan.output.contains(#""hsaIdentity":"SE2321000016-31C5""#))
    #expect(plan.output.matches(of: /"precondition"/).count == 1, "only what was stale is left")
  }

  /// Somebody changes a telephone number that the plan changes too.
  private static let edit = """
    dn: cn=Emil Lövgren,ou=VC NORR,ou=Primärvård,o=Region Exempel,c=SE
    changetype: modify
    delete: telephoneNumber
    telephoneNumber: +46406280420
    -
    add: telephoneNumber
    telephoneNumber: +46406280499

    """

  @Test func `a plan that was shared is redacted, and cannot be applied`() async throws {
    let region = try await SampleRegion()
    let file = region.folder.path("plan.json")
    #expect(try await region.hsasync(["plan", "--output", file, "--redact"]).code == 0)
    #expect(try !String(contentsOfFile: file, encoding: .utf8).contains("199609212395"))
    let before = try await region.contents()
    let apply = try await region.hsasync(["apply", file])
    #expect(apply.code == 65, "\(apply)")
    #expect(apply.errors.contains("redacted"))
    #expect(try await region.contents() == before)
  }

  @Test(arguments: [0.1, 0.35, 0.6, 0.9])
  func `a saved plan with one changed character is refused`(place: Double) async throws {
    let region = try await SampleRegion()
    let file = region.folder.path("plan.json")
    #expect(try await region.hsasync(["plan", "--output", file]).code == 0)
    var bytes = Array(try Data(contentsOf: URL(filePath: file)))
    let at = Int(Double(bytes.count) * place)
    bytes[at] = bytes[at] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
    try Data(bytes).write(to: URL(filePath: file))
    let before = try await region.contents()
    let apply = try await region.hsasync(["apply", file])
    #expect(apply.code == 65, "\(apply)")
    #expect(apply.errors.contains("plan.json:"))
    #expect(try await region.contents() == before)
  }

  @Test func `a plan that a guard holds is applied once somebody approves it by its code`() async throws {
    let region = try await SampleRegion()
    let config = Repository.path("conf/absence.yaml")
    let before = try await region.contents()
    let held = try await region.hsasync(["apply", "--yes"], config: config)
    #expect(held.code == 3, "\(held)")
    #expect(try await region.contents() == before)
    let code = try #require(held.code(in: held.errors), "\(held.errors)")
    let wrong = try await region.hsasync(["apply", "--yes", "--approve", "0000-0000"], config: config)
    #expect(wrong.code == 4, "\(wrong)")
    let approved = try await region.hsasync(
      ["apply", "--yes", "--approve", code, "--reason", "CHG-1"], config: config)
    #expect(approved.code == 0, "\(approved)")
    #expect(try await region.hsasync(["plan", "--detailed-exitcode"], config: config).code == 0)
    let again = try await region.hsasync(["apply", "--yes", "--approve", code], config: config)
    #expect(again.code == 4, "\(again)")
    let verified = try await region.hsasync(["audit", "verify"], config: config)
    #expect(verified.code == 0, "\(verified)")
    let log = try region.auditLog()
    for event in ["refused", "approved", "applyBegun", "write", "outcome", "applyEnded"] {
      #expect(log.contains(#""event":"\#(event)""#), "\(event)")
    }
    #expect(log.contains("CHG-1"))
  }

  @Test func `part of a plan is a plan of its own`() async throws {
    let region = try await SampleRegion()
    let whole = try await region.hsasync(["plan", "--format", "json"])
    let one = try await region.hsasync(["apply", "--only", "SE2321000016-31B7", "--format", "json"])
    #expect(one.code == 0, "\(one)")
    let rest = try await region.hsasync(["plan", "--format", "json"])
    #expect(!rest.output.contains(#""hsaIdentity":"SE2321000016-31B7""#))
    let (before, after) = (
      whole.output.matches(of: /"precondition"/).count, rest.output.matches(of: /"precondition"/).count
    )
    #expect(after < before && after >= before - 3, "\(after) of \(before)")
    let units = try await region.hsasync(["apply", "--kind", "unit"])
    #expect(units.code == 0, "\(units)")
    let left = try await region.hsasync(["plan", "--format", "json"])
    #expect(!left.output.contains(#""kind":"unit","label""#))
    let strange = try await region.hsasync(["apply", "--only", "SE2321000016-XXXX"])
    #expect(strange.code == 64, "\(strange)")
  }

  @Test func `part of a plan is no measure for later ones`() async throws {
    let region = try await SampleRegion()
    let config = Repository.path("conf/absence.yaml")
    let part = try await region.hsasync(["apply", "--yes", "--scope", "SE2321000016-1D01"], config: config)
    #expect(part.code == 0 || part.code == 3, "\(part)")
    let whole = try await region.hsasync(["plan", "--verbose"], config: config)
    #expect(whole.output.contains("with no accepted run to measure them against"), "\(whole.output)")
  }

  @Test func `each line that apply prints as ndjson is a line of the audit log`() async throws {
    let region = try await SampleRegion()
    let apply = try await region.hsasync(["apply", "--format", "ndjson"])
    #expect(apply.code == 0, "\(apply.errors)")
    let log = try region.auditLog()
    let lines = apply.output.split(separator: "\n")
    #expect(lines.count > 100)
    for line in lines { #expect(log.contains(line)) }
  }
}

extension Tool.Answer {
  /// The code of a plan in what was said.
  func code(in text: String) -> String? {
    text.firstMatch(of: /--approve ([0-9A-F]{4}-[0-9A-F]{4})/).map { String($0.1) }
  }
}
