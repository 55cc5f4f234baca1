import Directory
import Foundation
import LDAP
import Logging
import TestKit
import Testing

@testable import Reconciler

/// The main job against a server that has no assertion control (RFC 4528), no content sync and no CSN: `make test-389ds`.
@Suite(
  .enabled("389 Directory Server is tested by make test-389ds") {
    ProcessInfo.processInfo.environment["HSASYNC_TEST_389DS"] == "1" && DirectoryServer389.isInstalled
  })
struct `389 Directory Server` {
  static let logger = Logger(label: "389") { _ in SwiftLogNoOpLogHandler() }

  static func configuration(_ server: DirectoryServer389) throws -> Configuration {
    try server.folder.write("credentials/ldap", server.password(of: "agent"))
    return try Configuration.load(
      Repository.path("conf/hsasync.yaml"),
      environment: [
        "HSASYNC_URL": server.ldapi, "CREDENTIALS_DIRECTORY": server.folder.path("credentials"),
        "STATE_DIRECTORY": server.folder.path("store"),
      ])
  }

  static func run(_ server: DirectoryServer389) throws -> Run {
    Run(try configuration(server), logger: logger)
  }

  /// What is not sent to this server, and what comes after it.
  static func refused(_ result: ApplyResult, _ plan: Plan) -> [Change] {
    result.outcomes.filter { if case .refused = $0.verdict { true } else { false } }.map {
      plan.changes[$0.change]
    }
  }

  /// Makes a change as the operator does who has looked at it.
  static func makeByHand(_ changes: [Change], _ root: LDAPConnection) async throws {
    for change in changes {
      let answer = try await root.perform(change.operation)
      #expect(answer.result == .success, "\(change.operation): \(answer)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `the sample region is in agreement when moves and renames have been made by hand`() async throws {
    let server = try await DirectoryServer389(.region)
    let root = try await server.connection(server.root)
    let run = try Self.run(server)
    var plan = try await run.plan(asOf: Date())
    #expect(plan.proof.isComplete && plan.proof.method == .search, "\(plan.proof)")
    #expect(plan.findings.map(\.code) == ["no-assertion-control"])
    let actions = Set(plan.changes.map(\.action))
    #expect(actions == [.create, .update, .move, .rename, .reactivate, .deactivate])
    var rounds = 0
    while !plan.changes.isEmpty, rounds < 10 {
      rounds += 1
      let result = try await run.apply(plan)
      let refused = Self.refused(result, plan)
      for outcome in result.outcomes {
        switch outcome.verdict {
        case .applied: #expect(!plan.changes[outcome.change].isRename)
        case .refused(let reason):
          #expect(reason == .renameWithoutAssertion && plan.changes[outcome.change].isRename)
        case .skipped: #expect(!refused.isEmpty)
        default: Issue.record("\(outcome.verdict): \(plan.changes[outcome.change].operation)")
        }
      }
      #expect(plan.changes.filter(\.isRename).isEmpty == refused.isEmpty)
      try await Self.makeByHand(refused, root)
      plan = try await run.plan(asOf: Date())
    }
    #expect(plan.changes.isEmpty && plan.findings.isEmpty, "\(plan.changes.map(\.operation))")
    #expect(rounds > 0 && rounds < 10)
  }

  @Test(.timeLimit(.minutes(10)))
  func `reads the same by one search and by pages, and pages where a search is limited`() async throws {
    let server = try await DirectoryServer389(.region)
    let configuration = try Self.configuration(server)
    let plain = try await `Reading the directory`.read(configuration)
    #expect(plain.proof.method == .search && plain.proof.isComplete, "\(plain.proof)")
    #expect(plain.proof.entries > 100)
    let paged = try await `Reading the directory`.read(configuration, ways: [.paged(7)])
    #expect(paged.proof.method == .pagedSearch && paged.proof.isComplete, "\(paged.proof)")
    #expect(paged.entries == plain.entries)
    try await server.limitAgent(to: 50, pages: 50)
    let short = try await `Reading the directory`.read(configuration)
    #expect(short.proof.entries == 50 && !short.proof.isComplete)
    try await server.limitAgent(to: 50, pages: -1)
    let limited = try await `Reading the directory`.read(configuration)
    #expect(limited.proof.method == .pagedSearch && limited.proof.isComplete, "\(limited.proof)")
    #expect(limited.entries == plain.entries)
  }

  @Test(.timeLimit(.minutes(10)))
  func `is told to be a lesser server, not a wrong one`() async throws {
    let server = try await DirectoryServer389(.region)
    let check = try await Self.run(server).checkServer()
    let bad = check.items.filter { $0.verdict == .bad }
    #expect(bad.isEmpty, "\(bad.map(\.text))")
    let degraded = check.items.filter { $0.verdict == .degraded }.map(\.text).joined(separator: "\n")
    for lack in ["no assertion (RFC 4528)", "no content sync", "no entryCSN", "no contextCSN"] {
      #expect(degraded.contains(lack), "\(degraded)")
    }
    #expect(check.items.contains { $0.text.contains("attributes may be written") })
    #expect(check.items.contains { $0.text.hasPrefix("the server's clock ") && $0.verdict == .good })
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      ("mail", "annan@regionexempel.example", "ny@regionexempel.example"),
      ("facsimileTelephoneNumber", "+46 8 465 00 03", "+46 8 465 00 02"),
    ])
  func `what somebody changed since the plan is left alone`(
    attribute: String, theirs: String, wanted: String
  ) async throws {
    let server = try await DirectoryServer389(.text(Self.content))
    let root = try await server.connection(server.root)
    let dn = try DistinguishedName(parsing: "cn=Reception,\(Slapd.suffix)")
    func values() async throws -> [Value] {
      try await root.entry(dn, attributes: [attribute])?[attribute] ?? []
    }
    func set(_ values: [Value]) async throws {
      let answer = try await root.perform(.modify(dn, [Modification(.replace, attribute, values)]))
      #expect(answer.result == .success)
    }
    let reception = Wanted(
      kind: .function, id: "SE2321000016-F1", parent: "", name: "Reception", attributes: [attribute: [wanted]]
    )
    let agent = try await server.connection()
    let planner = DS389Planner(
      profile: try Catalogue.profile(),
      management: Management([.function: KindManagement(absent: .keep, own: [attribute])]),
      schema: try await agent.schema())
    let plan = try await planner.plan([reception], base: Slapd.suffix, agent)
    #expect(plan.changes.map(\.action) == [.update])
    let applier = Applier(profile: planner.profile, logger: Self.logger) { try await server.connection() }
    let before = try await values()
    try await set([Value(theirs)])
    let stale = try await applier.apply(plan)
    #expect(stale.outcomes.map(\.verdict) == [.stale(.changed)])
    #expect(try await values() == [Value(theirs)])
    try await set(before)
    let applied = try await applier.apply(plan)
    #expect(applied.outcomes.map(\.verdict) == [.applied])
    #expect(applied.outcomes[0].notes.contains(.checkedByReading))
    #expect(try await values() == [Value(wanted)])
  }

  private static let content = """
    dn: c=SE
    objectClass: country
    c: SE

    dn: o=Region Exempel,c=SE
    objectClass: organization
    objectClass: hsaOrganizationExtension
    o: Region Exempel
    hsaIdentity: SE2321000016-1000

    dn: cn=Reception,o=Region Exempel,c=SE
    objectClass: organizationalRole
    objectClass: hsaRoleExtension
    cn: Reception
    hsaIdentity: SE2321000016-F1
    mail: gammal@regionexempel.example
    facsimileTelephoneNumber: +46 8 465 00 01

    """
}
