import CoreMetrics
import Synchronization

/// Labels of a series, sorted by name.
struct PrometheusLabels: Hashable, Comparable, Sendable {
  private let pairs: [Pair]

  private struct Pair: Hashable, Comparable {
    var name: String
    var value: String
    static func < (left: Pair, right: Pair) -> Bool { (left.name, left.value) < (right.name, right.value) }
  }

  init(_ dimensions: [(String, String)]) {
    pairs = dimensions.map { Pair(name: PrometheusText.name($0.0), value: $0.1) }.sorted()
  }

  static func < (left: PrometheusLabels, right: PrometheusLabels) -> Bool {
    left.pairs.lexicographicallyPrecedes(right.pairs)
  }

  /// `{name="value",...}`; nothing when there are none.
  func text(and more: (String, String)? = nil) -> String {
    let all = pairs.map { ($0.name, $0.value) } + (more.map { [$0] } ?? [])
    guard !all.isEmpty else { return "" }
    return "{" + all.map { "\($0)=\"\(PrometheusText.escaped($1))\"" }.joined(separator: ",") + "}"
  }
}

/// A number that is set, or grows.
final class PrometheusNumber: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
  private let value = Mutex(0.0)

  var current: Double { value.withLock { $0 } }

  func increment(by amount: Int64) { increment(by: Double(amount)) }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func reset() { value.withLock { $0 = 0 } }
  func set(_ number: Int64) { set(Double(number)) }
  func set(_ number: Double) { value.withLock { $0 = number } }
  func record(_ number: Int64) { set(Double(number)) }
  func record(_ number: Double) { set(number) }
}

/// How often something took how long, in fixed classes.
final class PrometheusHistogram: TimerHandler, RecorderHandler {
  /// The upper bounds, in seconds: from what a directory on the same machine needs to what a deadline allows.
  static let bounds = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]

  struct Reading: Sendable {
    /// How many were at most as long as the bound at the same place.
    var counts = [Int](repeating: 0, count: PrometheusHistogram.bounds.count)
    var count = 0
    var sum = 0.0
  }
  private let reading = Mutex(Reading())

  var current: Reading { reading.withLock { $0 } }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
  func record(_ number: Int64) { record(Double(number)) }

  func record(_ number: Double) {
    reading.withLock { reading in
      reading.count += 1
      reading.sum += number
      for index in Self.bounds.indices where number <= Self.bounds[index] { reading.counts[index] += 1 }
    }
  }
}
