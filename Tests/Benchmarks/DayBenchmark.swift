import Agent
import Directory
import Foundation
import LDAP
import Reconciler
import TestKit

/// An agent at work all day: how soon what changes is put right, what it costs when nothing does, and how long a
/// restart takes; beside it a slapd consumer that follows the same changes.
struct DayBenchmark {
  let region: Region
  /// How many changes of each sort are measured.
  let changes: Int
  let rounds: Int
  let hsasync: String

  /// How long after one change the next one comes: people do not change a catalogue back to back.
  private static let apart = Duration.milliseconds(100)

  func run() async throws {
    let day = try await Day(region: region, hsasync: hsasync)
    var report = Report(
      "An agent at work: \(Figure.count(region.persons)) persons, \(changes) changes of each sort",
      ["from a change to", "p50 ms", "p99 ms", "max ms"])
    let first = try await day.start()
    let watch = try await day.watch(day.server.url)
    let consumer = try await day.consumer()
    let second = try await day.watch(consumer.url)
    try await add("a slapd consumer's having it", to: &report) { number in
      try await second.wait(for: day.note(number, in: watch), by: .note)
    }
    try await add("the entry's being put right", to: &report) { number in
      try await watch.wait(for: day.drift(number), by: .telephone)
    }
    // Guards let no more be granted at one care provider within a day.
    try await add("the role's being pushed", to: &report, count: min(changes, 100)) { number in
      try await watch.wait(for: day.entitle(number), by: .role)
    }
    try await add("the entry's being as a changed file says", to: &report) { number in
      try await watch.wait(for: day.rewrite(number), by: .telephone)
    }
    consumer.stop()
    report.remark("A change comes 0.1 s after the one before has been seen.")
    print(report.text)
    try await idle(day, first)
  }

  private func add(
    _ what: String, to report: inout Report, count: Int? = nil, _ body: (Int) async throws -> Double
  ) async throws {
    var series = Series()
    // The first few warm up.
    for number in -5..<(count ?? changes) {
      try await Task.sleep(for: DayBenchmark.apart)
      let seconds = try await body(number + 5)
      if number >= 0 { series.add(seconds * 1_000) }
    }
    FileHandle.standardError.write(Data("\(what): \(Figure.text(series.percentile(0.5), 1)) ms\n".utf8))
    report.add(
      what, Figure.text(series.percentile(0.5), 1), Figure.text(series.percentile(0.99), 1),
      Figure.text(series.maximum, 1))
  }

  private func idle(_ day: Day, _ first: Double) async throws {
    var report = Report(
      "The same agent when nothing happens", ["", "min", "median", "max"])
    let (before, clock) = (try day.processor(), ContinuousClock.now)
    try await Task.sleep(for: .seconds(60))
    let share = (try day.processor() - before) / ((ContinuousClock.now - clock) / .seconds(1))
    report.add("processor, per cent of a core over 60 s", "", Figure.text(share * 100, 3), "")
    report.add("resident memory, MB", "", Figure.megabytes(try day.resident()), "")
    report.add("of that pages of the program's file, MB", "", Figure.megabytes(try day.residentOfFiles()), "")
    var restart = Series()
    for _ in 0..<rounds { restart.add(try await day.restart()) }
    report.add(
      "restart with nothing changed, s", Figure.seconds(restart.minimum), Figure.seconds(restart.median),
      Figure.seconds(restart.maximum))
    report.remark("The first start, with an empty store: \(Figure.seconds(first)) s until all was compared.")
    print(report.text)
    try day.stop()
  }
}

extension Series {
  /// The value below which a part of them lies.
  func percentile(_ part: Double) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
  }
}
