import Directory
import Foundation
import LDAP
import Logging
import TestKit
import Testing

@testable import Reconciler

/// The laws of planning over random worlds, each made, changed and read back on a real server as the agent.
@Suite struct `The laws of planning, on a real server` {
  static let seeds = Seeds.first(40).map { Int($0) }

  let profile: Profile
  static let management = Management([
    .unit: KindManagement(absent: .keep, own: ["ou", "telephoneNumber"]),
    .person: KindManagement(
      absent: .keep, own: ["sn", "mail", "title", "telephoneNumber", "endDate"], create: ["fullName", "cn"]),
    .commission: KindManagement(absent: .keep, own: ["cn", "hsaCommissionPurpose", "hsaCommissionMember"]),
  ])

  init() throws {
    let path = Repository.path("conf/profiles/hsa.yaml")
    profile = try Profile(parsing: String(contentsOfFile: path, encoding: .utf8), file: path)
  }

  @Test func `what was applied reads back as desired, and nothing is left to do`() async throws {
    let slapd = try await Slapd()
    let reader = try await slapd.connection()
    let admin = try await slapd.connection(slapd.admin)
    let schema = try await reader.schema()
    let applier = Applier(profile: profile, logger: Logger(label: "test")) {
      try await slapd.connection()
    }
    let store = try Store.open(slapd.folder.path("store"))
    for seed in Self.seeds {
      let world = RandomWorld(seed: UInt64(seed))
      let base = "ou=Värld \(seed),\(Slapd.suffix)"
      try await makeTop(base, seed, admin)
      for wanted in [world.before, world.after] {
        let desired = DesiredState.wanting(wanted, named: seed % 2 == 0, base: base, profile: profile)
        let first = try await plan(desired, base, reader, schema)
        let result = try await applier.apply(first, store: store)
        let refused = result.outcomes.filter { !$0.isApplied }.map {
          ($0.verdict, first.changes[$0.change].operation)
        }
        #expect(refused.isEmpty, "seed \(seed): \(refused)")
        let second = try await plan(desired, base, reader, schema)
        #expect(second.changes.isEmpty, "seed \(seed): \(second.changes.map(\.operation))")
        #expect(second.unchanged + second.findings.count >= wanted.count, "seed \(seed)")
      }
    }
  }

  private func makeTop(_ base: String, _ seed: Int, _ admin: LDAPConnection) async throws {
    let entry = Entry(
      dn: try DistinguishedName(parsing: base),
      attributes: [
        Attribute("objectClass", ["top", "organizationalUnit", "hsaOrganizationalUnitExtension"]),
        Attribute("ou", [Value("Värld \(seed)")]), Attribute("hsaIdentity", [Value("SE2321000016-W\(seed)")]),
      ])
    let answer = try await admin.perform(.add(entry))
    #expect(answer.result == .success)
  }

  private func plan(_ desired: DesiredState, _ base: String, _ reader: LDAPConnection, _ schema: Schema)
    async throws -> Plan
  {
    let name = try DistinguishedName(parsing: base)
    var comparison = Comparison(
      desired: desired, profile: profile, management: Self.management, schema: schema, base: name,
      instant: TestCatalogue.instant)
    let stream = reader.search(
      SearchRequest(
        base: name, scope: .subtree, filter: Comparison.filter(profile),
        attributes: Comparison.attributes(profile, Self.management), method: .contentSync()))
    for try await batch in stream { comparison.take(batch) }
    let outcome = try stream.outcome()
    #expect(outcome.isComplete)
    return comparison.plan(proof: TestCatalogue.proof)
  }
}
