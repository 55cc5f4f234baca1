import Foundation
import Glibc
import TestKit
import Testing

/// `hsasync run`, the real process on the sample region: what people change is made good, and asked for over its socket.
@Suite struct DaemonTests {
  static let nils = "SE2321000016-31B7"

  // MARK: Change and correction

  @Test
  func `what somebody changes in the directory is corrected, and a role taken from its holder given back`()
    async throws
  {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    let roles = try await running.region.values(of: "hsaSystemRole", at: Self.nils)
    #expect(roles.contains("Webcert;Läkare"), "\(roles)")
    try await running.change(Self.nils, "replace: title\ntitle: Överläkare\n")
    try await running.has(["Sjuksköterska"], of: "title", at: Self.nils)
    try await running.change(Self.nils, "delete: hsaSystemRole\nhsaSystemRole: Webcert;Läkare\n")
    try await running.has(roles, of: "hsaSystemRole", at: Self.nils)
    // Who has ended holds nothing, and nobody is asked.
    try await running.change(Self.nils, "replace: endDate\nendDate: 20260101000000Z\n")
    try await running.has([], of: "hsaSystemRole", at: Self.nils)
    let status = try await running.reaches("inSync") { $0["queue"] as? Int == 0 }
    #expect((status["waiting"] as? [Any])?.isEmpty == true, "\(status)")
    let runs = try await running.hsasync(["runs", "--format", "json"])
    #expect(runs.code == 0 && runs.output.contains(#""verb":"apply""#), "\(runs)")
  }

  @Test func `a changed file is applied, a half-written one is not, and what was in force stays so`()
    async throws
  {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    try running.edit(
      "vc-norr.yaml", "title: Sjuksköterska\n    telephoneNumber: \"+46846500428\"", Self.wanted)
    try await running.has(["Avdelningschef"], of: "title", at: Self.nils)

    let whole = running.region.folder.text("desired/vc-norr.yaml")
    let half = whole.replacing("title: Avdelningschef", with: "title: Verksamhetschef")
    try running.region.folder.write(
      "desired/vc-norr.yaml", String(half.prefix(half.count / 2)) + "\n  - {hsaId")
    let status = try await running.reaches("inSync") { status in
      ((status["desired"] as? [String: Any])?["faults"] as? Int ?? 0) > 0
    }
    let text = try await running.hsasync(["status", "--language", "sv"])
    #expect(text.output.contains("den tidigare uppsättningen gäller"), "\(text) \(status)")
    #expect(try await running.region.values(of: "title", at: Self.nils) == ["Avdelningschef"])
    try running.region.folder.write("desired/vc-norr.yaml", half)
    try await running.has(["Verksamhetschef"], of: "title", at: Self.nils)
    try await running.reaches("inSync") { ($0["desired"] as? [String: Any])?["faults"] as? Int == 0 }
  }

  private static let wanted = "title: Avdelningschef\n    telephoneNumber: \"+46846500428\""

  // MARK: Guards

  @Test func `what a guard holds waits, is shown with its code, and is let through by approve`() async throws
  {
    let running = try await RunningRegion(isSettled: false)
    let status = try await running.reaches("quarantined")
    let waiting = try #require((status["waiting"] as? [[String: Any]])?.first, "\(status)")
    let code = try #require(waiting["code"] as? String)
    #expect((waiting["guards"] as? [String])?.isEmpty == false, "\(waiting)")
    #expect(try await running.region.groups() == [], "nothing is written while it is held")
    let text = try await running.withoutPassword(["status"])
    #expect(text.code == 0 && text.output.contains("hsasync approve \(code)"), "\(text)")

    let wrong = try await running.withoutPassword(["approve", "0000-0000"])
    #expect(wrong.code == 4, "\(wrong)")
    let approved = try await running.withoutPassword(["approve", code, "--reason", "the rules are new"])
    #expect(approved.code == 0, "\(approved)")
    try await running.reaches("inSync")
    #expect(try await running.region.values(of: "hsaSystemRole", at: Self.nils).contains("Webcert;Läkare"))
    let runs = try await running.hsasync(["runs"])
    #expect(runs.output.contains("the rules are new"), "\(runs)")
    #expect(try await running.hsasync(["audit", "verify"]).code == 0)
  }

