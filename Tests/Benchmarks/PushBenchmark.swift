import Directory
import Foundation
import Logging
import Reconciler
import TestKit

/// A role that everybody gets, pushed to an attribute by hsasync and by ldapmodify.
struct PushBenchmark {
  let region: Region
  let rounds: Int

  private static let role = "Bench;Jour"

  func run() async throws {
    let folder = try TemporaryFolder()
    let files = RegionFiles(region: region, folder: folder)
    let server = try await PreparedServer(content: files.writeDirectory())
    try await server.keep()
    let subject = Subject(server: server, folder: folder, program: "")
    let configuration = try subject.writeConfiguration(desired: files.writeDesired(), name: "push.yaml")
    let text = try String(contentsOfFile: configuration, encoding: .utf8)
    try folder.write(
      "push.yaml", text + Subject.roles(Self.role, to: "(hsaIdentity=*)", in: folder))
    let (records, count) = try files.writeGrants(Self.role)
    var (modify, push) = (Series(), Series())
    for _ in 0..<rounds {
      modify.add(try await server.afresh { try subject.modify(file: records, url: $0).wall })
      push.add(
        try await server.afresh {
          try await self.push(configuration, subject.environment(url: $0), expecting: count)
        })
    }
    show(modify, push, count)
  }

  private func show(_ modify: Series, _ push: Series, _ count: Int) {
    var report = Report(
      "\(Figure.count(count)) roles pushed to an attribute, \(rounds) rounds",
      ["", "min s", "median s", "max s", "spread", "ldapmodify / hsasync"])
    report.compare(("ldapmodify -c", modify), ("hsasync", push))
    report.remark(
      "hsasync: the pushing, with the second look at entries and target that comes before anything is given.")
    print(report.text)
  }

  /// The seconds that the push takes.
  private func push(_ file: String, _ environment: [String: String], expecting count: Int) async throws
    -> Double
  {
    let configuration = try Configuration.load(file, environment: environment)
    let run = Run(configuration, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    let actor = Actor.current()
    let books = try Books.open(configuration, for: "bench", by: actor)
    let now = Date()
    var (plan, forecast) = try await run.planRoles(asOf: now, history: try books.store.history(at: now))
    plan.guards = []  // So much at once would be asked about; what is measured here is how fast it is done.
    let clock = ContinuousClock()
    let start = clock.now
    let applied = try await run.apply(
      plan, ApplyOrder(by: actor), in: books, saved: SavedPlan(bytes: [], sha256: ""), forecast: forecast)
    let wall = (clock.now - start) / .seconds(1)
    let given = applied.compactMap(\.roles).flatMap(\.outcomes).count { $0.verdict == .applied }
    guard given == count else {
      throw Failure("\(given) of \(count) roles were given: \(plan.findings.prefix(3))")
    }
    return wall
  }
}
