import Directory
import Reconciler
import TestKit

/// A cold `hsasync plan` with nothing to do, beside a paged ldapsearch of the same entries and attributes.
struct PlanBenchmark {
  let region: Region
  let rounds: Int
  let hsasync: String

  struct Result {
    var search = Series()
    var plan = Series()
    var peak: Double?
    var searchPeak: Double?
    var processor = Series()
  }

  func run() async throws {
    let result = try await measure()
    var report = Report(
      "A cold plan with nothing to do: \(Figure.count(region.persons)) persons, "
        + "\(Figure.count(region.entries)) entries, \(rounds) rounds",
      ["", "min s", "median s", "max s", "spread", "x ldapsearch", "peak MB"])
    report.add(
      "ldapsearch -E pr=1000/noprompt", Figure.seconds(result.search.minimum),
      Figure.seconds(result.search.median),
      Figure.seconds(result.search.maximum), Figure.percent(result.search.spread), "1",
      Figure.megabytes(result.searchPeak))
    let ratio = result.plan.ratio(to: result.search)
    report.add(
      "hsasync plan", Figure.seconds(result.plan.minimum), Figure.seconds(result.plan.median),
      Figure.seconds(result.plan.maximum), Figure.percent(result.plan.spread),
      "\(Figure.ratio(ratio.minimum)) \(Figure.ratio(ratio.median)) \(Figure.ratio(ratio.maximum))",
      Figure.megabytes(result.peak))
    report.remark(
      "x ldapsearch: each round's plan by its own round's search, min median max; "
        + "hsasync's processor time: \(Figure.seconds(result.processor.median)) s")
    print(report.text)
  }

  /// One round in which both warm up, then as many as were asked for.
  func measure() async throws -> Result {
    let folder = try TemporaryFolder()
    let files = RegionFiles(region: region, folder: folder)
    let server = try await PreparedServer(content: files.writeDirectory())
    let subject = Subject(server: server, folder: folder, program: hsasync)
    let configuration = try subject.writeConfiguration(desired: files.writeDesired(), name: "hsasync.yaml")
    try await server.start()
    defer { server.stop() }
    let attributes = try Subject.attributes(configuration, subject.environment(url: server.url))
    var result = Result()
    for round in 0...rounds {
      let search = try subject.search(attributes)
      let plan = try subject.plan(configuration: configuration)
      guard round > 0 else { continue }
      result.search.add(search.wall)
      result.plan.add(plan.wall)
      result.processor.add(plan.processor)
      result.peak = [result.peak, plan.peak].compactMap(\.self).max()
      result.searchPeak = [result.searchPeak, search.peak].compactMap(\.self).max()
    }
    return result
  }
}

extension Subject {
  /// What a plan with this configuration asks the server for.
  static func attributes(_ configuration: String, _ environment: [String: String]) throws -> [String] {
    let loaded = try Configuration.load(configuration, environment: environment)
    return Comparison.attributes(loaded.profile, loaded.management)
  }
}
