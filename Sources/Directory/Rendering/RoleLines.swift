import Foundation
import LDAP

/// What persons lose and gain, line by line, each beneath the last change of the person's entry.
///
///     - NPÖ;Läsare @ VC Norr           roles.yaml:12
///     + Vaccinera;Vaccinatör @ VC Syd  roles.yaml:30  (ek, scim)
struct RoleLines {
  /// A change for each person whose entry does not change, to stand among the others with the roles beneath it.
  let standalone: [Change]
  private let roles: [HSAIdentity: [RoleChange]]
  /// The change beneath which a person's roles stand, by ``Change/id``.
  private let carriers: [HSAIdentity: Int]
  private let targets: Set<String>
  private let names: PlaceNames
  private let language: Language
  private let limit: Int

  init(_ plan: Plan, names: PlaceNames, language: Language, detail: PlanText.Detail) {
    self.names = names
    self.language = language
    limit = detail.valueLimit
    targets = Set((plan.roles?.targets ?? []).filter { $0.fault == nil }.map(\.name))
    let unknown = HSAIdentity(language.say("unknown holder", "okänd innehavare"))
    let roles = Dictionary(grouping: plan.roles?.changes ?? []) { change in
      change.shownPerson == nil ? unknown : change.person
    }
    var carriers: [HSAIdentity: Int] = [:]
    for change in plan.changes where change.kind == .person && roles[change.identity] != nil {
      carriers[change.identity] = max(carriers[change.identity] ?? 0, change.id)
    }
    let alone = roles.keys.filter { carriers[$0] == nil }.sorted()
    standalone = alone.enumerated().map { offset, person in
      Change(rolesOf: person, roles[person] ?? [], id: plan.changes.count + offset)
    }
    for change in standalone { carriers[change.identity] = change.id }
    self.carriers = carriers
    self.roles = roles
  }

  /// What stands beneath a change, losses before gains, long lists shortened; of a protected person how many there are.
  func items(of change: Change) -> [String] {
    guard carriers[change.identity] == change.id, let all = roles[change.identity] else { return [] }
    if change.isProtected || all.contains(where: \.isProtected) { return [numbers(all)] }
    let items = merged(all)
    let width = min(items.map(\.what.displayWidth).max() ?? 0, 60)
    return RoleChange.Direction.allCases.flatMap { direction -> [String] in
      let lines = items.filter { $0.direction == direction }.map { line($0, width) }
      // One more is shown rather than "and 1 more".
      let shown = lines.count - 1 == limit ? lines.count : min(lines.count, limit)
      guard shown < lines.count else { return lines }
      return lines.prefix(shown) + [direction.sign + " " + language.more(lines.count - shown)]
    }
  }

  // MARK: One line

  /// The same role at several targets.
  private struct Item {
    let direction: RoleChange.Direction
    let what: String
    let tail: String
    var targets: Set<String>
  }

  private func merged(_ changes: [RoleChange]) -> [Item] {
    var items: [Item] = []
    var places: [String: Int] = [:]
    for change in changes {
      let what = what(change)
      let tail = tail(change)
      let key = [change.direction.rawValue, RoleName.normalForm(what), tail].joined(separator: "\n")
      if let place = places[key] {
        items[place].targets.insert(change.target)
      } else {
        places[key] = items.count
        items.append(Item(direction: change.direction, what: what, tail: tail, targets: [change.target]))
      }
    }
    return items
  }

  private func line(_ item: Item, _ width: Int) -> String {
    let at =
      item.targets.isSuperset(of: targets)
      ? "" : "(" + item.targets.sorted().map { VisibleText($0).text }.joined(separator: ", ") + ")"
    let parts = [item.what.padded(to: width), item.tail, at].filter { !$0.isEmpty }
    let line = item.direction.sign + " " + parts.joined(separator: "  ")
    return item.tail.isEmpty && at.isEmpty ? item.direction.sign + " " + item.what : line
  }

  /// The role, and where it is tied; its period where only that becomes another.
  private func what(_ change: RoleChange) -> String {
    var text = VisibleText(PersonalNumber.masked(in: change.role)).text
    if let first = change.assignments.first, let place = first.unit ?? first.provider {
      text += " @ " + VisibleText(names.name(of: place)).text
    }
    guard change.direction == .renewal else { return text }
    let period = RolePeriod(change.assignments)
    return text + "  " + [period.from, period.to].map(day).joined(separator: "..")
  }

  private func day(_ seconds: Int?) -> String {
    seconds.map { CivilTime.shown(Date(timeIntervalSince1970: Double($0))) } ?? ""
  }

  /// The rules that give it, and why it is lost where no change of the entry tells.
  private func tail(_ change: RoleChange) -> String {
    let rules = Set(change.assignments.map(\.position)).sorted()
    var texts = rules.prefix(2).map { VisibleText("\($0.file):\($0.line)").text }
    if rules.count > 2 { texts.append(language.more(rules.count - 2)) }
    let source = texts.joined(separator: ", ")
    return [source, change.cause.map(reason) ?? ""].filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private func reason(_ cause: RoleChange.Cause) -> String {
    switch cause {
    case .entryChange: ""
    case .ended: language.say("time is over", "tiden är slut")
    case .noRule: language.say("no rule gives it", "ingen regel ger den")
    case .constraint: language.say("a constraint refuses it", "en begränsning hindrar den")
    case .unknownHolder: language.say("the holder is not known", "innehavaren är inte känd")
    }
  }

  private func numbers(_ all: [RoleChange]) -> String {
    let counts = RoleCounts(all)
    let figures = [("-", counts.lost), ("+", counts.gained), ("~", counts.renewed)].filter { $0.1 > 0 }
      .map { "\($0.0) \($0.1.grouped)" }
    return figures.joined(separator: "  ") + "  "
      + language.say("(protected person: not shown)", "(skyddad person: visas inte)")
  }
}

extension RoleChange.Direction {
  fileprivate var sign: String {
    switch self {
    case .loss: "-"
    case .gain: "+"
    case .renewal: "~"
    }
  }
}

extension Change {
  /// A person whose roles change and whose entry does not.
  fileprivate init(rolesOf person: HSAIdentity, _ roles: [RoleChange], id: Int) {
    let isProtected = roles.contains(where: \.isProtected)
    let known = roles.filter { $0.cause != .unknownHolder }
    let dn = known.lazy.compactMap(\.holderName).first ?? DistinguishedName()
    self.init(
      id: id, action: .update, kind: .person, identity: person,
      label: isProtected ? nil : known.lazy.compactMap(\.label).first, isProtected: isProtected,
      cause: .desired(SourcePosition(file: "", line: 0)), dn: dn, differences: [],
      operation: .modify(dn, []), precondition: Precondition())
    place = roles.lazy.map(\.place).first { $0.unit != nil } ?? Place()
  }

  /// Whether it stands for a person whose roles alone change.
  var isOfRolesAlone: Bool { if case .desired(let position) = cause { position.file.isEmpty } else { false } }
}
