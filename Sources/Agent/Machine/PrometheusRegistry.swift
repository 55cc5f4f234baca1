import CoreMetrics
import Reconciler
import Synchronization

/// Keeps what libraries and our own modules count and time (swift-metrics), and writes it as Prometheus reads it.
package final class PrometheusRegistry: MetricsFactory {
  private enum Series {
    case number(PrometheusNumber)
    case histogram(PrometheusHistogram)
  }
  private struct Family {
    var kind: MetricName.Kind
    var series: [PrometheusLabels: Series] = [:]
  }
  private let families = Mutex([String: Family]())

  package init() {}

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    number(label, .counter, dimensions)
  }

  package func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
    -> any FloatingPointCounterHandler
  { number(label, .counter, dimensions) }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    number(label, .gauge, dimensions)
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
    -> any RecorderHandler
  {
    aggregate ? histogram(label, dimensions) : number(label, .gauge, dimensions)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(label, dimensions)
  }

  // A series is made once and stays: a counter that began anew would look like a process that did.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}

  /// Writes all that there is.
  func write(to text: inout PrometheusText) {
    let families = families.withLock { $0 }
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      text.begin(name, family.kind)
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        switch series {
        case .number(let number): text.add(labels, number.current)
        case .histogram(let histogram): text.add(labels, histogram.current)
        }
      }
    }
  }

  private func number(_ label: String, _ kind: MetricName.Kind, _ dimensions: [(String, String)])
    -> PrometheusNumber
  {
    let labels = PrometheusLabels(dimensions)
    return families.withLock { families in
      let name = PrometheusText.name(label)
      if case .number(let known)? = families[name]?.series[labels] { return known }
      let made = PrometheusNumber()
      families[name, default: Family(kind: kind)].series[labels] = .number(made)
      return made
    }
  }

  private func histogram(_ label: String, _ dimensions: [(String, String)]) -> PrometheusHistogram {
    let labels = PrometheusLabels(dimensions)
    return families.withLock { families in
      let name = PrometheusText.name(label)
      if case .histogram(let known)? = families[name]?.series[labels] { return known }
      let made = PrometheusHistogram()
      families[name, default: Family(kind: .histogram)].series[labels] = .histogram(made)
      return made
    }
  }
}
