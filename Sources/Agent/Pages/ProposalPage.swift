import Foundation

/// An uploaded file before it is in force: what is wrong with it, or what it would change.
struct ProposalPage: Page {
  /// One thing that the file was found to get wrong.
  struct Finding: Sendable {
    enum Severity: String, CaseIterable, Sendable {
      case error, warning
    }

    var severity: Severity
    /// Counted from one; absent when the finding is about the file as a whole.
    var line: Int?
    var column: Int?
    /// The line of the file.
    var excerpt: String?
    var message: String
    var advice: String?
    var code: String
    /// Whether it is said in English on a page of another language (WCAG 3.1.2).
    var isEnglish = false
  }

  var providerID: String
  var providerName: String
  var number: Int
  var fileName: String
  var at: Date
  var by: String
  var note: String?
  var findings: [Finding]
  /// What the file would change; absent when it has errors.
  var plan: PlanView?
}

extension ProposalPage {
  static let templateName = "proposal"

  func title(_ words: Words) -> String { words.proposal.title(fileName) }

  func trail(_ words: Words) -> [PageCrumb] {
    [.home(words), .provider(providerID, providerName)]
  }

  func fields(_ words: Words) -> [String: PageField] {
    let errors = findings.filter { $0.severity == .error }
    let place = PagePath.path("providers", providerID, "proposals", String(number))
    return [
      "fileName": .text(fileName),
      "at": .time(at),
      "by": .text(by),
      "note": .optional(note),
      "place": .text(place),
      "verdict": .text(words.proposal.verdict(errors.count, findings.count - errors.count)),
      "isSound": .flag(errors.isEmpty),
      "hasFindings": .flag(!findings.isEmpty),
      "findings": .groups(findings) { $0.fields(words) },
      "plan": .optional(errors.isEmpty ? plan?.fields(words) : nil),
    ]
  }
}

extension ProposalPage.Finding {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    let place = line.map { line in column.map { "\(line):\($0)" } ?? "\(line)" }
    return [
      "severity": .text(severity.rawValue),
      "word": .text(severity == .error ? words.proposal.error : words.proposal.warning),
      "sign": .text(severity == .error ? "✕" : "!"),
      "place": .optional(place),
      "line": .optional(line.map { String($0) }),
      "excerpt": .optional(excerptFields),
      "message": .text(message),
      "advice": .optional(advice),
      "isEnglish": .flag(isEnglish), "code": .text(code),
    ]
  }

  /// The line in three pieces, so that the word at the column stands out.
  private var excerptFields: [String: PageField]? {
    guard let excerpt, !excerpt.isEmpty else { return nil }
    let before = max(0, min((column ?? 1) - 1, excerpt.count))
    let rest = excerpt.dropFirst(before)
    let word = column == nil ? "" : rest.prefix { !$0.isWhitespace }
    return [
      "before": .text(String(excerpt.prefix(before))),
      "word": .optional(String(word)),
      "after": .text(String(rest.dropFirst(word.count))),
    ]
  }
}
