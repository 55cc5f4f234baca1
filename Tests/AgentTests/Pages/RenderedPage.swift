import Testing

@testable import Agent

/// One page as it is sent, with what it was made of.
struct RenderedPage: Sendable, CustomTestStringConvertible {
  var name: String
  var language: PageFrame.Language
  var html: String
  /// The texts that its fields held.
  var made: [String]

  var testDescription: String { "\(name), \(language)" }

  /// Every page in every state and both languages, its texts made by a generator.
  static func all(_ make: @escaping (Int) -> String = { "Text \($0)" }) throws -> [RenderedPage] {
    let pages = try Pages()
    return PageFrame.Language.allCases.flatMap { language in
      var press = Press(pages: pages, language: language, make: make)
      press.addWork()
      press.addRest()
      return press.rendered
    }
  }
}

/// Renders one page after the other.
private struct Press {
  var pages: Pages
  var language: PageFrame.Language
  var make: (Int) -> String
  var rendered: [RenderedPage] = []

  mutating func add(_ name: String, _ build: (inout PageSamples) -> some Page) {
    var samples = PageSamples(make)
    let page = build(&samples)
    let html = pages.html(page, in: samples.frame(language))
    rendered.append(RenderedPage(name: name, language: language, html: html, made: samples.made))
  }

  mutating func addWork() {
    add("home") { $0.home() }
    add("provider") { $0.provider() }
    add("proposal with errors") { $0.proposal(sound: false) }
    add("proposal without errors") { $0.proposal(sound: true) }
    add("plan") { $0.planPage() }
    for standing in HeldPlanPage.Standing.allCases {
      add("held plan, \(standing)") { $0.held(standing) }
    }
    add("history") { $0.history() }
    add("explain") { $0.explain() }
  }

  mutating func addRest() {
    for state in RequestPage.State.allCases {
      add("request, \(state)") { $0.request(state) }
    }
    for reason in RefusalPage.Reason.allCases {
      add("refusal, \(reason)") { $0.refusal(reason) }
    }
    add("home without providers") { _ in HomePage(providers: []) }
    add("history without rows") { samples in
      HistoryPage(providerID: "SE1-1", providerName: samples.text(), versions: [], events: [])
    }
    add("plan without changes") { samples in
      PlanPage(
        providerID: "SE1-1", providerName: samples.text(), plan: PlanView(guards: [], groups: [], roles: []))
    }
    add("explain without answer") { samples in
      ExplainPage(
        providerID: "SE1-1", providerName: samples.text(), person: "", role: "", answer: nil)
    }
  }
}
