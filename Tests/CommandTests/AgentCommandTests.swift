import Foundation
import Glibc
import TestKit
import Testing

/// The commands that go over the running agent's socket: what they show and end with, without a password.
@Suite struct AgentCommandTests {
  @Test func `status fits a screen, in two languages, and as its schema says`() async throws {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    for (language, words) in [
      ("en", ["in sync since", "entries", "next boundary", "targets"]),
      ("sv", ["i fas sedan", "poster", "nästa gräns", "mål"]),
    ] {
      let text = try await running.withoutPassword(["status", "--language", language])
      #expect(text.code == 0, "\(text)")
      for word in words { #expect(text.output.contains(word), "\(word): \(text.output)") }
      let lines = text.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 24, "\(text.output)")
      #expect(!text.output.contains("19910331"), "no personal number")
    }
    let json = try await running.withoutPassword(["status", "--format", "json"])
    let faults = try await PlanFileFormatTests.faults(in: json.output, schema: "schemas/status.schema.json")
    #expect(faults == "", "\(json.output)")
    #expect(try await running.end() == 0)
    let after = try await running.withoutPassword(["status", "--format", "json"])
    #expect(after.code == 69)
    let later = try await PlanFileFormatTests.faults(in: after.output, schema: "schemas/status.schema.json")
    #expect(later == "" && after.output.contains(#""running":false"#), "\(after.output)")
  }

  @Test func `what writes goes over the socket while the agent runs, with the same result`() async throws {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    let person = DaemonTests.nils
    let apply = try await running.withoutPassword(["apply", "--yes"])
    #expect(apply.code == 0, "\(apply)")
    #expect(apply.output.contains("nothing to change"), "\(apply.output)")
    let json = try await running.withoutPassword(["apply", "--yes", "--format", "json"])
    #expect(json.code == 0, "\(json)")
    let faults = try await PlanFileFormatTests.faults(in: json.output, schema: "schemas/apply.schema.json")
    #expect(faults == "", "\(json.output.prefix(1_000))")
    let push = try await running.withoutPassword(["roles", "push", "--yes", "--summary"])
    #expect(push.code == 0, "\(push)")
    for extent in [
      ["--person", person], ["--unit", "SE2321000016-1B01"], ["--provider", "SE2321000016-4000"], [],
    ] {
      let reconcile = try await running.withoutPassword(["reconcile"] + extent)
      #expect(reconcile.code == 0, "\(extent): \(reconcile)")
    }
    let aside = try await running.withoutPassword(["reconcile", "--person", person, "--no-wait"])
    #expect(aside.code == 0 && aside.errors.contains("request"), "\(aside)")
    let release = try await running.withoutPassword(["release", person])
    #expect(release.code == 64 && release.errors.contains("not on hold"), "\(release)")
    let adopt = try await running.withoutPassword(["adopt", person, "--yes"])
    #expect(adopt.code != 0 && adopt.errors.contains(person), "\(adopt)")
  }

  @Test func `a run is undone over the socket, and its entries stay so until released`() async throws {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    let person = DaemonTests.nils
    try running.edit(
      "vc-norr.yaml", "title: Sjuksköterska\n    telephoneNumber: \"+46846500428\"",
      "title: Avdelningschef\n    telephoneNumber: \"+46846500428\"")
    try await running.has(["Avdelningschef"], of: "title", at: person)
    let runs = try await running.withoutPassword(["runs", "--format", "json", "--socket", running.socket])
    let first = try #require(runs.output.firstMatch(of: /"run":([0-9]+)/).map { String($0.1) }, "\(runs)")
    let list = try await running.hsasync(["runs", "--format", "json"])
    #expect(list.output == runs.output)
    let show = try await running.withoutPassword(["runs", "show", first, "--socket", running.socket])
    #expect(show.code == 0 && show.output.contains(person), "\(show)")
    let undo = try await running.withoutPassword(["undo", first, "--yes", "--reason", "wrong"])
    #expect(undo.code == 0, "\(undo)")
    try await running.has(["Sjuksköterska"], of: "title", at: person)
    let reconcile = try await running.withoutPassword(["reconcile", "--person", person])
    #expect(reconcile.code == 0, "\(reconcile)")
    #expect(try await running.region.values(of: "title", at: person) == ["Sjuksköterska"])
    #expect(try await running.withoutPassword(["release", person]).code == 0)
    try await running.has(["Avdelningschef"], of: "title", at: person)
  }

  @Test func `what cannot be asked of the agent is refused, with what to do instead`() async throws {
    let running = try await RunningRegion()
    try await running.reaches("inSync")
    for (arguments, word) in [
      (["apply", "plan.json"], "a saved plan"), (["apply", "--scope", "SE2321000016-1B01"], "--scope"),
      (["apply", "--only", "SE2321000016-31B7"], "--only"), (["apply", "--no-deletions"], "--no-deletions"),
      (["undo", "1", "--dry-run"], "--dry-run"), (["apply", "--format", "ndjson"], "--format ndjson"),
    ] {
      let answer = try await running.withoutPassword(arguments)
      #expect(answer.code == 64 && answer.errors.contains(word), "\(arguments): \(answer)")
      #expect(answer.errors.contains("systemctl stop hsasync"), "\(answer.errors)")
    }
  }

  @Test(arguments: [
    ["approve", "7F3A-91C2"], ["cancel", "7F3A-91C2"], ["reconcile"],
    ["apply", "--yes", "--socket", "/nonexistent/control"],
  ])
  func `without an agent it is said that there is none`(arguments: [String]) async throws {
    let folder = try TemporaryFolder()
    let environment = ["HSASYNC_URL": "ldapi://%2Fnowhere", "RUNTIME_DIRECTORY": folder.path]
    let all = arguments + ["--config", Repository.path("conf/hsasync.yaml")]
    let answer = try await Command.run(all, environment: environment)
    #expect([69, 75].contains(answer.code), "\(answer)")
    #expect(answer.errors.contains("no agent answers"), "\(answer.errors)")
  }

  @Test(arguments: [
    (["approve", "7F3A"], "code"), (["approve", "Z"], "digest"),
    (["reconcile", "--unit", "A", "--person", "B"], "Only one"), (["status", "--format", "xml"], "xml"),
    (["cancel", "7F3A-91C2", "--reason", ""], "--reason"),
  ])
  func `wrong use is said`(arguments: [String], word: String) async throws {
    let answer = try await Command.run(arguments)
    #expect(answer.code == 64 && answer.errors.contains(word), "\(answer)")
  }
}
