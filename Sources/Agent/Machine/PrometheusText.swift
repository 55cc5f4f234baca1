import Foundation
import Reconciler

/// Figures as Prometheus reads them (text exposition format 0.0.4).
struct PrometheusText {
  static let mediaType = "text/plain; version=0.0.4; charset=utf-8"
  private(set) var text = ""
  private var family = ""

  /// Begins a family; what is added from here on belongs to it.
  mutating func begin(_ name: String, _ kind: MetricName.Kind) {
    family = name
    if let help = MetricName(rawValue: name)?.help { text += "# HELP \(name) \(help)\n" }
    text += "# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func add(_ labels: PrometheusLabels, _ value: Double) {
    text += "\(family)\(labels.text()) \(Self.number(value))\n"
  }

  mutating func add(_ labels: PrometheusLabels, _ reading: PrometheusHistogram.Reading) {
    for (bound, count) in zip(PrometheusHistogram.bounds, reading.counts) {
      text += "\(family)_bucket\(labels.text(and: ("le", Self.number(bound)))) \(count)\n"
    }
    text += "\(family)_bucket\(labels.text(and: ("le", "+Inf"))) \(reading.count)\n"
    text += "\(family)_sum\(labels.text()) \(Self.number(reading.sum))\n"
    text += "\(family)_count\(labels.text()) \(reading.count)\n"
  }

  /// A family of its own, of one series for each value; none where there is none.
  mutating func gauge(_ name: MetricName, _ values: [(labels: [(String, String)], value: Double)]) {
    guard !values.isEmpty else { return }
    begin(name.rawValue, name.kind)
    for (labels, value) in values.map({ (PrometheusLabels($0.labels), $0.value) }).sorted(by: { $0.0 < $1.0 })
    {
      add(labels, value)
    }
  }

  mutating func gauge(_ name: MetricName, _ value: Double?) {
    if let value { gauge(name, [([], value)]) }
  }

  mutating func gauge(_ name: MetricName, _ instant: Date?) { gauge(name, instant?.timeIntervalSince1970) }

  /// A name as the format allows it: other libraries write dots and hyphens.
  static func name(_ text: String) -> String {
    let letters = text.unicodeScalars.map { scalar in
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        || scalar == "_"
        ? Character(scalar) : "_"
    }
    return (letters.first?.isNumber == true ? "_" : "") + String(letters)
  }

  static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}
