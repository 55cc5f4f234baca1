/// The wording of guards, in both languages.
struct GuardWords {
  let language: Language
  let population: Population

  var guardWord: String { language.say("guard", "spärr") }

  func line(_ verdict: GuardVerdict) -> String {
    let figures = figures(verdict)
    switch verdict.name {
    case .deleted, .deactivated, .moved, .updated, .membersRemoved, .ended, .firstAbsence, .desiredShrank,
      .observedShrank, .rolesLost, .rolesGranted, .rolesEnded:
      return "\(title(verdict)): \(figures)"
    case .unitEmptied, .providerRoot, .sentinelMissing, .contextBackwards, .incompleteRead, .anonymous:
      return verdict.isTripped ? alarm(verdict) : calm(verdict)
    case .sensitiveRoles, .lastHolder: return verdict.isTripped ? roleAlarm(verdict) : roleCalm(verdict)
    case .clocks: return clocks(verdict)
    }
  }

  /// What a guard counts, and within what.
  func title(_ verdict: GuardVerdict) -> String {
    let what = noun(verdict.name, verdict.subject)
    switch verdict.window {
    case .plan: return what
    case .day: return "\(what) \(language.say("within 24 hours", "inom 24 timmar"))"
    case .week: return "\(what) \(language.say("within 7 days", "inom 7 dygn"))"
    }
  }

  func notKnown(_ titles: [String]) -> String {
    let list = titles.joined(separator: ", ")
    return language.say(
      "not known, for want of something to measure against: \(list)",
      "okänt, eftersom det inte finns något att jämföra med: \(list)")
  }

  func cause(_ cause: GuardVerdict.Cause) -> String {
    language.say("likely cause: ", "trolig orsak: ") + reason(cause)
  }

  /// An HSA-id with what people call it.
  func called(_ identity: HSAIdentity) -> String {
    let id = VisibleText(identity.text).text
    guard let label = population.units[identity]?.label, !label.isEmpty else { return id }
    return "\(id) (\(VisibleText(label).text))"
  }

  func shown(_ name: String) -> String { VisibleText(name).text }
}

// What was counted.
extension GuardWords {
  private func noun(_ name: GuardVerdict.Name, _ subject: GuardVerdict.Subject) -> String {
    switch name {
    case .deleted: counted(language.say("deleted", "raderade"), subject)
    case .deactivated: counted(language.say("deactivated", "inaktiverade"), subject)
    case .moved: counted(language.say("moved", "flyttade"), subject)
    case .updated: counted(language.say("changed", "ändrade"), subject)
    case .ended: counted(language.say("ended", "avslutade"), subject)
    case .membersRemoved: members(subject)
    case .rolesLost, .rolesGranted, .rolesEnded, .sensitiveRoles, .lastHolder: roles(name, subject)
    case .desiredShrank: desired(subject)
    case .observedShrank:
      language.say(
        "\(entries(subject)) gone from the directory since the last accepted run",
        "\(entries(subject)) som försvunnit ur katalogen sedan den senast godkända körningen")
    case .firstAbsence:
      language.say(
        "changes by absence, with no accepted run to measure them against",
        "ändringar på grund av frånvaro, utan någon godkänd körning att jämföra med")
    case .unitEmptied: language.say("emptied units", "tömda enheter")
    case .providerRoot: language.say("touched roots of care providers", "berörda vårdgivarrötter")
    case .incompleteRead: language.say("incomplete read", "ofullständig läsning")
    case .sentinelMissing: language.say("missing sentinels", "saknade kontrollposter")
    case .anonymous: language.say("anonymous connection", "anonym anslutning")
    case .contextBackwards: language.say("contextCSN gone backwards", "contextCSN som gått bakåt")
    case .clocks: language.say("clocks", "klockor")
    }
  }

  private func counted(_ verb: String, _ subject: GuardVerdict.Subject) -> String {
    let what = "\(verb) \(entries(subject))"
    switch subject {
    case .everything: return "\(what) \(language.say("in all", "totalt"))"
    case .provider(let provider, _): return "\(what) \(language.say("at", "hos")) \(called(provider))"
    case .unit(let unit): return "\(what) \(language.say("at", "på")) \(called(unit))"
    case .careProvider(let provider): return "\(what) \(language.say("at", "hos")) \(called(provider))"
    case .kind, .commission, .source, .role, .roleAt: return what
    }
  }

  private func members(_ subject: GuardVerdict.Subject) -> String {
    let what = language.say("members removed from commissions", "medlemmar som tas ur uppdrag")
    switch subject {
    case .commission(let commission):
      return language.say("members removed from the commission ", "medlemmar som tas ur uppdraget ")
        + called(commission)
    case .provider(let provider, _): return "\(what) \(language.say("at", "hos")) \(called(provider))"
    default: return "\(what) \(language.say("in all", "totalt"))"
    }
  }

  private func desired(_ subject: GuardVerdict.Subject) -> String {
    if case .source(let source) = subject {
      return language.say(
        "rows gone from \(shown(source)) since the last accepted run",
        "rader som försvunnit ur \(shown(source)) sedan den senast godkända körningen")
    }
    return language.say(
      "desired \(entries(subject)) fewer than in the last accepted run",
      "färre önskade \(entries(subject)) än i den senast godkända körningen")
  }

  private func entries(_ subject: GuardVerdict.Subject) -> String {
    switch subject {
    case .kind(let kind), .provider(_, let kind): plural(kind)
    case .everything, .unit, .careProvider, .commission, .source, .role, .roleAt:
      language.say("entries", "poster")
    }
  }

