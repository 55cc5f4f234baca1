import Foundation

/// A request to the agent: how far it has come, and how it ended.
struct RequestPage: Page {
  enum State: String, CaseIterable, Sendable {
    case queued, running, done, waits, refused

    /// Whether nothing more will happen by itself.
    var isOver: Bool { self == .done || self == .waits || self == .refused }
  }

  /// How one change went.
  struct Outcome: Sendable {
    enum Kind: String, CaseIterable, Sendable {
      case applied, unchanged, skipped, failed
    }

    var number: Int
    var entry: String
    var kind: Kind
    var detail: String?
  }

  var id: String
  var providerID: String
  var providerName: String
  /// What was asked, in a few words.
  var what: String
  var by: String
  var at: Date
  var state: State
  /// What the agent has told so far.
  var lines: [String]
  /// How it ended in one sentence; absent until then.
  var result: String?
  var outcomes: [Outcome]
  /// Whether what the agent has told is in English on a page of another language (WCAG 3.1.2).
  var isEnglish = false
  /// The code of the plan that waits for somebody's approval now.
  var held: String?
}

extension RequestPage {
  static let templateName = "request"

  func title(_ words: Words) -> String { what }

  func trail(_ words: Words) -> [PageCrumb] {
    [.home(words), .provider(providerID, providerName)]
  }

  func fields(_ words: Words) -> [String: PageField] {
    [
      "id": .text(id),
      "by": .text(by),
      "at": .time(at),
      "provider": .text(providerName),
      "back": .text(PagePath.path("providers", providerID)),
      "events": .text(PagePath.path("requests", id) + "/events"),
      "state": state.field(words),
      "isUnderWay": .flag(!state.isOver),
      "hasLines": .flag(!lines.isEmpty),
      "isEnglish": .flag(isEnglish),
      "lines": .texts(lines),
      "result": .optional(result),
      "held": .optional(
        held.map { ["code": .text($0), "link": .text(PagePath.path("plans", $0))] }),
      "hasOutcomes": .flag(!outcomes.isEmpty),
      "counts": counts(words),
      "outcomes": .groups(outcomes) { $0.fields(words) },
    ]
  }

  /// How many changes ended in each way.
  private func counts(_ words: Words) -> PageField {
    let counted = Outcome.Kind.allCases.map { kind in (kind, outcomes.count { $0.kind == kind }) }
    return .groups(counted.filter { $0.1 > 0 }) { kind, count in
      let own: [String: PageField] = [
        "count": .number(count), "word": .text(words.request.word(for: kind, count: count)),
      ]
      return own.merging(kind.fields(words)) { kept, _ in kept }
    }
  }
}

extension RequestPage.State {
  /// The state as a class, a sign and a word.
  func field(_ words: Words) -> PageField {
    .group([
      "kind": .text(rawValue), "sign": .text(sign), "word": .text(words.request.word(for: self)),
    ])
  }

  private var sign: String {
    switch self {
    case .queued: "…"
    case .running: "↻"
    case .done: "✓"
    case .waits: "…"
    case .refused: "✕"
    }
  }
}

extension RequestPage.Outcome {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    let own: [String: PageField] = [
      "number": .number(number), "entry": .text(entry), "detail": .optional(detail),
    ]
    return own.merging(kind.fields(words)) { kept, _ in kept }
  }
}

extension RequestPage.Outcome.Kind {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    ["outcome": .text(rawValue), "sign": .text(sign), "word": .text(words.request.word(for: self))]
  }

  private var sign: String {
    switch self {
    case .applied: "✓"
    case .unchanged: "="
    case .skipped: "–"
    case .failed: "✕"
    }
  }
}
