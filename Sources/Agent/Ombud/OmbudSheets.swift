import Directory
import Foundation
import Reconciler

// From what the agent knows to what the pages say.
extension PlanView {
  init(_ plan: Plan, profile: Profile, language: Language) {
    let sheet = PlanSheet(plan, profile: profile, language: language)
    self.init(
      guards: sheet.guards.map { Guard(sentence: $0.line, meaning: $0.cause ?? "") },
      groups: sheet.groups.map { group in
        Group(
          heading: group.heading ?? language.say("Changes", "Ändringar"),
          changes: group.changes.map { Change($0, language) })
      },
      roles: sheet.roles.map { role in
        Role(
          personID: role.person, personName: role.label, isGained: role.direction != .loss, role: role.role,
          target: role.target, why: role.why(language))
      })
  }
}

extension PlanView.Change {
  fileprivate init(_ item: PlanSheet.Item, _ language: Language) {
    let place = item.position.map { language.say("line \($0.line)", "rad \($0.line)") }
    let why =
      item.isByAbsence
      ? language.say("the file no longer has it", "filen har den inte längre")
      : language.say("the file says so", "filen säger så")
    self.init(
      number: item.number, action: PlanView.Action(rawValue: item.action.rawValue) ?? .update,
      kind: item.kind, id: item.identity, name: item.label, place: place, why: why,
      attributes: item.values.map {
        PlanView.Attribute(attribute: $0.attribute, removed: $0.removed, added: $0.added)
      }, movedFrom: item.from, movedTo: item.to)
  }
}

extension PlanSheet.Role {
  fileprivate func why(_ language: Language) -> String {
    switch cause {
    case .ended: language.say("the time is over", "tiden är slut")
    case .entryChange: language.say("a change of this plan takes it away", "en ändring i planen tar bort den")
    case .noRule: language.say("no rule gives it any longer", "ingen regel ger den längre")
    case .constraint: language.say("a constraint refuses it", "ett villkor vägrar den")
    case .unknownHolder: language.say("nobody known holds it", "ingen känd innehar den")
    case nil: language.say("a rule gives it", "en regel ger den")
    }
  }
}

extension ProviderPage.File {
  init(_ version: ProviderFiles.Version, by name: String) {
    self.init(serial: version.serial, uploadedAt: version.time, uploadedBy: name)
  }
}

extension HomePage.State {
  init(_ state: ProviderLook.State) {
    self =
      switch state {
      case .agrees: .agrees
      case .working: .working
      case .waits: .waits
      case .problem: .problem
      case .noFile: .noFile
      }
  }
}

extension ProviderLook {
  func sentence(_ language: Language) -> String {
    switch state {
    case .agrees:
      language.say("The directory is as the file says.", "Katalogen är som filen säger.")
    case .working: language.say("The agent is at work.", "Agenten arbetar.")
    case .waits:
      language.say(
        waiting.count == 1 ? "1 plan waits for approval." : "\(waiting.count) plans wait for approval.",
        waiting.count == 1
          ? "1 plan väntar på godkännande." : "\(waiting.count) planer väntar på godkännande.")
    case .problem:
      language.say(
        "The file no longer fits beside the region's own, and is left aside.",
        "Filen går inte längre ihop med regionens egna och är lagd åt sidan.")
    case .noFile: language.say("No file has been handed in yet.", "Ingen fil är inlämnad än.")
    }
  }

  /// What was done for the care provider, and what was handed in.
  func events(_ language: Language) -> [HistoryPage.Event] {
    let ofRuns = runs.map { run in
      HistoryPage.Event(
        at: run.began, by: who(run.actor), byID: run.actor.person ?? "", what: run.what(language),
        run: run.id, outcome: run.outcome(language))
    }
    let ofFiles = versions.map { version in
      HistoryPage.Event(
        at: version.time, by: who(version.actor), byID: version.actor.person ?? "",
        what: language.say("file \(version.serial) put in force", "fil \(version.serial) satt i kraft"),
        run: nil, outcome: "")
    }
    return (ofRuns + ofFiles).sorted { $0.at > $1.at }
  }
}

extension RunRecord {
  fileprivate func what(_ language: Language) -> String {
    verb == .undo
      ? language.say("changes undone", "ändringar återtagna")
      : language.say(
        changes == 1 ? "1 change" : "\(changes) changes", changes == 1 ? "1 ändring" : "\(changes) ändringar")
  }

  fileprivate func outcome(_ language: Language) -> String {
    let done = counts.applied + counts.appliedAlready
    let failed = counts.failed + counts.stale + counts.unknown
    return failed == 0
      ? language.say("\(done) made", "\(done) gjorda")
      : language.say("\(done) made, \(failed) not", "\(done) gjorda, \(failed) inte")
  }
}

extension ProposalPage.Finding {
  init(_ finding: Directory.Finding, in file: ProposedFile, _ language: Language) {
    let line = finding.position?.line
    let own = language == .swedish ? SwedishFinding(finding.code) : nil
    self.init(
      severity: finding.severity == .error ? .error : .warning, line: line,
      column: finding.position?.column, excerpt: file.line(of: finding).map { PersonalNumber.masked(in: $0) },
      message: own?.message ?? finding.message, advice: own?.advice ?? finding.advice, code: finding.code,
      isEnglish: language == .swedish && own == nil)
  }
}

/// What ombuds are told most often, in Swedish; all else is said in English and marked so.
private struct SwedishFinding {
  let message: String
  let advice: String

  init?(_ code: String) {
    switch code {
    case "outside-scope":
      message = "det här är inte ditt att skriva eller hänvisa till"
      advice = "utelämna det, eller fråga regionens administratörer; om det finns eller inte sägs inte"
    case "scope-attribute":
      message = "attributet avgör vem som svarar för en post och vad den är, och skrivs av regionen"
      advice = "utelämna attributet, eller fråga regionens administratörer"
    case "scope-without-identity":
      message = "en rad utan HSA-id kan mena vems post som helst"
      advice = "ge raden dess HSA-id"
    case "region-speaks":
      message = "en annan fil talar för den här posten, så raden läggs åt sidan"
      advice = "ta bort raden, eller be regionens administratörer lämna posten till dig"
    case "missing-required":
      message = "om posten ska skapas saknar raden värden som krävs"
      advice = "lägg till dem, om posten inte redan finns"
    case "unknown-attribute":
      message = "det finns inget attribut med det namnet"
      advice = "rätta namnet"
    default: return nil
    }
  }
}
