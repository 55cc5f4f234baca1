/// The plan in one line, and the reading that it rests on in another.
package struct PlanSummary {
  let plan: Plan
  private let code: String?
  private let duration: Duration?
  private let language: Language

  /// - Parameters:
  ///   - code: the short form of the plan's digest, by which people name it.
  ///   - duration: how long it took to make.
  package init(
    _ plan: Plan, code: String? = nil, duration: Duration? = nil, language: Language = .english
  ) {
    self.plan = plan
    self.code = code
    self.duration = duration
    self.language = language
  }

  /// With the code by which a plan that has something to do is named.
  init(coded plan: Plan, duration: Duration? = nil, language: Language) {
    let isNamed = !plan.isEmpty && !plan.findings.haveErrors
    self.init(plan, code: isNamed ? plan.digest.code : nil, duration: duration, language: language)
  }

  /// The line that people look for first: what would happen, or that nothing would.
  package var line: String {
    let errors = plan.findings.count { $0.severity == .error }
    if errors > 0 {
      let count = language.count(errors, .error)
      return language.say(
        "No plan: \(count) must be corrected first", "Ingen plan: \(count) måste rättas först")
        + time
    }
    if plan.isEmpty { return agreement }
    let words = actions.filter { $0.count > 0 || (!$0.isRare && !plan.isOfEndings && !plan.changes.isEmpty) }
      .map { "\($0.count.grouped) \($0.word)" }.joined(separator: ", ")
    let roles = RoleTargetsText.summary(plan.roles, isOfEndings: plan.isOfEndings, language)
    let actions = [words, roles ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
    return "\(name): \(actions)" + (plan.isOfEndings ? refusal + time : "; \(rest)\(time)")
  }

  /// What the plan is called: its kind, its code, and of what it is a part.
  package var name: String {
    let word = plan.isOfEndings ? language.say("Endings", "Avslut") : "Plan"
    let part = plan.part.map { " (" + VisibleText($0).text + ")" } ?? ""
    return word + (code.map { " " + $0 } ?? "") + part
  }

  /// How the directory was read, and whether all of it was.
  package var proof: String {
    let proof = plan.proof
    let entries = language.say("Read", "Läst") + ": " + language.count(proof.entries, .entry)
    let origin = VisibleText(proof.origin).text
    guard proof.method != .file else {
      let caution = language.say(
        "a file proves nothing about the live directory", "en fil bevisar ingenting om den levande katalogen")
      return "\(entries) \(language.say("from the file", "ur filen")) \(origin)\(verdict); \(caution)"
    }
    guard !origin.isEmpty else { return "\(entries)\(verdict)" }
    let identity = VisibleText(proof.authorizationIdentity).text
    let who = identity.isEmpty ? language.say("anonymous", "anonym") : identity
    return language.say(
      "\(entries) by \(method) from \(origin) as \(who)\(verdict)",
      "\(entries) med \(method) från \(origin) som \(who)\(verdict)")
  }

  private var agreement: String {
    let entries = language.count(plan.unchanged, .entry)
    let unchanged =
      entries + " " + (plan.unchanged == 1 ? language.say("unchanged", "oförändrad") : unchangedWord)
    let targets = plan.roles?.targets ?? []
    let said =
      !plan.proof.isComplete || targets.contains { $0.fault != nil }
      ? language.say(
        "Nothing to change in what was read, which was not everything",
        "Inget att ändra i det som lästes, men allt lästes inte")
      : targets.isEmpty
        ? language.say(
          "The directory agrees with the desired state: nothing to change",
          "Katalogen stämmer med det önskade läget: inget att ändra")
        : language.say(
          "The directory agrees with the desired state, and the targets with the rules: nothing to change",
          "Katalogen stämmer med det önskade läget, och målsystemen med reglerna: inget att ändra")
    return "\(said); \(unchanged)\(time)"
  }

  private var unchangedWord: String { language.say("unchanged", "oförändrade") }

  /// What stays as it is, and how much of the plan rests on something not having been seen.
  private var rest: String {
    let absent = plan.changes.count(where: \.isByAbsence)
    let note =
      absent == 0
      ? ""
      : "; " + absent.grouped + " " + language.say("of them by absence", "av dem på grund av frånvaro")
    return "\(plan.unchanged.grouped) \(unchangedWord)\(note)\(unread)\(refusal)"
  }

  /// That some targets could not be read, and have nothing planned for them.
  private var unread: String {
    let count = (plan.roles?.targets ?? []).count { $0.fault != nil }
    guard count > 0 else { return "" }
    return "; "
      + (count == 1
        ? language.say("1 target not read", "1 målsystem inte läst")
        : count.grouped + " " + language.say("targets not read", "målsystem inte lästa"))
  }

  private var refusal: String {
    guard !plan.tripped.isEmpty else { return "" }
    return language.say("; refused by ", "; hindras av ") + language.count(plan.tripped.count, .guard)
  }

  /// How many of what; the rare ones are told only where there are some.
  private var actions: [(count: Int, word: String, isRare: Bool)] {
    [
      (plan.count(.create), language.say("to add", "att lägga till"), false),
      (plan.count(.update), language.say("to change", "att ändra"), false),
      (plan.count(.move) + plan.count(.rename), language.say("to move", "att flytta"), false),
      (plan.count(.reactivate), language.say("to reactivate", "att återaktivera"), true),
      (plan.count(.archive), language.say("to archive", "att arkivera"), true),
      (plan.count(.deactivate), language.say("to deactivate", "att inaktivera"), false),
      (plan.count(.delete), language.say("to delete", "att ta bort"), false),
    ]
  }

  private var method: String {
    switch plan.proof.method {
    case .contentSync: language.say("content sync", "innehållssynkning")
    case .search: language.say("one search", "en sökning")
    case .pagedSearch: language.say("one search in pages", "en sökning i sidor")
    case .file: language.say("file", "fil")
    }
  }

  private var verdict: String {
    let proof = plan.proof
    guard !proof.isComplete else { return language.say("; complete", "; fullständigt") }
    var reasons = proof.faults.map { VisibleText($0.text).text }
    if proof.referrals > 0 { reasons.append(language.count(proof.referrals, .referral)) }
    if !proof.finished {
      reasons.append(
        language.say("the read did not end with success", "läsningen avslutades inte med framgång"))
    }
    return language.say("; NOT complete: ", "; INTE fullständigt: ") + reasons.joined(separator: ", ")
  }

  private var time: String { duration.map { PlanSummary.time($0, language) } ?? "" }

  /// A duration as it ends a summary line: ` (0.84 s)`.
  package static func time(_ duration: Duration, _ language: Language = .english) -> String {
    let parts = duration.components
    let hundredths = (parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000 + 5) / 10
    let fraction = hundredths % 100
    let point = language.say(".", ",")
    return " (\(hundredths / 100)\(point)\(fraction < 10 ? "0" : "")\(fraction) s)"
  }
}
