import Mustache

/// All templates compiled once, with the words of both languages; renders any ``Page``.
struct Pages: Sendable {
  private let library: MustacheLibrary
  private let swedish = Words.swedish
  private let english = Words.english

  /// Compiles every template.
  ///
  /// A template that does not parse is an error at the start of the service and never at a reader's desk.
  init() throws {
    var library = MustacheLibrary()
    for (name, text) in Self.templates {
      try library.register(text, named: name)
    }
    self.library = library
  }

  /// The whole page as HTML.
  func html(_ page: some Page, in frame: PageFrame) -> String {
    let words = frame.language == .swedish ? swedish : english
    let title = page.title(words)
    var fields = page.fields(words)
    fields["words"] = words.fields
    fields["frame"] = frame.fields(title: title, trail: page.trail(words), words: words)
    return library.render(PageField.group(fields).value, withTemplate: type(of: page).templateName) ?? ""
  }

  /// Every template by name; pages and the parts that they share.
  static let templates: [String: String] = [
    "frame": FrameTemplate.text,
    "time": FrameTemplate.time,
    "token": FrameTemplate.token,
    HomePage.templateName: HomeTemplate.text,
    ProviderPage.templateName: ProviderTemplate.text,
    "provider-work": ProviderTemplate.work,
    ProposalPage.templateName: ProposalTemplate.text,
    "findings": ProposalTemplate.findings,
    "plan-view": PlanTemplate.view,
    "plan-change": PlanTemplate.change,
    "plan-values": PlanTemplate.values,
    "plan-roles": PlanTemplate.roles,
    PlanPage.templateName: PlanTemplate.text,
    HeldPlanPage.templateName: HeldPlanTemplate.text,
    RequestPage.templateName: RequestTemplate.text,
    HistoryPage.templateName: HistoryTemplate.text,
    "events": HistoryTemplate.events,
    ExplainPage.templateName: ExplainTemplate.text,
    "reasons": ExplainTemplate.reasons,
    RefusalPage.templateName: RefusalTemplate.text,
  ]
}
