import ArgumentParser
import Directory
import Reconciler

/// How a plan is applied.
struct WritingOptions: ParsableArguments {
  @Flag(name: [.long, .customShort("y")], help: "Do not ask.")
  var yes = false

  @Flag(help: "Look at every condition first, and write nothing when one no longer holds.")
  var allOrNothing = false

  @Option(help: ArgumentHelp("Approve the plan with this code, which a guard holds.", valueName: "code"))
  var approve: String?

  @Option(help: ArgumentHelp("Why, for the journal and the audit log.", valueName: "text"))
  var reason: String?

  func validate() throws {
    if let approve, PlanDigest.code(parsing: approve) == nil {
      throw ValidationError("--approve takes a plan's code, as in 7F3A-91C2.")
    }
    try reason.map(Reason.validate)
  }

  func order(by actor: Actor) -> ApplyOrder {
    var order = ApplyOrder(by: actor, reason: reason, approval: approve.flatMap(PlanDigest.code(parsing:)))
    order.isAllOrNothing = allOrNothing
    return order
  }

  /// Asks where there is somebody to ask and something to ask about; a plan may come out of it without its deletions.
  func isWanted(_ planned: inout PlannedRun, _ style: PlanText.Style) throws -> Bool {
    while true {
      guard !yes, !planned.plan.isEmpty, !planned.isHeld || approve != nil else {
        return true
      }
      guard Terminal.asks, Terminal.showsErrors else { return true }
      switch Terminal.answer(to: question(planned, style.language), style.language) {
      case .yes: return true
      case .no: return false
      case .withoutDeletions where planned.plan.count(.delete) > 0:
        planned.leaveOutDeletions()
        try planned.show(style)
      case .withoutDeletions: continue
      }
    }
  }

  private func question(_ planned: PlannedRun, _ language: Language) -> String {
    let server = VisibleText(planned.plan.proof.origin).text
    let count = planned.plan.changes.count + (planned.plan.roles?.changes.count ?? 0)
    let deletions = planned.plan.count(.delete)
    let plain = language.say(
      "Apply \(count.counting("change")) to \(server)?",
      "Genomföra \(count == 1 ? "1 ändring" : "\(count.grouped) ändringar") i \(server)?")
    guard deletions > 0 else { return plain }
    return plain
      + language.say(
        " \(deletions.grouped) of them \(deletions == 1 ? "is a deletion" : "are deletions").",
        " \(deletions.grouped) av dem är \(deletions == 1 ? "en radering" : "raderingar").")
  }
}

extension Terminal {
  /// What may be answered to whether a plan is to be applied.
  enum Answer { case yes, no, withoutDeletions }

  /// Asks a question; silence, and whatever is not understood, is no.
  static func answer(to question: String, _ language: Language) -> Answer {
    let choices = language.say("[yes / no / without deletions]", "[ja / nej / utan raderingar]")
    StandardStream.say(question)
    guard let line = asked(choices) else { return .no }
    switch line.lowercased() {
    case "yes", "ja": return .yes
    case "without deletions", "without", "w", "utan raderingar", "utan", "u": return .withoutDeletions
    default: return .no
    }
  }
}
