import Directory
import Foundation
import Logging
import Reconciler
import TestKit

/// Mixed changes applied by hsasync and by ldapmodify, on loopback and over a line that takes a millisecond each way.
struct ApplyBenchmark {
  let region: Region
  let count: Int
  let rounds: Int

  func run() async throws {
    let folder = try TemporaryFolder()
    let files = RegionFiles(region: region, folder: folder)
    let changes = RegionChanges(region, count: count)
    let server = try await PreparedServer(content: files.writeDirectory())
    try await server.keep()
    let subject = Subject(server: server, folder: folder, program: "")
    let configuration = try subject.writeConfiguration(
      desired: files.writeChanged(changes), name: "changed.yaml")
    let records = try files.writeChanges(changes)
    var report = Report(
      "\(Figure.count(changes.count)) mixed changes on \(Figure.count(region.entries)) entries, \(rounds) rounds",
      ["", "min s", "median s", "max s", "spread", "ldapmodify / hsasync"])
    for delay in [Duration.zero, .milliseconds(1)] {
      var (modify, apply, journal) = (Series(), Series(), Series())
      for _ in 0..<rounds {
        modify.add(try await server.afresh(over: delay) { try subject.modify(file: records, url: $0).wall })
        apply.add(
          try await server.afresh(over: delay) {
            let (wall, books) = try await self.apply(
              configuration, subject.environment(url: $0), expecting: changes.count)
            journal.add(books)
            return wall
          })
      }
      let line = delay == .zero ? "loopback" : "2 ms round trip"
      report.compare(("ldapmodify -c, \(line)", modify), ("hsasync, \(line)", apply))
      let share = journal.ratio(to: apply)
      report.add(
        "  of which journal and audit log, by themselves", Figure.seconds(journal.minimum),
        Figure.seconds(journal.median), Figure.seconds(journal.maximum), Figure.percent(journal.spread),
        "\(Figure.percent(share.median)) of hsasync")
    }
    report.remark("ldapmodify / hsasync: each round's by its own, min median max; above 1 hsasync is faster.")
    report.remark(
      "journal and audit log: the same changes written down once more with nothing sent; during an apply this goes "
        + "on beside the sending.")
    report.remark(
      "hsasync: the writing alone, connecting and binding included; it checks a condition with each write.")
    print(report.text)
  }

  /// The seconds that applying the plan takes, and those that writing it down takes by itself.
  private func apply(_ file: String, _ environment: [String: String], expecting count: Int) async throws
    -> (wall: Double, journal: Double)
  {
    let configuration = try Configuration.load(file, environment: environment)
    let run = Run(configuration, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    var plan = try await run.plan(asOf: Date())
    plan.guards = []  // So much at once would be asked about; what is measured here is how fast it is done.
    guard plan.changes.count == count else {
      throw Failure("the plan has \(plan.changes.count) changes and not \(count): \(plan.findings.prefix(3))")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let actor = Actor.current()
    let books = try Books.open(configuration, for: "bench", by: actor)
    let results = try await run.apply(
      plan, ApplyOrder(by: actor), in: books,
      saved: SavedPlan(bytes: [], sha256: "")
    ).compactMap(\.result)
    let result = ApplyResult(outcomes: results.flatMap(\.outcomes))
    let wall = (clock.now - start) / .seconds(1)
    let failed = result.outcomes.filter { !$0.isApplied }
    guard failed.isEmpty else {
      throw Failure("\(failed.count) changes were not applied: \(failed.prefix(3))")
    }
    return (wall, try await journal(plan, in: configuration.store + "-alone"))
  }

  /// The seconds that store and audit log take for a plan, in the batches that an apply makes.
  private func journal(_ plan: Plan, in folder: String) async throws -> Double {
    let store = try Store.open(folder)
    let audit = try AuditLog.open(folder: folder + "/audit")
    let run = NewRun(of: plan, digest: plan.digest.hex, by: .current(), at: Date())
    let journal = try Journal.begin(run, of: plan, store: store, audit: audit)
    let clock = ContinuousClock()
    let start = clock.now
    var rest = plan.changes[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Journal.batch)
      rest = rest.dropFirst(Journal.batch)
      try await journal.intend(batch.map { Intent($0) })
      for change in batch {
        await journal.settled(Settlement(change, Outcome(change: change.id, .applied, attempts: 1)))
      }
    }
    try await journal.flush()
    return (clock.now - start) / .seconds(1)
  }
}
