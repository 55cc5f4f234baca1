/// Why a person has a role, or has not.
struct ExplainPage: Page {
  /// A reason, and the reasons for it.
  struct Reason: Sendable {
    var text: String
    var reasons: [Reason]
  }

  /// The answer for one role.
  struct Role: Sendable {
    var role: String
    var isHeld: Bool
    var reasons: [Reason]
  }

  /// The answer for a person.
  struct Answer: Sendable {
    var personID: String
    /// Absent for protected persons.
    var personName: String?
    var roles: [Role]
  }

  var providerID: String
  var providerName: String
  /// What was asked, to be asked again in other words.
  var person: String
  var role: String
  /// Absent until something is asked.
  var answer: Answer?
}

extension ExplainPage {
  static let templateName = "explain"

  func title(_ words: Words) -> String { words.explain.title }

  func trail(_ words: Words) -> [PageCrumb] {
    [.home(words), .provider(providerID, providerName)]
  }

  func fields(_ words: Words) -> [String: PageField] {
    [
      "place": .text(PagePath.path("providers", providerID, "explain")),
      "person": .text(person),
      "role": .text(role),
      "answer": .optional(answer?.fields(words)),
    ]
  }
}

extension ExplainPage.Answer {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    [
      "personID": .text(personID),
      "personName": .optional(personName),
      "isEmpty": .flag(roles.isEmpty),
      "roles": .groups(roles) { $0.fields(words) },
    ]
  }
}

extension ExplainPage.Role {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    [
      "name": .text(role),
      "class": .text(isHeld ? "held" : "unheld"),
      "sign": .text(isHeld ? "✓" : "✕"),
      "word": .text(isHeld ? words.explain.held : words.explain.unheld),
      "tree": .optional(reasons.tree),
    ]
  }
}

extension [ExplainPage.Reason] {
  /// The reasons with theirs below them, or nothing where there are none, which ends the template's descent.
  fileprivate var tree: [String: PageField]? {
    guard !isEmpty else { return nil }
    return ["reasons": .groups(self) { ["text": .text($0.text), "tree": .optional($0.reasons.tree)] }]
  }
}
