import Directory

/// One role change of a run, for people: what, whose, where, what became of it.
///
/// `- 3 NPÖ;Läsare SE2321000016-7X3K @ journal applied`
struct RolePushLine {
  private let push: JournalledRolePush
  private let language: Language

  init(_ push: JournalledRolePush, _ language: Language) {
    self.push = push
    self.language = language
  }

  var text: String {
    let person = push.person.text.isEmpty ? language.say("(expired)", "(gallrad)") : push.person.text
    let hidden = language.say("(protected person: not shown)", "(skyddad person: visas inte)")
    let (role, target) = (
      push.isProtected ? hidden : VisibleText(push.role).text, VisibleText(push.target).text
    )
    let detail = (push.outcome?.detail).map { " (\(VisibleText($0).text))" } ?? ""
    return "\(sign) \(push.number + 1) \(role) \(VisibleText(person).text) @ \(target) \(word)\(detail)"
  }

  private var sign: String {
    switch push.direction {
    case .loss: "-"
    case .gain: "+"
    case .renewal: "~"
    }
  }

  private var word: String {
    let words = OutcomeWords(language: language)
    return switch push.outcome?.verdict {
    case .applied: language.say("applied", "genomförd")
    case .appliedAlready: words.foundAsWanted
    case .stale: words.stale
    case .refused: words.refused
    case .failed: words.failed
    case .notSent: words.notSent
    case .unknown, nil: words.unknown
    }
  }
}
