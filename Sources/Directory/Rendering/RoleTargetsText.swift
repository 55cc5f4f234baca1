/// What is to be known of targets as a whole: which could not be read, and how many roles come and go at each.
struct RoleTargetsText {
  let roles: RolePlan?
  let language: Language

  /// What nobody may overlook: targets that could not be read, rules that are only proposed.
  var warnings: [String] {
    guard let roles else { return [] }
    let proposed =
      roles.isProposed
      ? [
        language.say(
          "the rules are proposed ones: what they would do is shown, and nothing of it is applied",
          "reglerna är bara föreslagna: det som visas är vad de skulle göra, och inget av det genomförs")
      ] : []
    return proposed
      + roles.targets.compactMap { target in
        target.fault.map { fault in
          let name = VisibleText(target.name).text
          return language.say(
            "target \(name) could not be read: nothing is planned for it (\(VisibleText(fault).text))",
            "målsystemet \(name) kunde inte läsas: inget planeras för det (\(VisibleText(fault).text))")
        }
      }
  }

  /// A line for each target that was read.
  var counts: [String] {
    (roles?.targets ?? []).filter { $0.fault == nil }.map { target in
      let counts = RoleCounts((roles?.changes ?? []).filter { $0.target == target.name })
      let name = VisibleText(target.name).text
      let held = target.held.grouped
      let foreign = target.foreign.grouped
      return language.say(
        "target \(name): \(held) held, \(foreign) that are not ours",
        "målsystemet \(name): \(held) innehas, \(foreign) är inte våra")
        + "; " + RoleTargetsText.words(counts, language)
    }
  }

  /// `12 roles gained, 48 lost`; nothing where nothing comes or goes.
  static func summary(_ roles: RolePlan?, isOfEndings: Bool, _ language: Language) -> String? {
    let counts = RoleCounts(roles?.changes ?? [])
    guard counts.gained + counts.lost + counts.renewed > 0 else { return nil }
    guard isOfEndings else { return words(counts, language) }
    return language.count(counts.lost, .role) + " " + language.say("lost", "försvinner")
  }

  private static func words(_ counts: RoleCounts, _ language: Language) -> String {
    language.count(counts.gained, .role) + " " + language.say("gained", "tillkommer") + ", "
      + counts.lost.grouped + " " + language.say("lost", "försvinner")
      + (counts.renewed > 0
        ? ", " + counts.renewed.grouped + " " + language.say("with another period", "får annan tid") : "")
  }
}

extension PlanTable {
  /// How many roles come and go, by role; the most changed ones where there are many. No rows when none does.
  ///
  /// Protected persons are counted apart: a role may tell where somebody works.
  init(rolesOf plan: Plan, language: Language) {
    guard let roles = plan.roles, !roles.changes.isEmpty else {
      self.init(rows: [])
      return
    }
    let all = RoleRow.rows(roles)
    let most = 30
    let shown = all.prefix(all.count == most + 1 ? most + 1 : most)
    var rows = [
      [
        language.say("role", "roll"), language.say("held", "innehas"), language.say("gained", "tillkommer"),
        language.say("lost", "försvinner"),
      ]
    ]
    rows += shown.map { $0.cells($0.name) }
    if all.count > shown.count {
      let others = all.dropFirst(shown.count).reduce(into: RoleRow(name: "")) { $0.add($1) }
      rows.append(others.cells(language.more(all.count - shown.count)))
    }
    let protected = RoleCounts(roles.changes.filter(\.isProtected))
    if roles.changes.contains(where: \.isProtected) {
      rows.append([
        language.say("protected persons", "skyddade personer"), "", protected.gained.grouped,
        protected.lost.grouped,
      ])
    }
    self.init(rows: rows)
  }
}

/// What happens to one role.
private struct RoleRow {
  var name: String
  var held = 0
  var gained = 0
  var lost = 0

  /// The most changed first.
  static func rows(_ roles: RolePlan) -> [RoleRow] {
    Dictionary(grouping: roles.changes.filter { !$0.isProtected }) { RoleName.normalForm($0.role) }
      .sorted { $0.key < $1.key }
      .map { role, changes in
        let counts = RoleCounts(changes)
        let name = VisibleText(PersonalNumber.masked(in: changes.first?.role ?? role)).text
        return RoleRow(
          name: name, held: roles.scale.roles[role] ?? 0, gained: counts.gained, lost: counts.lost)
      }
      .enumerated().sorted { ($1.element.changed, $0.offset) < ($0.element.changed, $1.offset) }
      .map(\.element)
  }

  private var changed: Int { gained + lost }

  mutating func add(_ other: RoleRow) {
    held += other.held
    gained += other.gained
    lost += other.lost
  }

  func cells(_ name: String) -> [String] { [name, held.grouped, gained.grouped, lost.grouped] }
}
