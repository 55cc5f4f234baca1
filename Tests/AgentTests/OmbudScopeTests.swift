import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `What an ombud's files may write` {
  typealias Region = OmbudRegion

  /// All that the directory has beyond the care provider's own tree, and what roles make of it.
  private func beyond(_ region: LiveRegion) async throws -> [String] {
    let lines = try await region.search("(objectClass=*)", ["*"])
    var kept: [String] = []
    var isBeyond = true
    for line in lines {
      if line.hasPrefix("dn: ") {
        let name = line.lowercased()
        isBeyond = !name.contains("solgläntan vård ab") && !name.contains("ou=roller")
      }
      if isBeyond { kept.append(line) }
    }
    return kept
  }

  /// A file of rows of all sorts: own and others' entries, places, references and attributes, in any order.
  private func text(_ random: inout SeededGenerator) -> String {
    let own = ["31VK", "31VS", "31VB", "31W1", "31WH", "4P01", "4P02"]
    let others = ["31DB", "31WZ", "31X6", "31SP", "41P1", "0000"]
    let (ours, theirs) = (["4B01", "4B02"], ["4000", "4B11", "1000", "2B01"])
    // Every other file means well; of the rest each row may be anything.
    let isTame = Bool.random(using: &random)
    func pick(_ all: [String], _ random: inout SeededGenerator) -> String {
      "SE2321000016-" + (all.randomElement(using: &random) ?? "")
    }
    var used: Set<String> = []
    let rows = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ -> String? in
      let isOwn = isTame || Int.random(in: 0..<4, using: &random) > 0
      let identity = pick(isOwn ? own : others, &random)
      guard used.insert(identity).inserted else { return nil }
      let needed = [
        "parent: \(pick(isTame ? ours : ours + theirs, &random))", "sn: Prov", "givenName: Prov",
        "fullName: Prov Prov", "cn: Prov \(identity)", "startDate: 2026-01-01",
      ]
      let more = [
        "telephoneNumber: \"+4684650\(Int.random(in: 1000...9999, using: &random))\"",
        "manager: \(pick(isTame ? ["31VK", "31VS"] : own + others, &random))", "title: Sköterska",
        isTame ? "mobile: \"+46701740637\"" : "hsaResponsibleHealthCareProvider: SE2321000016-4000",
      ].filter { _ in Bool.random(using: &random) }
      let parts = identity.hasPrefix("SE2321000016-4P") || !isTame ? needed + more : more
      guard !parts.isEmpty else { return nil }
      return "  - {hsaIdentity: \(identity), \(parts.joined(separator: ", "))}"
    }
    guard !rows.isEmpty else { return "persons: []\n" }
    return "persons:\n" + rows.joined(separator: "\n") + "\n"
  }

  @Test(arguments: [1, 2]) func `is nothing beyond the care provider, whatever they say`(seed: Int)
    async throws
  {
    let region = try await Region()
    let running = try region.region.agent()
    try await running.settles()
    let before = try await beyond(region.region)
    let caller = try await Region.caller(Region.first, running.agent)
    var random = SeededGenerator(seed: UInt64(seed + 600))
    var taken = 0, refused = 0
    for step in 0..<25 {
      let text = text(&random)
      let proposed = try await running.agent.propose(
        Region.upload(text), named: "x.yaml", for: Region.provider, by: caller)
      guard !proposed.findings.haveErrors else {
        refused += 1
        continue
      }
      let identities = Set(proposed.plan?.changes.map(\.identity.text) ?? [])
      let isOwn = identities.allSatisfy {
        $0.hasPrefix("SE2321000016-31V") || $0.hasPrefix("SE2321000016-31W")
          || $0.hasPrefix("SE2321000016-4P")
      }
      try #require(isOwn, "seed \(seed) step \(step): \(identities)\n\(text)")
      _ = try await running.ask(.take(Region.provider, file: proposed.id), as: caller)
      taken += 1
    }
    // Whatever was asked before has been done.
    _ = try await running.ask(.plan(.provider(Region.provider)), as: caller)
    #expect(try await beyond(region.region) == before)
    #expect(taken > 2 && refused > 2, "\(taken) \(refused)")
  }
}
