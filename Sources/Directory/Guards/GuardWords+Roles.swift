// The wording of guards on roles.
extension GuardWords {
  /// What is counted, and within what.
  func roles(_ name: GuardVerdict.Name, _ subject: GuardVerdict.Subject) -> String {
    let what =
      switch name {
      case .rolesGranted: language.say("role assignments granted", "beviljade rolltilldelningar")
      case .rolesEnded: language.say("role assignments ended", "avslutade rolltilldelningar")
      case .sensitiveRoles: language.say("sensitive roles granted", "beviljade känsliga roller")
      case .lastHolder: language.say("roles without holders", "roller utan innehavare")
      default: language.say("role assignments lost", "förlorade rolltilldelningar")
      }
    switch subject {
    case .careProvider(let provider), .provider(let provider, _):
      return "\(what) \(language.say("at", "hos")) \(called(provider))"
    case .unit(let unit): return "\(what) \(language.say("at", "på")) \(called(unit))"
    case .role(let role): return "\(what) \(language.say("of", "av rollen")) \(shown(role))"
    case .roleAt(let role, let unit):
      return language.say(
        "\(what) of \(shown(role)) at \(called(unit))", "\(what) av rollen \(shown(role)) på \(called(unit))")
    case .everything, .kind, .commission, .source: return "\(what) \(language.say("in all", "totalt"))"
    }
  }

  func roleAlarm(_ verdict: GuardVerdict) -> String {
    let (role, unit): (String, String?) =
      switch verdict.subject {
      case .role(let role): (shown(role), nil)
      case .roleAt(let role, let unit): (shown(role), called(unit))
      default: ("", nil)
      }
    let count = verdict.count.grouped
    if verdict.name == .sensitiveRoles {
      return language.say(
        "the sensitive role \(role) would be given to \(verdict.count == 1 ? "1 person" : "\(count) persons")",
        "den känsliga rollen \(role) skulle ges till \(verdict.count == 1 ? "1 person" : "\(count) personer")"
      )
    }
    let place = unit.map { language.say(" at ", " på ") + $0 } ?? ""
    return verdict.count == 1
      ? language.say(
        "nobody would have the role \(role)\(place) any longer: its last holder would lose it",
        "ingen skulle längre ha rollen \(role)\(place): dess sista innehavare skulle förlora den")
      : language.say(
        "nobody would have the role \(role)\(place) any longer: its last \(count) holders would lose it",
        "ingen skulle längre ha rollen \(role)\(place): dess \(count) sista innehavare skulle förlora den")
  }

  func roleCalm(_ verdict: GuardVerdict) -> String {
    verdict.name == .sensitiveRoles
      ? language.say("no sensitive role would be given", "ingen känslig roll skulle ges")
      : language.say("no role would lose its last holder", "ingen roll skulle förlora sin sista innehavare")
  }

  /// Why so many come or go, where rules or commissions are the reason.
  func ruleReason(_ cause: GuardVerdict.Cause) -> String {
    switch cause {
    case .ruleChanged(let rule):
      language.say(
        "the rule \(shown(rule)) was changed, or what it rests on",
        "regeln \(shown(rule)) har ändrats, eller det som den vilar på")
    case .commissionWithheld(let commission):
      language.say(
        "the commission \(called(commission)) gives nobody anything: a mandatory value is missing in it, its unit or its care provider",
        "uppdraget \(called(commission)) ger ingen något: ett obligatoriskt värde saknas i det, i dess enhet eller hos dess vårdgivare"
      )
    default:
      language.say(
        "rules were changed or removed, or what they rest on",
        "regler har ändrats eller tagits bort, eller det som de vilar på")
    }
  }
}
