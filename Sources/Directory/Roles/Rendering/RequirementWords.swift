import Foundation
import LDAP

/// What is asked before a role is given, in words: that it is met, or what would have to change.
struct RequirementWords {
  typealias Requirement = RoleExplanation.Requirement

  let language: Language
  let values: RoleValueWords
  /// The rules' constraints, as far as they are known.
  var constraints: [RoleConstraint] = []

  private var words: RoleWords { RoleWords(language: language) }

  /// What was asked and is met.
  func met(_ one: Requirement) -> String {
    let subject = words.theSubject(one.subject)
    switch one.matter {
    case .standing:
      return language.say("\(subject) is known by its HSA-id", "\(subject) känns igen på sitt HSA-id")
    case .validity: return language.say("\(subject) is valid", "\(subject) gäller")
    case .condition(let filter):
      let text = values.filter(filter)
      return language.say("\(subject) meets \(text)", "\(subject) uppfyller \(text)") + values.having(one)
    case .right(let right):
      return language.say(
        "the commission gives \(right.description)", "uppdraget ger \(right.description)")
        + values.having(one)
    case .membership: return language.say("member of the commission", "medlem i uppdraget")
    case .occupation: return language.say("has the function", "har funktionen")
    case .existence:
      return language.say("there is \(words.subject(one.subject))", "\(words.subject(one.subject)) finns")
    case .soundness:
      return language.say("nothing mandatory is missing", "inget obligatoriskt saknas")
    case .end(let attribute):
      return language.say("`\(attribute)` has not passed", "`\(attribute)` har inte passerat")
        + values.having(one)
    case .text(let attribute):
      return language.say("the role takes `\(attribute)`", "rollen tar `\(attribute)`") + values.having(one)
    case .role: return language.say("the role is the one asked for", "rollen är den efterfrågade")
    case .scope: return language.say("what it is tied to is known", "det den är knuten till är känt")
    case .request: return language.say("it has been requested", "den är begärd")
    case .constraint: return language.say("the constraint allows it", "begränsningen tillåter den")
    }
  }

  /// What was asked and is not met.
  func failing(_ one: Requirement) -> String {
    let subject = words.theSubject(one.subject)
    switch one.matter {
    case .standing, .validity, .existence: return fault(one, subject)
    case .condition:
      let wanted = one.failing.map(values.filter).joined(separator: language.say(" and ", " och "))
      return language.say("\(subject) does not meet \(wanted)", "\(subject) uppfyller inte \(wanted)")
        + values.lacking(one)
    case .right(let right):
      return language.say(
        "the commission does not give \(right.description)", "uppdraget ger inte \(right.description)")
        + values.lacking(one)
    case .membership: return membership(one)
    case .occupation:
      return language.say("the person has no such function", "personen har ingen sådan funktion")
    case .soundness(let attribute):
      let name = attribute.map { "`\($0)`" } ?? ""
      return language.say(
        "the commission gives nobody anything: \(name) of \(subject) is missing or cannot be right",
        "uppdraget ger ingen något: \(name) hos \(subject) saknas eller kan inte stämma")
    case .end(let attribute): return end(one, attribute)
    case .text(let attribute):
      return language.say(
        "\(subject) has no `\(attribute)` that can stand in a role",
        "\(subject) har inget `\(attribute)` som kan stå i en roll")
    case .role(let roles):
      let given = roles.map { values.role($0) }.joined(separator: ", ")
      return language.say("the rule would give \(given)", "regeln skulle ge \(given)")
    case .scope:
      return language.say(
        "the \(words.subject(one.subject)) that it is tied to is not known",
        "den \(words.subject(one.subject)) som den är knuten till är inte känd")
    case .request: return request(one)
    case .constraint(let index): return constraint(index)
    }
  }

  private func constraint(_ index: Int) -> String {
    guard constraints.indices.contains(index) else {
      return language.say("a constraint refuses it", "en begränsning hindrar den")
    }
    switch constraints[index].limit {
    case .units:
      return language.say(
        "only people of certain units may hold it", "bara personer på vissa enheter får ha den")
    case .requesters:
      return language.say(
        "nobody of those who may ask for it has done so", "ingen av dem som får begära den har gjort det")
    case .exclusive:
      return language.say(
        "another role that the person has excludes it", "en annan roll som personen har utesluter den")
    case .maximum(let count):
      return language.say(
        "the \(count.grouped) who may hold it already do", "de \(count.grouped) som får ha den har den redan")
    }
  }

  // MARK: Faults

  private func fault(_ one: Requirement, _ subject: String) -> String {
    guard let fault = one.fault else {
      return language.say("\(subject) does not count", "\(subject) räknas inte")
    }
    switch fault {
    case .notSeen:
      return one.subject == .person
        ? language.say("\(subject) is not in the directory", "\(subject) finns inte i katalogen")
        : language.say(
          "there is no such \(words.subject(one.subject))",
          "det finns ingen sådan \(words.subject(one.subject))")
    case .seenTwice:
      return language.say(
        "the HSA-id of \(subject) is in the directory twice",
        "HSA-id hos \(subject) finns två gånger i katalogen")
    case .inAnothersPlace:
      return language.say(
        "\(subject) has come in another entry's place", "\(subject) har kommit i en annan posts ställe")
    case .outsideBases:
      return language.say(
        "\(subject) lies outside the rules' bases", "\(subject) ligger utanför reglernas baser")
    case .otherKind:
      return language.say(
        "what has the HSA-id is no \(words.subject(one.subject))",
        "det som har HSA-id:t är något annat än \(words.subject(one.subject))")
    case .notBegun(let date):
      return language.say("\(subject) begins to be valid", "\(subject) börjar gälla") + values.date(date)
    case .ended(let date):
      return language.say("\(subject) has ended", "\(subject) har upphört") + values.date(date)
    case .archived: return language.say("\(subject) is archived", "\(subject) har arkiverats")
    case .removed:
      return language.say(
        "\(subject) was removed and only has certificates left",
        "\(subject) är borttagen och har bara certifikat kvar")
    case .unreadable(let attribute):
      return language.say(
        "`\(attribute)` of \(subject) is no date that can be read",
        "`\(attribute)` hos \(subject) är inget datum som kan läsas")
    }
  }

