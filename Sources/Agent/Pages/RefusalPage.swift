/// A page instead of the one that was asked for, with what to do about it.
struct RefusalPage: Page {
  /// Why there is no other page.
  enum Reason: String, CaseIterable, Sendable {
    case noCertificate, revoked, wrongCard, noMandate, sessionEnded
    case notFound, conflict, tooLarge, unprocessable, tooManyRequests, failure

    /// The status of the answer.
    var status: Int {
      switch self {
      case .noCertificate, .sessionEnded: 401
      case .revoked, .wrongCard, .noMandate: 403
      case .notFound: 404
      case .conflict: 409
      case .tooLarge: 413
      case .unprocessable: 422
      case .tooManyRequests: 429
      case .failure: 500
      }
    }
  }

  var reason: Reason
  /// What is particular to this case.
  var detail: String?
  /// What support can find it by in the log.
  var reference: String?
}

extension RefusalPage {
  static let templateName = "refusal"

  func title(_ words: Words) -> String { words.refusal.saying(for: reason).title }

  func trail(_ words: Words) -> [PageCrumb] { [] }

  func fields(_ words: Words) -> [String: PageField] {
    let saying = words.refusal.saying(for: reason)
    return [
      "status": .number(reason.status),
      "sentence": .text(saying.sentence),
      "advice": .text(saying.advice),
      "detail": .optional(detail),
      "reference": .optional(reference),
      "isReadable": .flag(![.noCertificate, .revoked, .noMandate].contains(reason)),
    ]
  }
}
