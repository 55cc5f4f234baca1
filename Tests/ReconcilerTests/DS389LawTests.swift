import Directory
import Foundation
import LDAP
import Logging
import TestKit
import Testing

@testable import Reconciler

/// Plans what rows want against what one search of the base finds.
struct DS389Planner {
  let profile: Profile
  let management: Management
  let schema: Schema

  func plan(
    _ wanted: [Wanted], named: Bool = false, base: String, _ reader: LDAPConnection
  ) async throws -> Plan {
    let name = try DistinguishedName(parsing: base)
    var comparison = Comparison(
      desired: .wanting(wanted, named: named, base: base, profile: profile), profile: profile,
      management: management, schema: schema, base: name, instant: TestCatalogue.instant)
    let stream = reader.search(
      SearchRequest(
        base: name, scope: .subtree, filter: Comparison.filter(profile),
        attributes: Comparison.attributes(profile, management), method: .plain))
    for try await batch in stream { comparison.take(batch) }
    let outcome = try stream.outcome()
    #expect(outcome.isComplete)
    return comparison.plan(proof: TestCatalogue.proof)
  }
}

/// The laws of planning on a server that is not sent moves and renames: all else is applied, these are left, and
/// when somebody has made them by hand the next plans come to an end.
@Suite(
  .enabled("389 Directory Server is tested by make test-389ds") {
    ProcessInfo.processInfo.environment["HSASYNC_TEST_389DS"] == "1" && DirectoryServer389.isInstalled
  })
struct `The laws of planning, on 389 Directory Server` {
  static let seeds = 1...20

  @Test(.timeLimit(.minutes(10)))
  func `all but moves and renames is applied, and then these alone are left`() async throws {
    let server = try await DirectoryServer389()
    let reader = try await server.connection()
    let planner = DS389Planner(
      profile: try Catalogue.profile(), management: `The laws of planning, on a real server`.management,
      schema: try await reader.schema())
    let root = try await server.connection(server.root)
    var settings = Applier.Settings()
    settings.window = 5
    let applier = Applier(
      profile: planner.profile, settings: settings,
      logger: Logger(label: "389") { _ in SwiftLogNoOpLogHandler() }
    ) { try await server.connection() }
    var moved = 0
    for seed in Self.seeds {
      let world = RandomWorld(seed: UInt64(seed))
      let base = "ou=Värld \(seed),\(Slapd.suffix)"
      try await makeTop(base, seed, root)
      for wanted in [world.before, world.after] {
        var left = try await planner.plan(wanted, named: seed % 2 == 0, base: base, reader)
        for _ in 0..<10 where !left.changes.isEmpty {
          let plan = left
          let result = try await applier.apply(plan)
          left = try await planner.plan(wanted, named: seed % 2 == 0, base: base, reader)
          let undone = judge(result, plan, left, seed)
          moved += undone.count
          guard !undone.isEmpty else { break }
          try await `389 Directory Server`.makeByHand(undone, root)
          left = try await planner.plan(wanted, named: seed % 2 == 0, base: base, reader)
        }
        #expect(left.changes.isEmpty, "seed \(seed): \(left.changes.map(\.operation))")
      }
    }
    #expect(moved > 0)
  }

  /// Holds what became of a plan, and the plan after it, against what the server can do; gives the moves.
  private func judge(_ result: ApplyResult, _ plan: Plan, _ next: Plan, _ seed: Int) -> [Change] {
    let refused = `389 Directory Server`.refused(result, plan)
    let skipped = result.outcomes.filter { if case .skipped = $0.verdict { true } else { false } }
    let applied = result.count { $0 == .applied }
    #expect(
      applied + refused.count + skipped.count == plan.changes.count,
      "seed \(seed): \(result.outcomes.map { ($0.verdict, plan.changes[$0.change].operation) })")
    #expect(!refused.contains { !$0.isRename }, "seed \(seed)")
    #expect(!refused.isEmpty || skipped.isEmpty, "seed \(seed)")
    // What was not done is planned again, and nothing that was done.
    let open = Set(refused.map(\.identity)).union(skipped.map { plan.changes[$0.change].identity })
    #expect(Set(next.changes.map(\.identity)) == open, "seed \(seed)")
    return refused
  }

  private func makeTop(_ base: String, _ seed: Int, _ root: LDAPConnection) async throws {
    let entry = Entry(
      dn: try DistinguishedName(parsing: base),
      attributes: [
        Attribute("objectClass", ["top", "organizationalUnit", "hsaOrganizationalUnitExtension"]),
        Attribute("ou", [Value("Värld \(seed)")]), Attribute("hsaIdentity", [Value("SE2321000016-W\(seed)")]),
      ])
    let answer = try await root.perform(.add(entry))
    #expect(answer.result == .success)
  }
}
