import Directory
import LDAP
import Metrics

/// Counts and times what this module does, for whatever backend the process has set up (`MetricsSystem`); none: nothing.
enum Measures {
  /// Counts what an audit record tells: the figures are the log's.
  static func count(_ event: AuditEvent) {
    switch event.name {
    case .outcome, .recovered:
      guard let kind = event.kind, let action = event.action, let outcome = event.word("outcome") else {
        return
      }
      increment(
        .changes, [("kind", kind.rawValue), ("action", action.rawValue), ("outcome", outcome)])
    case .roleOutcome:
      guard let target = event.word("target"), let direction = event.word("direction"),
        let outcome = event.word("outcome")
      else { return }
      increment(.roleChanges, [("target", target), ("direction", direction), ("outcome", outcome)])
    case .requested:
      if let request = event.word("request") { increment(.requests, [("request", request)]) }
    default: break
    }
  }

  /// Times an operation of the directory's.
  @Sendable static func ldap(_ operation: OperationTime) {
    // Content sync goes on for as long as the connection does: how long says nothing.
    guard operation.name != "sync" else { return }
    Timer(
      label: MetricName.ldap.rawValue,
      dimensions: [("operation", operation.name), ("result", operation.result?.name ?? "failed")]
    ).recordNanoseconds(operation.duration.wholeNanoseconds)
  }

  private static func increment(_ name: MetricName, _ dimensions: [(String, String)]) {
    Counter(label: name.rawValue, dimensions: dimensions).increment()
  }
}

extension AuditEvent {
  fileprivate func word(_ member: String) -> String? {
    if case .string(let text)? = fields[member] { text } else { nil }
  }
}

extension Duration {
  fileprivate var wholeNanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
