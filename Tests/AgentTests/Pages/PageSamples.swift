import Foundation

@testable import Agent

/// Every page with a text of its own in every field that holds one.
///
/// The texts come from one generator, so that what is true of them all, that they are shown, escaped and
/// visible, can be asked of every field of every page at once.
struct PageSamples {
  /// Makes the text of the field with a number.
  var make: (Int) -> String
  /// Every text that was made, in order.
  private(set) var made: [String] = []
  let date = Date(timeIntervalSince1970: 1_795_370_700)

  init(_ make: @escaping (Int) -> String) { self.make = make }

  /// The next text.
  mutating func text() -> String {
    let text = make(made.count)
    made.append(text)
    return text
  }

  mutating func frame(_ language: PageFrame.Language) -> PageFrame {
    PageFrame(
      language: language, userName: text(), userID: text(), csrf: make(-1), path: "/",
      notice: PageFrame.Notice(kind: .problem, text: text()))
  }

  mutating func home() -> HomePage {
    var providers: [HomePage.Provider] = []
    for state in HomePage.State.allCases {
      providers.append(
        HomePage.Provider(
          id: text(), name: text(), state: state, sentence: text(), file: file(), plansWaiting: 1, findings: 2
        ))
    }
    return HomePage(providers: providers)
  }

  mutating func file() -> ProviderPage.File {
    ProviderPage.File(serial: 41, uploadedAt: date, uploadedBy: text())
  }

  mutating func provider() -> ProviderPage {
    ProviderPage(
      id: text(), name: text(), state: .waits, sentence: text(), mandateFrom: date, mandateTo: nil,
      mandateGiven: text(), file: file(),
      proposals: [ProviderPage.Proposal(number: 43, fileName: text(), at: date, by: text(), errors: 1)],
      plansWaiting: [ProviderPage.WaitingPlan(code: text(), since: date, reasons: [text(), text()])],
      requests: [ProviderPage.Request(id: "r1", what: text(), state: .queued, since: date)],
      history: [event()])
  }

  mutating func event() -> HistoryPage.Event {
    HistoryPage.Event(at: date, by: text(), byID: text(), what: text(), run: 7, outcome: text())
  }

  mutating func proposal(sound: Bool) -> ProposalPage {
    let severities: [ProposalPage.Finding.Severity] = sound ? [.warning] : [.error, .warning]
    var findings: [ProposalPage.Finding] = []
    for severity in severities {
      findings.append(
        ProposalPage.Finding(
          severity: severity, line: 3, column: 1, excerpt: text(), message: text(), advice: text(),
          code: text()))
    }
    return ProposalPage(
      providerID: "SE1-1", providerName: text(), number: 43, fileName: text(), at: date, by: text(),
      note: text(),
      findings: findings, plan: sound ? plan() : nil)
  }

  mutating func planPage() -> PlanPage {
    PlanPage(providerID: "SE1-1", providerName: text(), plan: plan())
  }

  mutating func held(_ standing: HeldPlanPage.Standing) -> HeldPlanPage {
    HeldPlanPage(
      code: text(), providerID: "SE1-1", providerName: text(), since: date, askedBy: text(),
      approvals: [HeldPlanPage.Approval(by: text(), at: date, reason: text())], approvalsNeeded: 2,
      standing: standing, mayCancel: true, plan: plan())
  }
}

extension PageSamples {
  mutating func plan() -> PlanView {
    var groups: [PlanView.Group] = []
    for (number, action) in PlanView.Action.allCases.enumerated() {
      groups.append(PlanView.Group(heading: text(), changes: [change(number + 1, action)]))
    }
    var roles: [PlanView.Role] = []
    for isGained in [true, false] {
      roles.append(
        PlanView.Role(
          personID: text(), personName: text(), isGained: isGained, role: text(), target: text(), why: text())
      )
    }
    return PlanView(
      guards: [PlanView.Guard(sentence: text(), meaning: text())], groups: groups, roles: roles)
  }

  mutating func change(_ number: Int, _ action: PlanView.Action) -> PlanView.Change {
    PlanView.Change(
      number: number, action: action, kind: text(), id: text(), name: text(), place: text(), why: text(),
      attributes: [
        PlanView.Attribute(attribute: text(), removed: [text()], added: [text()]),
        PlanView.Attribute(attribute: text(), removed: [text()], added: []),
        PlanView.Attribute(attribute: text(), removed: [], added: (0..<9).map { _ in text() }),
      ], movedFrom: text(), movedTo: text())
  }

  mutating func request(_ state: RequestPage.State) -> RequestPage {
    var outcomes: [RequestPage.Outcome] = []
    for (number, kind) in RequestPage.Outcome.Kind.allCases.enumerated() {
      outcomes.append(RequestPage.Outcome(number: number, entry: text(), kind: kind, detail: text()))
    }
    return RequestPage(
      id: text(), providerID: "SE1-1", providerName: text(), what: text(), by: text(), at: date, state: state,
      lines: [text(), text()], result: text(), outcomes: outcomes)
  }

  mutating func history() -> HistoryPage {
    HistoryPage(
      providerID: "SE1-1", providerName: text(),
      versions: [
        HistoryPage.Version(
          serial: 41, at: date, by: text(), rows: 147, digest: text(), note: text(), isInForce: true)
      ], events: [event()])
  }

  mutating func explain() -> ExplainPage {
    let inner = ExplainPage.Reason(text: text(), reasons: [ExplainPage.Reason(text: text(), reasons: [])])
    return ExplainPage(
      providerID: "SE1-1", providerName: text(), person: text(), role: text(),
      answer: ExplainPage.Answer(
        personID: text(), personName: text(),
        roles: [
          ExplainPage.Role(role: text(), isHeld: true, reasons: [inner]),
          ExplainPage.Role(role: text(), isHeld: false, reasons: []),
        ]))
  }

  mutating func refusal(_ reason: RefusalPage.Reason) -> RefusalPage {
    RefusalPage(reason: reason, detail: text(), reference: text())
  }
}
