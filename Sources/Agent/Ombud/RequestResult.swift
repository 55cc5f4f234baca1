import Directory
import Foundation
import Reconciler

/// What came of a request, for the page that tells it.
struct RequestResult: Sendable {
  var state: RequestPage.State
  var lines: [String] = []
  var sentence: String?
  var outcomes: [RequestPage.Outcome] = []
  /// The code of the plan that waits.
  var held: String?

  init(_ request: ControlRequest, _ language: Language) {
    switch request.state {
    case .waiting: state = .queued
    case .running: state = .running
    case .done: state = request.problem == nil ? .done : .refused
    }
    if let problem = request.problem {
      sentence = Self.sentence(problem, language)
      lines = (problem.findings ?? []).map(\.message)
    }
    guard let answer = request.answer else { return }
    switch ExitCode(rawValue: answer.exitCode) {
    case .done, .someFailed: break
    case .refused: (state, held) = (.waits, answer.code)
    default: state = .refused
    }
    sentence = Self.sentence(answer, language)
    // What a command's user would type is of no use here.
    lines = answer.messages.filter { !$0.contains("hsasync apply") && !$0.contains("hsasync approve") }
    outcomes = answer.result.map { Self.outcomes($0, language) } ?? []
  }

  private static func sentence(_ problem: ControlProblem, _ language: Language) -> String {
    let english = [problem.detail, problem.advice].compactMap { $0 }.joined(separator: "; ")
    switch problem.refusal.code {
    case .mandateMissing: return language.say(english, "Du har inget gällande uppdrag för detta nu.")
    case .ownRequest:
      return language.say(
        english, "Ingen godkänner det som den själv begärt eller som rör den själv: någon annan gör det.")
    case .fileOutdated:
      return language.say(english, "En annan fil har satts i kraft under tiden. Titta på den först.")
    case .planUnknown, .planUsed, .planStale:
      return language.say(english, "Planen finns inte kvar. Planera igen.")
    case .desiredStateWrong:
      return language.say(english, "Filen går inte längre ihop med katalogen. Lämna in den igen.")
    case .tooManyRequests: return language.say(english, "För många begäranden på kort tid. Vänta en stund.")
    default: return language.say(english, "Det blev inte gjort. Försök igen om en stund.")
    }
  }

  private static func sentence(_ answer: AgentAnswer, _ language: Language) -> String {
    switch ExitCode(rawValue: answer.exitCode) {
    case .done:
      answer.runs.isEmpty
        ? language.say(
          "Nothing had to be done: it is as the file says.", "Inget behövde göras: det är som filen säger.")
        : language.say("Done: it is as the file says.", "Klart: det är som filen säger.")
    case .refused:
      language.say(
        "A guard holds the plan \(answer.code ?? ""): another person with a mandate looks at it and approves it.",
        "En spärr håller planen \(answer.code ?? ""): en annan person med mandat granskar och godkänner den.")
    case .someFailed:
      language.say(
        "Some changes could not be made; the others were.",
        "Några ändringar gick inte att göra; de andra är gjorda.")
    case .stalePlan:
      language.say(
        "The directory has changed since the plan was made: plan again.",
        "Katalogen har ändrats sedan planen gjordes: planera igen.")
    default: language.say("It was not done.", "Det blev inte gjort.")
    }
  }

  /// From what `apply --format json` writes (`schemas/apply.schema.json`).
  private static func outcomes(_ json: String, _ language: Language) -> [RequestPage.Outcome] {
    guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any],
      let plans = object["plans"] as? [[String: Any]]
    else { return [] }
    return plans.flatMap { $0["outcomes"] as? [[String: Any]] ?? [] }.compactMap { outcome in
      guard let number = outcome["number"] as? Int, let verdict = outcome["outcome"] as? String else {
        return nil
      }
      let kind: RequestPage.Outcome.Kind =
        switch verdict {
        case "applied": .applied
        case "appliedAlready": .unchanged
        case "notSent", "skipped": .skipped
        default: .failed
        }
      let detail = outcome["detail"] as? String ?? outcome["reason"] as? String
      return RequestPage.Outcome(
        number: number, entry: outcome["hsaIdentity"] as? String ?? "", kind: kind, detail: detail)
    }
  }
}
