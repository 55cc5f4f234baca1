import Directory
import Foundation

/// Runs for people: a line for each, or one with all that it did.
package struct RunsText {
  private let language: Language

  package init(language: Language = .english) { self.language = language }

  package func list(_ runs: [RunRecord]) -> String {
    guard !runs.isEmpty else {
      return language.say(
        "No run has written to the directory or pushed roles.\n",
        "Ingen körning har skrivit i katalogen eller fört ut roller.\n")
    }
    let rows = [header] + runs.map(row)
    let widths = header.indices.map { column in rows.map { $0[column].displayWidth }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmedAtEnd + "\n"
    }.joined()
  }

  package func show(
    _ run: RunRecord, _ operations: [JournalledOperation], _ roles: [JournalledRolePush]
  ) -> String {
    var lines = [
      language.say("Run \(run.id): \(verb(run))", "Körning \(run.id): \(verb(run))"),
      field("by", "av", who(run.actor)),
      field("began", "började", Self.time(run.began)),
      field("ended", "slutade", run.ended.map(Self.time) ?? "-"),
      field("outcome", "utfall", outcome(run)),
      field(
        "plan", "plan",
        PlanDigest.code(ofDigest: run.digest) + (run.part.map { " (\(VisibleText($0).text))" } ?? "")),
    ]
    if let reason = run.reason { lines.append(field("reason", "skäl", VisibleText(reason).text)) }
    if !operations.isEmpty || !roles.isEmpty { lines.append("") }
    lines += operations.map(line) + roles.map { RolePushLine($0, language).text }
    return lines.joined(separator: "\n") + "\n"
  }

  private var header: [String] {
    language == .english
      ? ["run", "began", "by", "what", "plan", "outcome", "reason"]
      : ["körning", "började", "av", "vad", "plan", "utfall", "skäl"]
  }

  private func row(_ run: RunRecord) -> [String] {
    [
      String(run.id), Self.time(run.began), who(run.actor), verb(run),
      PlanDigest.code(ofDigest: run.digest), outcome(run), VisibleText(run.reason ?? "").text.cut(to: 40),
    ]
  }

  private func who(_ actor: Actor) -> String {
    let behalf = actor.onBehalfOf.map { language.say(" for \($0)", " för \($0)") } ?? ""
    return VisibleText("\(actor.user)@\(actor.host)\(behalf)").text
  }

  private func verb(_ run: RunRecord) -> String {
    if let undone = run.undoes { return language.say("undo of \(undone)", "ångrande av \(undone)") }
    if run.verb == .roles { return language.say("roles", "roller") }
    return run.isOfEndings
      ? language.say("apply, endings", "genomför, avslut") : language.say("apply", "genomför")
  }

  private func outcome(_ run: RunRecord) -> String {
    let counts = run.verb == .roles ? run.roleCounts : run.counts
    let done = counts.applied + counts.appliedAlready
    var parts = [
      language.say("\(done.grouped) of \(run.changes.grouped)", "\(done.grouped) av \(run.changes.grouped)")
    ]
    for (count, english, swedish) in [
      (counts.stale, "stale", "inaktuella"), (counts.failed, "failed", "misslyckade"),
      (counts.unknown, "unknown", "okända"),
    ] where count > 0 {
      parts.append("\(count.grouped) " + language.say(english, swedish))
    }
    if run.isInterrupted { parts.append(language.say("interrupted", "avbruten")) }
    if run.ended == nil, !run.isInterrupted { parts.append(language.say("under way", "pågår")) }
    return parts.joined(separator: ", ")
  }

  private func line(_ operation: JournalledOperation) -> String {
    let attributes = operation.attributes.isEmpty ? "" : "  " + operation.attributes.joined(separator: ", ")
    return [
      operation.action.sign, String(operation.number + 1), operation.kind.word(language),
      VisibleText(operation.identity.text).text, word(operation.verdict),
    ].joined(separator: " ") + VisibleText(attributes).text
  }

  private func word(_ verdict: Outcome.Verdict?) -> String {
    switch verdict {
    case .applied: language.say("applied", "genomförd")
    case .appliedAlready: language.say("found as wanted", "redan som önskat")
    case .stale: language.say("stale", "inaktuell")
    case .failed(let code): language.say("failed (\(code.name))", "misslyckades (\(code.name))")
    case .refused: language.say("refused", "avvisad")
    case .skipped: language.say("skipped", "överhoppad")
    case .notSent: language.say("not sent", "inte sänd")
    case .unknown, nil: language.say("unknown", "okänt")
    }
  }

  private func field(_ english: String, _ swedish: String, _ value: String) -> String {
    "  " + language.say(english, swedish).padded(to: 8) + "  " + value
  }

  /// A moment in the machine's own time zone, to the second.
  package static func time(_ date: Date) -> String {
    date.formatted(
      Date.VerbatimFormatStyle(
        format:
          "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
        timeZone: .current, calendar: Calendar(identifier: .gregorian)))
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
