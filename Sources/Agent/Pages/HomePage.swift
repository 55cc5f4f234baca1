import Foundation

/// The first page: the providers that the ombud answers for, and how each of them stands.
struct HomePage: Page {
  /// How a provider stands, for a sign and a word beside the sentence.
  enum State: String, CaseIterable, Sendable {
    case agrees, working, waits, problem, noFile
  }

  /// One provider of the ombud.
  struct Provider: Sendable {
    var id: String
    var name: String
    var state: State
    /// The state in one sentence.
    var sentence: String
    /// Absent when nothing has been uploaded yet.
    var file: ProviderPage.File?
    var plansWaiting: Int
    var findings: Int
  }

  var providers: [Provider]
}

extension HomePage {
  static let templateName = "home"

  func title(_ words: Words) -> String { words.home.title }

  func trail(_ words: Words) -> [PageCrumb] { [] }

  func fields(_ words: Words) -> [String: PageField] {
    [
      "isEmpty": .flag(providers.isEmpty),
      "providers": .groups(providers) { $0.fields(words) },
    ]
  }
}

extension HomePage.Provider {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    [
      "id": .text(id),
      "name": .text(name),
      "link": .text(PagePath.path("providers", id)),
      "state": state.field(words),
      "sentence": .text(sentence),
      "file": .optional(file?.fields(words)),
      "plans": plansWaiting > 0 ? .text(words.home.plansWaiting(plansWaiting)) : .none,
      "findings": findings > 0 ? .text(words.home.findings(findings)) : .none,
    ]
  }
}

extension HomePage.State {
  /// The state as a sign, a word and a class for the style sheet.
  func field(_ words: Words) -> PageField {
    .group([
      "kind": .text(rawValue), "sign": .text(sign), "word": .text(words.home.word(for: self)),
    ])
  }

  private var sign: String {
    switch self {
    case .agrees: "✓"
    case .working: "↻"
    case .waits: "‖"
    case .problem: "!"
    case .noFile: "○"
    }
  }
}