  private func membership(_ one: Requirement) -> String {
    switch one.fault {
    case .notBegun(let date):
      language.say("the membership begins", "medlemskapet börjar") + values.date(date)
    case .ended(let date):
      language.say("the membership has ended", "medlemskapet är slut") + values.date(date)
    default:
      language.say(
        "the person is a member of no such commission", "personen är inte medlem i något sådant uppdrag")
    }
  }

  private func end(_ one: Requirement, _ attribute: String) -> String {
    if case .ended(let date) = one.fault {
      return language.say("`\(attribute)` has passed", "`\(attribute)` har passerat") + values.date(date)
    }
    return language.say(
      "`\(attribute)` is no date that can be read", "`\(attribute)` är inget datum som kan läsas")
  }

  private func request(_ one: Requirement) -> String {
    switch one.fault {
    case .notBegun(let date):
      language.say("what was requested begins", "det som begärts börjar") + values.date(date)
    case .ended(let date):
      language.say("the time of the request is over", "begärans tid är slut") + values.date(date)
    default: language.say("nobody has requested it", "ingen har begärt den")
    }
  }

  /// What to do, where that is not plain from what is said.
  func advice(_ one: Requirement) -> String? {
    let id = one.identity.map { VisibleText($0.text).text } ?? "HSAID"
    switch (one.matter, one.fault) {
    case (_, .inAnothersPlace):
      return values.isHidden
        ? "hsasync adopt HSAID"
        : language.say(
          "if it is the same, accept it: hsasync adopt \(id)",
          "om det är samma, godta den: hsasync adopt \(id)")
    case (.request, .notSeen):
      return language.say(
        "somebody who may ask has to put it among the requests",
        "någon som får begära rollen skriver in en begäran")
    case (.soundness, _):
      return language.say(
        "correct that entry; everybody with the commission is without rights until then",
        "rätta den posten; alla med uppdraget är utan rättigheter tills dess")
    default: return nil
    }
  }
}

/// What texts about roles may show of values: nothing of a protected person, no personal numbers.
struct RoleValueWords {
  let language: Language
  let disclosure: Disclosure
  /// Attributes (small letters) that hold names of entries.
  let references: Set<String>
  /// Whether everything is about a protected person.
  let isHidden: Bool
  let reveal: Bool

  init(_ profile: Profile, language: Language, isHidden: Bool, reveal: Bool) {
    self.language = language
    self.isHidden = isHidden
    self.reveal = reveal
    references = Set(profile.references.filter { $0.value == .name }.map(\.key))
    disclosure = Disclosure(ofPlans: [], profile: profile, reveal: reveal)
  }

  func role(_ role: String) -> String { isHidden ? "…" : RoleWords.role(role) }

  /// A condition; of a protected person only which attributes it asks about.
  func filter(_ filter: Filter) -> String {
    guard isHidden else { return VisibleText(disclosure.filter(filter).description).text }
    return filter.attributes.map { "`\(VisibleText($0).text)`" }.joined(separator: ", ")
  }

  func date(_ date: Date) -> String { isHidden ? "" : " " + CivilTime.shown(date) }

  /// `: hsaTitle "Läkare"` of what meets it.
  func having(_ one: RoleExplanation.Requirement) -> String {
    let shown = list(one.values)
    return shown.isEmpty ? "" : ": " + shown
  }

  /// What is there instead.
  func lacking(_ one: RoleExplanation.Requirement) -> String {
    let shown = list(one.values)
    if isHidden { return "" }
    return shown.isEmpty
      ? language.say(": no value", ": inget värde") : language.say(": it has \(shown)", ": där står \(shown)")
  }

  private func list(_ values: [RoleEvidence]) -> String {
    guard !isHidden else { return "" }
    var names: [String] = []
    for value in values where !names.contains(value.attribute) { names.append(value.attribute) }
    return names.map { name in
      let all = values.filter { $0.attribute == name }.map(value)
      let more = all.count > 4 ? " " + language.more(all.count - 3) : ""
      return VisibleText(name).text + " " + all.prefix(all.count > 4 ? 3 : 4).joined(separator: ", ") + more
    }.joined(separator: ", ")
  }

  private func value(_ evidence: RoleEvidence) -> String {
    // Whose name it is, is not asked here: it may be a protected person's.
    if isName(evidence) { return language.say("<name>", "<namn>") }
    switch disclosure.shown(Value(evidence.value), of: evidence.attribute) {
    case .text(let text): return VisibleText(quoting: text).text
    case .personalNumber: return language.say("<personal number>", "<personnummer>")
    case .protected(let identity): return VisibleText(identity.text).text
    case .bytes: return ""
    }
  }

  /// Whether a value is another entry's name.
  func isName(_ evidence: RoleEvidence) -> Bool {
    references.contains(String(evidence.attribute.prefix { $0 != ";" }).asciiLowercased)
  }
}
