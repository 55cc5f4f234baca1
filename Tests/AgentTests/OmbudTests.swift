import Directory
import Foundation
import LDAP
import Reconciler
import TestKit
import Testing

@testable import Agent

/// A region with two private care providers whose ombuds hand in their own files.
struct OmbudRegion {
  let region: LiveRegion
  static let provider = HSAIdentity("SE2321000016-4000")
  static let other = HSAIdentity("SE2321000016-4100")
  static let clinic = "SE2321000016-4B01"
  static let (first, second) = (HSAIdentity("SE2321000016-9O01"), HSAIdentity("SE2321000016-9O02"))
  static let stranger = HSAIdentity("SE2321000016-9O03")

  static let settings = """

    ombud:
      providers:
        - {provider: SE2321000016-4000, prefixes: [SE2321000016-4P]}
        - {provider: SE2321000016-4100, prefixes: [SE2321000016-41P]}
      mandates:
        - {person: SE2321000016-9O01, providers: SE2321000016-4000}
        - {person: SE2321000016-9O02, providers: SE2321000016-4000}
        - {person: SE2321000016-9O03, providers: SE2321000016-4100}
      accounts: {anna: SE2321000016-9O01}
      domain: HSA

    """

  init(_ settings: String = OmbudRegion.settings) async throws {
    region = try await LiveRegion(settings: settings)
    try await region.align()
  }

  static func caller(_ person: HSAIdentity, _ agent: Agent) async throws -> Caller {
    let mandate = try #require(try await agent.mandate(of: person))
    return Caller(actor: .holder(of: person), role: .operator, mandate: mandate)
  }

  static func upload(_ text: String) -> ProviderFiles.Upload { .init(Array(text.utf8), .yaml) }

  /// The clinic's persons with a telephone each.
  static func persons(_ members: String) -> String { "persons:\n\(members)" }
}

@Suite struct `An HSA-ombud` {
  typealias Region = OmbudRegion

  @Test func `hands in a file, sees what it would do, puts it in force, and it is done`() async throws {
    let region = try await Region()
    let running = try region.region.agent()
    try await running.settles()
    let caller = try await Region.caller(Region.first, running.agent)
    let text = Region.persons(
      "  - {hsaIdentity: SE2321000016-31VK, telephoneNumber: \"+46846500001\"}\n"
        + "  - hsaIdentity: SE2321000016-4P01\n    parent: SE2321000016-4B01\n    givenName: Ny\n"
        + "    sn: Person\n    fullName: Ny Person\n    cn: Ny Person\n    startDate: 2026-01-01\n")
    let proposed = try await running.agent.propose(
      Region.upload(text), named: "ours.yaml", for: Region.provider, by: caller)
    #expect(!proposed.findings.haveErrors, "\(proposed.findings)")
    let plan = try #require(proposed.plan)
    #expect(Set(plan.changes.map(\.identity.text)) == ["SE2321000016-31VK", "SE2321000016-4P01"])
    #expect(try await region.region.values("telephoneNumber", of: "SE2321000016-31VK") != ["+46846500001"])
    let answer = try await running.ask(.take(Region.provider, file: proposed.id), as: caller)
    #expect(answer.exitCode == 0, "\(answer)")
    #expect(try await region.region.values("telephoneNumber", of: "SE2321000016-31VK") == ["+46846500001"])
    #expect(try await region.region.values("fullName", of: "SE2321000016-4P01") == ["Ny Person"])
    let versions = try running.agent.providerFiles.versions(Region.provider)
    #expect(versions.map(\.serial) == [1] && versions[0].actor.person == Region.first.normalForm)
    // What somebody changes is put right by the file in force, with nobody asking.
    try await region.region.change(
      "SE2321000016-31VK", "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46 8 1\n")
    try await running.sees("the number of the file") {
      try await region.region.values("telephoneNumber", of: "SE2321000016-31VK") == ["+46846500001"]
    }
  }

