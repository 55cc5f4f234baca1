import Foundation
import LDAP
import TestKit

@testable import Directory

extension InMemoryDirectory {
  /// A directory that holds these entries, parents first.
  static func holding(_ wanted: [Wanted]) throws -> InMemoryDirectory {
    var directory = InMemoryDirectory(schema: TestCatalogue.schema, unique: TestCatalogue.profile.unique)
    let base = try DistinguishedName(parsing: RandomWorld.base)
    try directory.load(
      Entry(
        dn: base,
        attributes: [
          Attribute("objectClass", ["top", "organization"]), Attribute("o", ["Region Exempel"]),
          Attribute("hsaIdentity", ["SE2321000016-0000"]),
        ]))
    var names = ["": base]
    var open = wanted
    while !open.isEmpty {
      let ready = open.filter { names[$0.parent] != nil }
      guard !ready.isEmpty else { throw Refusal(description: "an entry has no parent") }
      for one in ready {
        let entry = one.entry(under: names[one.parent] ?? base)
        try directory.load(entry)
        names[one.id] = entry.dn
      }
      open.removeAll { one in ready.contains { $0.id == one.id } }
    }
    return directory
  }
}

/// Plans against a directory in memory, its entries given in batches of `size` in the order given.
func makePlan(
  _ desired: DesiredState, against entries: [Entry], size: Int = 7, proof: ReadProof = TestCatalogue.proof,
  management: Management = TestCatalogue.management, scope: Comparison.Scope? = nil, history: History? = nil,
  horizon: Double? = nil, summary: DesiredSummary = DesiredSummary()
) throws -> Plan {
  var comparison = Comparison(
    desired: desired, profile: TestCatalogue.profile, management: management, schema: TestCatalogue.schema,
    base: try DistinguishedName(parsing: RandomWorld.base), instant: TestCatalogue.instant, scope: scope,
    history: history, horizon: horizon, summary: summary)
  var builder = EntryTableBuilder()
  for (index, entry) in entries.enumerated() {
    builder.append(entry)
    if index % size == size - 1 { comparison.take(builder.take()) }
  }
  comparison.take(builder.take())
  return comparison.plan(proof: proof)
}
