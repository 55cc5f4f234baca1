import ArgumentParser
import Foundation
import TestKit

/// Measures what hsasync costs beside the tools that everybody has, and prints tables that a person reads.
///
/// A benchmark never asserts: the machines are noisy, and whoever reads the tables judges.
@main
struct Benchmark: AsyncParsableCommand {
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case plan, apply, push, ldif, roles, day, growth, ombud
  }

  static let configuration = CommandConfiguration(
    commandName: "hsasync-bench",
    abstract: "Measures hsasync beside ldapsearch and ldapmodify, on a private slapd with a made-up region.",
    discussion: """
      Everything lies in temporary folders that are gone afterwards, with the servers. A region of 100,000 persons
      takes about half a GB there. The entries follow from the seed: the same in every run.
      """)

  @Option(help: "Persons in the region; one entry in ten more is a unit, a function or a commission.")
  var persons = 10_000

  @Option(help: "How often each figure is measured; what is compared takes turns.")
  var rounds = 5

  @Option(
    help: ArgumentHelp(
      "Only one of: \(Part.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "part"))
  var only: [Part] = []

  @Option(help: "How many changes are applied.")
  var changes = 1_000

  @Option(help: "Where the made-up region begins.")
  var seed = 1

  @Option(help: "The hsasync that is measured; by default the one beside this program.")
  var hsasync: String?

  mutating func validate() throws {
    guard persons >= 1_000 else { throw ValidationError("--persons is at least 1000.") }
    guard rounds >= 1, changes >= 1 else { throw ValidationError("--rounds and --changes are at least 1.") }
  }

  func run() async throws {
    let program = try hsasync ?? Machine.sibling("hsasync")
    print(Machine.facts)
    // The parts that weigh other processes come first: what this one has grown to would show in their figures.
    if wants(.plan) {
      try await PlanBenchmark(region: region(persons), rounds: rounds, hsasync: program).run()
    }
    if wants(.growth) {
      try await GrowthBenchmark(sizes: [persons / 10, persons], seed: seed, rounds: rounds, hsasync: program)
        .run()
    }
    if wants(.day) {
      try await DayBenchmark(region: region(persons), changes: 200, rounds: rounds, hsasync: program).run()
    }
    if wants(.ombud) {
      try await OmbudBenchmark(region: region(persons), rounds: rounds, hsasync: program).run()
    }
    if wants(.apply) {
      try await ApplyBenchmark(region: region(min(persons, 20_000)), count: changes, rounds: rounds).run()
    }
    if wants(.push) { try await PushBenchmark(region: region(min(persons, 10_000)), rounds: rounds).run() }
    if wants(.ldif) { try await LibraryBenchmark(region: region(persons), rounds: rounds).run() }
    if wants(.roles) {
      try RoleBenchmark(region: region(persons), memberships: persons / 5, rounds: rounds).run()
    }
  }

  private func wants(_ part: Part) -> Bool { only.isEmpty || only.contains(part) }
  private func region(_ persons: Int) -> Region { Region(persons: persons, seed: seed) }
}
