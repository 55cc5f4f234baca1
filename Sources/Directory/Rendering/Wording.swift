/// What texts for people count.
package enum Noun: CaseIterable, Hashable, Sendable {
  case change, entry, error, failure, file, `guard`, referral, role, row, second, warning
}

extension Language {
  /// The number and what is counted: `1 entry`, `2 entries`; `1 post`, `2 poster`.
  package func count(_ number: Int, _ noun: Noun) -> String {
    let (one, many) = words(noun)
    return number == 1 ? "1 " + one : number.grouped + " " + many
  }

  /// What ends the programs' sentences of what was counted and shortened: `3 more`.
  func more(_ number: Int) -> String { number.grouped + " " + say("more", "till") }

  private func words(_ noun: Noun) -> (one: String, many: String) {
    switch noun {
    case .change: self == .english ? ("change", "changes") : ("ändring", "ändringar")
    case .entry: self == .english ? ("entry", "entries") : ("post", "poster")
    case .error: self == .english ? ("error", "errors") : ("fel", "fel")
    case .failure: self == .english ? ("failure", "failures") : ("misslyckande", "misslyckanden")
    case .file: self == .english ? ("file", "files") : ("fil", "filer")
    case .guard: self == .english ? ("guard", "guards") : ("spärr", "spärrar")
    case .referral: self == .english ? ("referral", "referrals") : ("hänvisning", "hänvisningar")
    case .role: self == .english ? ("role", "roles") : ("roll", "roller")
    case .row: self == .english ? ("row", "rows") : ("rad", "rader")
    case .second: self == .english ? ("second", "seconds") : ("sekund", "sekunder")
    case .warning: self == .english ? ("warning", "warnings") : ("varning", "varningar")
    }
  }
}
