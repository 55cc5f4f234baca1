/// The words of a request under way or at its end.
struct RequestWords: Sendable {
  let askedBy: String
  let follows: String
  let held: String
  let log: String
  let noLines: String
  let outcomes: String
  let number: String
  let entry: String
  let outcome: String
  let detail: String
  let back: String
  let queued: String
  let running: String
  let done: String
  let waits: String
  let refused: String
  let applied: String
  let unchanged: String
  let skipped: String
  let failed: String
  let appliedMany: String
  let unchangedMany: String
  let skippedMany: String
  let failedMany: String

  static let swedish = RequestWords(
    askedBy: "Begärd av",
    follows: "Sidan följer arbetet av sig själv.",
    held: "Planen som väntar på godkännande:",
    log: "Förlopp",
    noLines: "Inget har rapporterats ännu.",
    outcomes: "Utfall för varje ändring",
    number: "Nr",
    entry: "Post",
    outcome: "Utfall",
    detail: "Anmärkning",
    back: "Tillbaka till",
    queued: "I kö",
    running: "Pågår",
    done: "Klar",
    waits: "Väntar på godkännande",
    refused: "Avvisad",
    applied: "införd",
    unchanged: "oförändrad",
    skipped: "överhoppad",
    failed: "misslyckad",
    appliedMany: "införda",
    unchangedMany: "oförändrade",
    skippedMany: "överhoppade",
    failedMany: "misslyckade")

  static let english = RequestWords(
    askedBy: "Asked for by",
    follows: "This page follows the work by itself.",
    held: "The plan that waits for approval:",
    log: "Progress",
    noLines: "Nothing has been reported yet.",
    outcomes: "Outcome of each change",
    number: "No.",
    entry: "Entry",
    outcome: "Outcome",
    detail: "Detail",
    back: "Back to",
    queued: "Queued",
    running: "Running",
    done: "Done",
    waits: "Waits for approval",
    refused: "Refused",
    applied: "applied",
    unchanged: "unchanged",
    skipped: "skipped",
    failed: "failed",
    appliedMany: "applied",
    unchangedMany: "unchanged",
    skippedMany: "skipped",
    failedMany: "failed")

  /// How far the request has come.
  func word(for state: RequestPage.State) -> String {
    switch state {
    case .queued: queued
    case .running: running
    case .done: done
    case .waits: waits
    case .refused: refused
    }
  }

  /// How a number of changes went.
  func word(for kind: RequestPage.Outcome.Kind, count: Int = 1) -> String {
    switch kind {
    case .applied: count == 1 ? applied : appliedMany
    case .unchanged: count == 1 ? unchanged : unchangedMany
    case .skipped: count == 1 ? skipped : skippedMany
    case .failed: count == 1 ? failed : failedMany
    }
  }
}
