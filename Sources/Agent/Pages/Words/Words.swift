/// Every word of every page in one language; a word that is missing in one does not compile.
struct Words: Sendable {
  /// The language's code, for the `lang` of the document.
  let language: String
  let frame: FrameWords
  let home: HomeWords
  let provider: ProviderWords
  let proposal: ProposalWords
  let plan: PlanWords
  let held: HeldWords
  let request: RequestWords
  let history: HistoryWords
  let explain: ExplainWords
  let refusal: RefusalWords
  /// The words as the templates read them, gathered once.
  let fields: PageField

  static let swedish = Words(
    language: "sv", frame: .swedish, home: .swedish, provider: .swedish, proposal: .swedish, plan: .swedish,
    held: .swedish, request: .swedish, history: .swedish, explain: .swedish, refusal: .swedish)

  static let english = Words(
    language: "en", frame: .english, home: .english, provider: .english, proposal: .english, plan: .english,
    held: .english, request: .english, history: .english, explain: .english, refusal: .english)

  private init(
    language: String, frame: FrameWords, home: HomeWords, provider: ProviderWords, proposal: ProposalWords,
    plan: PlanWords, held: HeldWords, request: RequestWords, history: HistoryWords, explain: ExplainWords,
    refusal: RefusalWords
  ) {
    self.language = language
    self.frame = frame
    self.home = home
    self.provider = provider
    self.proposal = proposal
    self.plan = plan
    self.held = held
    self.request = request
    self.history = history
    self.explain = explain
    self.refusal = refusal
    let groups: [String: Any] = [
      "frame": frame, "home": home, "provider": provider, "proposal": proposal, "plan": plan, "held": held,
      "request": request, "history": history, "explain": explain, "refusal": refusal,
    ]
    let gathered = groups.mapValues { PageField.group(Words.texts(of: $0)) }
    fields = .group(gathered.merging(["language": .text(language)]) { kept, _ in kept })
  }

  /// The plain words of a group; sentences that take a number are called from the pages instead.
  private static func texts(of group: Any) -> [String: PageField] {
    var texts: [String: PageField] = [:]
    for child in Mirror(reflecting: group).children {
      if let label = child.label, let text = child.value as? String { texts[label] = .text(text) }
    }
    return texts
  }
}

/// A number with its noun, in the singular or the plural.
func counted(_ count: Int, _ one: String, _ many: String) -> String {
  "\(count) \(count == 1 ? one : many)"
}
