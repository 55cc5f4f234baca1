/// What ten times the persons cost.
struct GrowthBenchmark {
  let sizes: [Int]
  let seed: Int
  let rounds: Int
  let hsasync: String

  func run() async throws {
    var report = Report(
      "Growth of a cold plan with nothing to do, \(rounds) rounds",
      ["persons", "min s", "median s", "max s", "s per 100,000 entries", "peak MB"])
    var rates: [Double] = []
    for size in sizes {
      let region = Region(persons: size, seed: seed)
      let result = try await PlanBenchmark(region: region, rounds: rounds, hsasync: hsasync).measure()
      // The least of the rounds: what else runs on the machine only ever adds.
      rates.append(result.plan.minimum / Double(region.entries) * 100_000)
      report.add(
        Figure.count(size), Figure.seconds(result.plan.minimum), Figure.seconds(result.plan.median),
        Figure.seconds(result.plan.maximum), Figure.seconds(rates[rates.count - 1]),
        Figure.megabytes(result.peak))
    }
    if let first = rates.first, let last = rates.last {
      report.remark(
        "per entry the largest costs \(Figure.ratio(last / first)) of the smallest (1: linear); by the largest, "
          + "700,000 persons would take \(Figure.seconds(last * 7.7)) s")
    }
    print(report.text)
  }
}
