import Foundation
import LDAP

/// Words that texts about roles share.
struct RoleWords {
  let language: Language

  /// `from 2024-01-01 through 2027-12-31`: an end at midnight is told by the day before it, as people write it.
  func period(_ from: Date?, _ to: Date?) -> String {
    let begin = from.map { language.say("from", "från") + " " + CivilTime.shown($0) }
    let text = [begin, to.map(end)].compactMap(\.self).joined(separator: " ")
    return text.isEmpty ? language.say("until further notice", "tills vidare") : text
  }

  private func end(_ date: Date) -> String {
    let text = CivilTime.shown(date)
    guard !text.contains(" ") else { return language.say("until", "till") + " " + text }
    return language.say("through", "t.o.m.") + " "
      + CivilTime.shown(date.addingTimeInterval(-43_200)).prefix(10)
  }

  func subject(_ subject: RoleSubject) -> String {
    switch subject {
    case .person: language.say("person", "person")
    case .commission: language.say("commission", "uppdrag")
    case .unit: language.say("unit", "enhet")
    case .provider: language.say("provider", "vårdgivare")
    case .function: language.say("function", "funktion")
    }
  }

  func theSubject(_ subject: RoleSubject) -> String {
    switch subject {
    case .person: language.say("the person", "personen")
    case .commission: language.say("the commission", "uppdraget")
    case .unit: language.say("the unit", "enheten")
    case .provider: language.say("the care provider", "vårdgivaren")
    case .function: language.say("the function", "funktionen")
    }
  }

  func persons(_ number: Int) -> String {
    number.grouped + " " + (number == 1 ? "person" : language.say("people", "personer"))
  }

  func roles(_ number: Int) -> String {
    number.grouped + " " + (number == 1 ? language.say("role", "roll") : language.say("roles", "roller"))
  }

  func assignments(_ number: Int) -> String {
    number.grouped + " "
      + (number == 1
        ? language.say("assignment", "tilldelning") : language.say("assignments", "tilldelningar"))
  }

  func rules(_ number: Int) -> String {
    number.grouped + " " + (number == 1 ? language.say("rule", "regel") : language.say("rules", "regler"))
  }

  var protected: String {
    language.say("(protected person: not shown)", "(skyddad person: visas inte)")
  }

  /// A place without its column, for lines that many others stand beside.
  static func line(_ position: SourcePosition) -> String {
    VisibleText("\(position.file):\(position.line)").text
  }

  /// A role, fit to print; a personal number that came into it by a template is masked.
  static func role(_ role: String) -> String { VisibleText(PersonalNumber.masked(in: role)).text }
}
