import Directory
import LDAP
import Reconciler

/// Why a request was not done, as RFC 9457 writes it, with what a command ends with and what to do.
package struct ControlProblem: Hashable, Sendable, Codable {
  /// The media type.
  static let mediaType = "application/problem+json"
  /// `urn:hsasync:refusal:` and the code.
  package var type: String
  /// The status in words.
  package var title: String
  package var status: Int
  /// One sentence, no full stop; nobody's data.
  package var detail: String
  /// ``Refusal/Code`` by name.
  package var code: String
  /// What a command ends with.
  package var exitCode: Int32
  package var advice: String?
  package var findings: [ControlFinding]?

  init(_ refusal: Refusal, status: ControlStatus? = nil) {
    let status = status ?? ControlStatus(refusal)
    type = "urn:hsasync:refusal:\(refusal.code.rawValue)"
    title = status.title
    self.status = status.rawValue
    detail = refusal.message
    code = refusal.code.rawValue
    exitCode = refusal.exitCode.rawValue
    advice = refusal.advice
    findings = refusal.findings.isEmpty ? nil : refusal.findings.map(ControlFinding.init)
  }

  /// As it was before it was written; what a newer agent alone knows becomes `failed`.
  package var refusal: Refusal {
    Refusal(
      Refusal.Code(rawValue: code) ?? .failed, ExitCode(rawValue: exitCode) ?? .someFailed, detail,
      advice: advice, findings: findings?.map(\.finding) ?? [])
  }
}

/// The statuses of problems (RFC 9110 section 15).
enum ControlStatus: Int, CaseIterable, Hashable, Sendable {
  case badRequest = 400
  case forbidden = 403
  case notFound = 404
  case conflict = 409
  case preconditionFailed = 412
  case contentTooLarge = 413
  case unsupportedMediaType = 415
  case unprocessable = 422
  case tooManyRequests = 429
  case failed = 500
  case unavailable = 503

  var title: String {
    switch self {
    case .badRequest: "Bad Request"
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .conflict: "Conflict"
    case .preconditionFailed: "Precondition Failed"
    case .contentTooLarge: "Content Too Large"
    case .unsupportedMediaType: "Unsupported Media Type"
    case .unprocessable: "Unprocessable Content"
    case .tooManyRequests: "Too Many Requests"
    case .failed: "Internal Server Error"
    case .unavailable: "Service Unavailable"
    }
  }

  /// By the code where that says more than what a command ends with.
  init(_ refusal: Refusal) {
    self =
      switch refusal.code {
      case .tooManyRequests: .tooManyRequests
      case .keyUsed: .unprocessable
      case .requestUnknown, .runUnknown, .planUnknown: .notFound
      default: ControlStatus(refusal.exitCode)
      }
  }

  private init(_ exitCode: ExitCode) {
    self =
      switch exitCode {
      case .usage: .badRequest
      case .notPermitted: .forbidden
      case .refused: .conflict
      case .stalePlan: .preconditionFailed
      case .desiredStateWrong, .configurationWrong: .unprocessable
      case .tryAgain, .directoryUnavailable: .unavailable
      case .done, .someFailed, .changesWaiting: .failed
      }
  }
}

/// A finding as the socket carries it.
package struct ControlFinding: Hashable, Sendable, Codable {
  package struct Position: Hashable, Sendable, Codable {
    package var file: String
    package var line: Int
    package var column: Int

    init(_ position: SourcePosition) {
      (file, line, column) = (position.file, position.line, position.column)
    }
    var position: SourcePosition { SourcePosition(file: file, line: line, column: column) }
  }
  package var code: String
  package var severity: Finding.Severity
  package var position: Position?
  package var other: Position?
  package var subject: HSAIdentity?
  package var message: String
  package var advice: String?

  init(_ finding: Finding) {
    code = finding.code
    severity = finding.severity
    position = finding.position.map(Position.init)
    other = finding.other.map(Position.init)
    subject = finding.subject
    message = finding.message
    advice = finding.advice
  }

  var finding: Finding {
    Finding(
      code, severity, at: position?.position, and: other?.position, subject: subject, message, advice: advice)
  }
}

extension Refusal {
  /// What any error says to whoever asked: never a server's own words, and to a delegated administrator, who has another
  /// employer, nothing of the region's servers and accounts.
  init(telling error: any Error, isOutsider: Bool = false) {
    switch error {
    case let refusal as Refusal: self = refusal
    case _ where isOutsider: self.init(toOutsiders: error)
    case let error as LDAPError:
      self.init(
        .directoryFailed, error.exitCode, error.description, advice: error.advice)
    case is CancellationError:
      self.init(
        .agentUnavailable, .tryAgain, "the agent stopped before the request was done",
        advice: "see `hsasync runs` for what was done, then ask again")
    default:
      self.init(
        .failed, .someFailed, "the request failed for a reason that is not known",
        advice: "see the agent's log (`journalctl -u hsasync`)")
    }
  }

  private init(toOutsiders error: any Error) {
    let advice = "ask again in a while; if it stays so, tell the region's administrators when it was"
    switch error {
    case let error as LDAPError:
      self.init(
        .directoryFailed, error.exitCode, "the directory could not be read or written", advice: advice)
    case is CancellationError:
      self.init(
        .agentUnavailable, .tryAgain, "the agent stopped before the request was done",
        advice: "look at the care provider's history for what was done, then ask again")
    default:
      self.init(.failed, .someFailed, "the request failed for a reason that is not known", advice: advice)
    }
  }
}
