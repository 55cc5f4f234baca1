import Directory
import LDAP
import Reconciler

/// What the program ends with after an error, and what it says: every error there is has its line here.
struct ExitStatus {
  let code: ExitCode
  let lines: [String]

  /// `nil` for what the argument parser itself has to say.
  init?(of error: any Error) {
    switch error {
    case let end as Ended: self.init(code: end.code, lines: [])
    case let wrong as WrongFiles:
      self.init(code: wrong.code, lines: [FindingsText(wrong.findings.all).text.trimmed])
    case let refusal as Refusal: self.init(refusal)
    case let fault as OutputFault: self.init(code: fault.exitCode, lines: ["hsasync: error: \(fault)"])
    case let refusal as PlanLDIF.Refusal:
      self.init(code: refusal.obstacle.exitCode, lines: ["hsasync: refused: \(refusal)"])
    case let error as LDAPError: self.init(error)
    case is CancellationError: self.init(code: .tryAgain, lines: ["hsasync: interrupted"])
    default: return nil
    }
  }

  private init(code: ExitCode, lines: [String]) {
    self.code = code
    self.lines = lines
  }

  private init(_ refusal: Refusal) { self.init(code: refusal.exitCode, lines: refusal.lines) }

  /// The server's own words are shown on a terminal only.
  private init(_ error: LDAPError) {
    self.init(code: error.exitCode, lines: error.lines(showsDiagnostic: Terminal.showsErrors))
  }
}

/// Ends the program with a code when all that there is to say has been said.
struct Ended: Error {
  let code: ExitCode
}

/// Findings of files, with what they mean for the program's end.
struct WrongFiles: Error {
  let findings: Findings
  let code: ExitCode

  init(_ findings: Findings, _ code: ExitCode) {
    self.findings = findings
    self.code = code
  }
}

extension Plan.Obstacle {
  var exitCode: ExitCode {
    switch self {
    case .findings: .desiredStateWrong
    case .guards: .refused
    }
  }
}

extension String {
  /// Without the line break at the end.
  var trimmed: String { last == "\n" ? String(dropLast()) : self }
}