  private func plural(_ kind: Kind) -> String {
    switch kind {
    case .organisation: language.say("organisations", "organisationer")
    case .unit: language.say("units", "enheter")
    case .function: language.say("functions", "funktioner")
    case .person: language.say("persons", "personer")
    case .commission: language.say("commissions", "uppdrag")
    case .administrativeCommission: language.say("administrative commissions", "administrativa uppdrag")
    }
  }
}

// Guards that say yes or no.
extension GuardWords {
  private func alarm(_ verdict: GuardVerdict) -> String {
    let name = if case .unit(let unit) = verdict.subject { called(unit) } else { "" }
    let count = verdict.count.grouped
    return switch verdict.name {
    case .unitEmptied:
      language.say(
        "the unit \(name) would be left empty: its last \(count) persons or functions would go",
        "enheten \(name) skulle bli tom: dess \(count) sista personer eller funktioner skulle försvinna")
    case .providerRoot:
      language.say(
        "the care provider or organisation \(name) itself would be moved, renamed, ended or deleted",
        "vårdgivaren eller organisationen \(name) skulle själv flyttas, byta namn, avslutas eller raderas")
    case .sentinelMissing:
      language.say(
        "\(verdict.count.counting("sentinel")) not seen: rights or entries were lost",
        "\(count) \(verdict.count == 1 ? "kontrollpost" : "kontrollposter") syntes inte: behörighet eller poster har gått förlorade"
      )
    case .contextBackwards:
      language.say(
        "the directory's contextCSN is older than it has been, for \(verdict.count.counting("server"))",
        "katalogens contextCSN är äldre än det har varit, för \(count) \(verdict.count == 1 ? "server" : "servrar")"
      )
    case .anonymous:
      language.say("the server held us for nobody", "servern kände inte igen oss: anslutningen är anonym")
    default: language.say("the read did not see everything", "läsningen såg inte allt")
    }
  }

  private func calm(_ verdict: GuardVerdict) -> String {
    switch verdict.name {
    case .unitEmptied: language.say("no unit would be left empty", "ingen enhet skulle bli tom")
    case .providerRoot:
      language.say(
        "no care provider or organisation itself is touched",
        "ingen vårdgivare eller organisation berörs själv")
    case .sentinelMissing: language.say("no sentinel is missing", "ingen kontrollpost saknas")
    case .contextBackwards:
      language.say(
        "the directory's contextCSN has not gone backwards", "katalogens contextCSN har inte gått bakåt")
    case .anonymous: language.say("the server knew who we are", "servern visste vilka vi är")
    default: language.say("the read saw everything", "läsningen såg allt")
    }
  }

  private func clocks(_ verdict: GuardVerdict) -> String {
    let limit = (verdict.limitCount ?? 0).grouped
    let difference = verdict.count.grouped
    return language.say(
      "the clocks disagree by \(difference) s, limit \(limit) s",
      "klockorna skiljer sig med \(difference) s, gräns \(limit) s")
  }
}

// Figures and causes.
extension GuardWords {
  /// `12 of 40 (30 %), limit 5 or 10 %`.
  private func figures(_ verdict: GuardVerdict) -> String {
    var text = verdict.count.grouped
    if let whole = verdict.population {
      text += " \(language.say("of", "av")) \(whole.grouped)"
      if whole > 0, verdict.count > 0 { text += " (\(percent(verdict.count, of: whole)) %)" }
    }
    let limits = [verdict.limitCount?.grouped, verdict.limitPercent.map { "\($0) %" }].compactMap(\.self)
    guard !limits.isEmpty else { return text }
    return text + language.say(", limit ", ", gräns ")
      + limits.joined(separator: language.say(" or ", " eller "))
  }

  /// Rounded up to a tenth, so that what is over a limit never looks as if it were at it.
  private func percent(_ count: Int, of whole: Int) -> String {
    let tenths = (count * 1000 + whole - 1) / whole
    let digits = (tenths / 10).grouped
    return tenths.isMultiple(of: 10) ? digits : "\(digits)\(language.say(".", ","))\(tenths % 10)"
  }

  private func reason(_ cause: GuardVerdict.Cause) -> String {
    switch cause {
    case .reorganised(let unit):
      language.say(
        "\(called(unit)) was renamed, moved or reorganised at the source",
        "\(called(unit)) har bytt namn, flyttats eller organiserats om i källan")
    case .fileMissing(let source):
      language.say(
        "a file is missing from the set or is empty: \(shown(source))",
        "en fil saknas i underlaget eller är tom: \(shown(source))")
    case .fileTruncated(let source):
      language.say(
        "a file ends too early or holds only a part: \(shown(source))",
        "en fil slutar för tidigt eller innehåller bara en del: \(shown(source))")
    case .attributeEverywhere(let attribute):
      language.say(
        "\(shown(attribute)) changes nearly everywhere: a column was shifted, or a rule was changed",
        "\(shown(attribute)) ändras nästan överallt: en kolumn har förskjutits, eller en regel har ändrats")
    case .ruleChanged, .rulesChanged, .commissionWithheld: ruleReason(cause)
    case .readIncomplete:
      language.say(
        "the agent could not read all of the directory, or has lost rights to read it",
        "agenten kunde inte läsa hela katalogen, eller har förlorat läsbehörighet")
    case .directoryRestored:
      language.say(
        "the directory was restored from a backup, or it is another server that lags behind",
        "katalogen har återställts från en säkerhetskopia, eller så är det en annan server som släpar efter")
    case .clockWrong:
      language.say(
        "a clock is wrong: look at the time synchronisation here and at the directory",
        "en klocka går fel: se över tidssynkroniseringen här och hos katalogen")
    }
  }
}