  @Test func `is told all that is wrong with a file, at its lines, and nothing is put in force`() async throws
  {
    let region = try await Region()
    let running = try region.region.agent()
    try await running.settles()
    let caller = try await Region.caller(Region.first, running.agent)
    let text = Region.persons(
      "  - {hsaIdentity: SE2321000016-31VK, telefon: \"1\"}\n"
        + "  - {hsaIdentity: SE2321000016-31DB, title: Chef}\n"
        + "  - {hsaIdentity: SE2321000016-0000, title: Chef}\n"
        + "  - {hsaIdentity: SE2321000016-31VS, manager: SE2321000016-31DB}\n")
    let proposed = try await running.agent.propose(
      Region.upload(text), named: "ours.yaml", for: Region.provider, by: caller)
    #expect(proposed.findings.haveErrors && proposed.plan == nil)
    // At once, whatever kind of wrong it is; and of what is not theirs nothing but that.
    let told = proposed.findings.filter { $0.severity == .error }
    #expect(told.compactMap(\.position?.line) == [2, 3, 4, 5], "\(proposed.findings)")
    #expect(told.dropFirst().allSatisfy { $0.code == "outside-scope" })
    let mended = text.replacing("  - {hsaIdentity: SE2321000016-31VK, telefon: \"1\"}\n", with: "")
    let again = try await running.agent.propose(
      Region.upload(mended), named: "ours.yaml", for: Region.provider, by: caller)
    let outside = again.findings.filter { $0.code == "outside-scope" }
    #expect(outside.compactMap(\.position?.line) == [2, 3, 4])
    // Whether there is such a person is not told: one exists, the other does not.
    try #require(outside.count == 3)
    #expect(outside[0].message == outside[1].message && outside[0].advice == outside[1].advice)
    await #expect(throws: Refusal.self) {
      try await running.ask(.take(Region.provider, file: again.id), as: caller)
    }
    #expect(try running.agent.providerFiles.versions(Region.provider).isEmpty)
  }

  @Test func `gets nothing of another care provider's, in the same words whether or not there is anything`()
    async throws
  {
    let region = try await Region()
    let running = try region.region.agent()
    try await running.settles()
    let caller = try await Region.caller(Region.stranger, running.agent)
    var words: Set<String> = []
    for provider in [Region.provider, HSAIdentity("SE2321000016-0001"), HSAIdentity("SE2321000016-1000")] {
      do {
        _ = try await running.agent.propose(
          Region.upload("persons: []\n"), named: "x.yaml", for: provider, by: caller)
        Issue.record("a file was taken for \(provider)")
      } catch let refusal as Refusal { words.insert(refusal.description) }
      for request in [AgentRequest.plan(.provider(provider)), .reconcile(.provider(provider))] {
        do {
          _ = try await running.ask(request, as: caller)
          Issue.record("\(request) was done")
        } catch let refusal as Refusal { words.insert(refusal.description) }
      }
    }
    #expect(words.count == 1, "\(words)")
  }

  @Test func `is held by a guard, and never approved by whoever asked, in no disguise`() async throws {
    let region = try await Region(
      Region.settings.replacing("ombud:", with: "control: {operators: [anna, bo]}\nombud:"))
    let running = try region.region.agent()
    try await running.settles()
    let first = try await Region.caller(Region.first, running.agent)
    let second = try await Region.caller(Region.second, running.agent)
    let rows = ["31VK", "31VS", "31VB", "31W8", "31WH", "31WQ"].map {
      "  - {hsaIdentity: SE2321000016-\($0), endDate: 2026-01-31}\n"
    }.joined()
    let proposed = try await running.agent.propose(
      Region.upload(Region.persons(rows)), named: "x.yaml", for: Region.provider, by: first)
    #expect(proposed.plan?.tripped.isEmpty == false, "\(proposed.findings)")
    let held = try await running.ask(.take(Region.provider, file: proposed.id), as: first)
    #expect(held.exitCode == ExitCode.refused.rawValue)
    let code = try #require(held.code)
    // The card, the account of the same person, and the same card once more.
    let anna = Caller(actor: Actor(user: "anna", uid: 4_711, host: "test"), role: .operator)
    for asker in [first, anna, first] {
      await #expect(throws: Refusal.self) {
        let answer = try await running.ask(.approve(code), as: asker)
        if answer.exitCode != 0 { throw Refusal(.ownRequest, .notPermitted, "\(answer.messages)") }
      }
    }
    // Somebody with another care provider's mandate does not learn that there is such a plan.
    let stranger = try await Region.caller(Region.stranger, running.agent)
    await #expect(throws: Refusal.self) { try await running.ask(.approve(code), as: stranger) }
    #expect(try await region.region.values("endDate", of: "SE2321000016-31VK").isEmpty)
    let done = try await running.ask(.approve(code), as: second)
    #expect(done.exitCode == 0, "\(held.lines.suffix(12)) \(done.lines.suffix(12)) \(done.messages)")
    #expect(try await !region.region.values("endDate", of: "SE2321000016-31VK").isEmpty)
  }

  @Test func `has a mandate by a commission in the directory as long as it says so`() async throws {
    let region = try await Region()
    let running = try region.region.agent()
    try await running.settles()
    let member = HSAIdentity("SE2321000016-31VB")
    let mandate = try #require(try await running.agent.mandate(of: member))
    #expect(mandate.scope.providers == [Region.provider] && mandate.isFromDirectory)
    let caller = try await Region.caller(member, running.agent)
    try await region.region.change(
      "SE2321000016-8F01",
      "changetype: modify\nreplace: hsaAdminCommissionMemberP\nhsaAdminCommissionMemberP: SE2321000016-31VK\n"
    )
    try await eventually("the mandate's end") { try await running.agent.mandate(of: member) == nil }
    // What was asked before is judged when it is done.
    await #expect(throws: Refusal.self) {
      try await running.ask(.reconcile(.provider(Region.provider)), as: caller)
    }
    #expect(try await running.agent.mandate(of: HSAIdentity("SE2321000016-31DB")) == nil)
  }

  @Test
  func `has the region's files speak where both do, and holds up nobody with a file that turns out wrong`()
    async throws
  {
    let region = try await Region()
    let running = try region.region.agent()
    try await running.settles()
    let caller = try await Region.caller(Region.first, running.agent)
    let number = "  - {hsaIdentity: SE2321000016-31VK, telephoneNumber: \"+46846500001\"}\n"
    let proposed = try await running.agent.propose(
      Region.upload(Region.persons(number)), named: "x.yaml", for: Region.provider, by: caller)
    _ = try await running.ask(.take(Region.provider, file: proposed.id), as: caller)
    try region.region.folder.write(
      "desired/a.yaml", LiveRegion.person("telephoneNumber: \"+46846500002\"", "SE2321000016-31VK"))
    try await running.sees("the region's number") {
      try await region.region.values("telephoneNumber", of: "SE2321000016-31VK") == ["+46846500002"]
    }
    let again = try await running.agent.propose(
      Region.upload(Region.persons(number)), named: "x.yaml", for: Region.provider, by: caller)
    #expect(again.findings.map(\.code) == ["region-speaks"] && again.plan?.isEmpty == true)
    // A file in force that is damaged on the disk: the region's go on, and it is left aside.
    try region.region.folder.write("store/providers/SE2321000016-4000/desired.yaml", "persons: [")
    try region.region.folder.write(
      "desired/a.yaml", LiveRegion.person("telephoneNumber: \"+46846500003\"", "SE2321000016-31VK"))
    try await running.sees("the region's next number") {
      try await region.region.values("telephoneNumber", of: "SE2321000016-31VK") == ["+46846500003"]
    }
  }

  @Test func `renames a unit and changes what lies in it, and the agent goes on`() async throws {
    let region = try await Region()
    let running = try region.region.agent()
    try await running.settles()
    let caller = try await Region.caller(Region.first, running.agent)
    let text =
      "units:\n  - {hsaIdentity: SE2321000016-4B02, ou: Solgläntans nya rehab}\n"
      + Region.persons("  - {hsaIdentity: SE2321000016-31WH, telephoneNumber: \"+46846500001\"}\n")
    let proposed = try await running.agent.propose(
      Region.upload(text), named: "x.yaml", for: Region.provider, by: caller)
    #expect(!proposed.findings.haveErrors, "\(proposed.findings)")
    let answer = try await running.ask(.take(Region.provider, file: proposed.id), as: caller)
    #expect(answer.exitCode == 0, "\(answer.messages)")
    #expect(try await region.region.dn(of: "SE2321000016-31WH").contains("nya rehab"))
    #expect(try await region.region.values("telephoneNumber", of: "SE2321000016-31WH") == ["+46846500001"])
    try await running.settles()
  }

  @Test func `loses nobody when the file turns out wrong, though the region says that it has all`()
    async throws
  {
    let region = try await Region()
    let all = ["31WH", "31WQ"].map { "  - {hsaIdentity: SE2321000016-\($0), title: Kurator}\n" }.joined()
    try region.region.folder.write(
      "desired/a.yaml", "complete: {kinds: [person], under: SE2321000016-4B02}\npersons:\n" + all)
    try await region.region.align()
    let running = try region.region.agent()
    try await running.settles()
    let caller = try await Region.caller(Region.first, running.agent)
    let text = Region.persons(
      "  - {hsaIdentity: SE2321000016-4P01, parent: SE2321000016-4B02, cn: Ny, givenName: Ny, sn: Ny, "
        + "fullName: Ny, startDate: 2026-01-01}\n")
    let proposed = try await running.agent.propose(
      Region.upload(text), named: "x.yaml", for: Region.provider, by: caller)
    let answer = try await running.ask(.take(Region.provider, file: proposed.id), as: caller)
    #expect(answer.exitCode == 0, "\(answer.messages)")
    try region.region.folder.write("store/providers/SE2321000016-4000/desired.yaml", "persons: [")
    try region.region.folder.write(
      "desired/a.yaml",
      "complete: {kinds: [person], under: SE2321000016-4B02}\npersons:\n"
        + all.replacing("Kurator", with: "Psykolog"))
    try await running.sees("the region's next title") {
      try await region.region.values("title", of: "SE2321000016-31WH") == ["Psykolog"]
    }
    _ = try await running.ask(.plan(.whole))
    #expect(try await region.region.values("endDate", of: "SE2321000016-4P01").isEmpty)
    #expect(try await region.region.values("fullName", of: "SE2321000016-4P01") == ["Ny"])
  }

  @Test func `approves no plan of a file that another has taken the place of`() async throws {
    let region = try await Region()
    let running = try region.region.agent()
    try await running.settles()
    let first = try await Region.caller(Region.first, running.agent)
    let second = try await Region.caller(Region.second, running.agent)
    let ends = ["31VK", "31VS", "31VB", "31W8", "31WH", "31WQ"].map {
      "  - {hsaIdentity: SE2321000016-\($0), endDate: 2026-01-31}\n"
    }.joined()
    let wrong = try await running.agent.propose(
      Region.upload(Region.persons(ends)), named: "x.yaml", for: Region.provider, by: first)
    let held = try await running.ask(.take(Region.provider, file: wrong.id), as: first)
    let code = try #require(held.code)
    // Versions are kept with whole seconds.
    let began = Date()
    try await eventually("the next second") { Date().timeIntervalSince(began) > 2 }
    let right = try await running.agent.propose(
      Region.upload("persons: []\n"), named: "y.yaml", for: Region.provider, by: first)
    _ = try await running.ask(.take(Region.provider, file: right.id), as: first)
    let answer = try? await running.ask(.approve(code), as: second)
    #expect(answer?.exitCode != 0)
    #expect(try await region.region.values("endDate", of: "SE2321000016-31VK").isEmpty)
  }
}