  // MARK: One writer

  @Test func `a second agent in the same place is told that there is one`() async throws {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    let second = try await running.hsasync(["run"])
    #expect(second.code == 75, "\(second)")
    let first = "process \(try running.agent.pid)"
    // Whichever it comes upon first, the store or the socket.
    #expect(second.errors.contains(first), "\(second.errors)")
    // With a socket of its own it is the store.
    let config = running.region.folder.text("agent.yaml").replacing(
      running.socket, with: running.socket + "2")
    try running.region.folder.write("second.yaml", config)
    let third = try await running.region.hsasync(["run"], config: running.region.folder.path("second.yaml"))
    #expect(third.code == 75 && third.errors.contains("\(first) of "), "\(third)")
    try await running.reaches("inSync")
  }

  @Test(
    .enabled(
      if: access("/run/systemd/journal/socket", F_OK) != 0, "a journal listens here, and would get the lines")
  )
  func `whose standard error leads to the journal logs fields, and priorities where nobody takes them`()
    async throws
  {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    #expect(!running.log.contains("<5>"), "what no journal reads is plain")
    #expect(try await running.end() == 0)
    var status = stat()
    try #require(stat(running.region.folder.path("agent.log"), &status) == 0)
    try running.start(environment: ["JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino)"])
    try await running.reaches("inSync")
    try await running.change(Self.nils, "replace: title\ntitle: Överläkare\n")
    try await running.has(["Sjuksköterska"], of: "title", at: Self.nils)
    try await eventually(within: .seconds(120), "the lines") {
      let lines = running.log.split(separator: "\n")
      return lines.contains { $0.hasPrefix("<5>state event=state ") && $0.contains("state=inSync") }
        && lines.contains { $0.hasPrefix("<6>a plan was applied ") && $0.contains("event=applied") }
    }
  }

  @Test func `SIGTERM ends it with 0, and the books are in order`() async throws {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    #expect(try await running.end() == 0, "\(running.log.suffix(4_000))")
    #expect(access(running.socket, F_OK) != 0, "the socket is gone with it")
    #expect(try await running.hsasync(["audit", "verify"]).code == 0)
    let runs = try await running.hsasync(["runs", "--format", "json"])
    #expect(runs.code == 0 && !runs.output.contains(#""interrupted":true"#), "\(runs)")
    let plan = try await running.hsasync(["plan", "--detailed-exitcode"])
    #expect(plan.code == 0, "\(plan)")
    let status = try await running.hsasync(["status"])
    #expect(status.code == 69 && status.errors.contains("no agent answers"), "\(status)")
    #expect(status.output.contains("not running") && status.output.contains("last run"), "\(status)")
  }

  @Test func `killed in the midst of work and started again, it makes good what was left`() async throws {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    for round in 1...3 {
      try await running.change(Self.nils, "replace: title\ntitle: Titel \(round)\n")
      // At another moment of the correction in each round.
      try await Task.sleep(for: .milliseconds(15 * (round - 1)))
      try running.agent.stop(SIGKILL)
      try running.start()
      try await running.has(["Sjuksköterska"], of: "title", at: Self.nils)
    }
    try await running.reaches("inSync")
    #expect(try await running.end() == 0)
    #expect(try await running.hsasync(["audit", "verify"]).code == 0)
    let plan = try await running.hsasync(["plan", "--detailed-exitcode"])
    #expect(plan.code == 0, "\(plan)")
  }
}

extension RunningRegion {
  /// Changes an entry as the catalogue's administrator.
  func change(_ person: String, _ modification: String) async throws {
    try await region.administer((person, "changetype: modify\n" + modification), region)
  }
}
