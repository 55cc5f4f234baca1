/// What targets have, held against what they shall have.
struct RoleComparison {
  /// What follows from what was observed.
  let observed: RoleView
  /// What follows once the changes are made.
  let predicted: RoleView
  /// What follows once the endings among them are made, and nothing else.
  let ended: RoleView
  /// Whether "not seen" may be believed.
  let isComplete: Bool
  /// Of whom the prediction may be another than what was observed; `nil`: of anybody.
  let touched: Set<HSAIdentity>?
  private(set) var changes: [RoleChange] = []
  private var tally = RoleTally()

  init(
    observed: RoleView, predicted: RoleView, ended: RoleView, isComplete: Bool,
    touched: Set<HSAIdentity>? = nil
  ) {
    self.observed = observed
    self.predicted = predicted
    self.ended = ended
    self.isComplete = isComplete
    self.touched = touched
  }

  var scale: RoleScale { tally.scale }

  /// Compares what one target has.
  mutating func compare(_ form: RoleTargetForm, _ held: HeldRoles) {
    let byPerson = Dictionary(grouping: held.roles, by: \.person)
    for person in Set(predicted.holders.filter(held.tells)).union(byPerson.keys) {
      compare(person, byPerson[person] ?? [], form)
    }
  }

  private mutating func compare(_ person: HSAIdentity, _ held: [HeldRole], _ form: RoleTargetForm) {
    let before = observed.wanted(by: form, of: person)
    let isTouched = touched?.contains(person) ?? true
    let wanted = isTouched ? predicted.wanted(by: form, of: person) : before
    let known = observed.person(person)
    var kept: Set<String> = []
    for role in held {
      let holding = Holding(role, form, known, before, observed)
      tally.add(person, holding.role, holding.place, tiedTo: holding.assignments.first?.scope)
      guard let known = holding.person, let wanted = wanted[holding.key] else {
        lose(holding, form)
        continue
      }
      kept.insert(holding.key)
      renew(role, to: wanted, known, form)
    }
    for (key, wanted) in wanted where !kept.contains(key) { gain(wanted, person, form) }
  }

  // MARK: The changes

  private mutating func gain(_ wanted: WantedRole, _ identity: HSAIdentity, _ form: RoleTargetForm) {
    guard let person = predicted.person(identity), let first = wanted.assignments.first else { return }
    changes.append(
      RoleChange(
        target: form.name, .gain, person: identity, role: first.role, value: wanted.value,
        label: person.label, isProtected: person.isProtected, assignments: wanted.assignments,
        evidence: predicted.evidence(first), place: Holding.place(first, person),
        holder: person.dn.description, entryUUID: person.entryUUID))
  }

  /// When not everything was seen, a period is not made shorter: what keeps it up may be what was not seen.
  private mutating func renew(
    _ held: HeldRole, to wanted: WantedRole, _ person: RolePerson, _ form: RoleTargetForm
  ) {
    guard case .record = form.style, let first = wanted.assignments.first else { return }
    let (before, after) = (RolePeriod(from: held.from, to: held.to), wanted.period)
    guard before != after, isComplete || !after.isShorter(than: before) else { return }
    changes.append(
      RoleChange(
        target: form.name, .renewal, person: held.person, role: first.role, value: held.value,
        label: person.label, isProtected: person.isProtected, assignments: wanted.assignments,
        evidence: predicted.evidence(first), place: Holding.place(first, person), holder: held.holder,
        entryUUID: held.entryUUID))
  }

  private mutating func lose(_ holding: Holding, _ form: RoleTargetForm) {
    let cause = cause(of: holding, form)
    // What gives it may be what was not seen, unless the person's own time is over.
    guard isComplete || cause == .ended && holding.person?.isOutOfTime == true else { return }
    let held = holding.held
    let isEnding =
      cause == .ended
      || holding.source == .assignments && cause == .entryChange
        && ended.wanted(by: form, of: held.person)[holding.key] == nil
    changes.append(
      RoleChange(
        target: form.name, .loss, person: held.person, role: holding.role, value: held.value,
        label: holding.person?.label, isProtected: holding.person?.isProtected ?? holding.mayBeProtected,
        assignments: holding.assignments, place: holding.place, cause: cause, isEnding: isEnding,
        holder: held.holder, entryUUID: held.entryUUID))
  }

  private func cause(of holding: Holding, _ form: RoleTargetForm) -> RoleChange.Cause {
    guard holding.person != nil else { return .unknownHolder }
    let identity = holding.held.person
    if WantedRole.merged(predicted.refused(identity), by: form)[holding.key] != nil { return .constraint }
    return switch holding.source {
    case .assignments: .entryChange
    case .regardlessOfTime: .ended
    // What was refused before and is no longer, nor given: what gave it has gone.
    case .refused: .entryChange
    case nil: .noRule
    }
  }
}

/// One role that a target has, with what is known of why.
private struct Holding {
  enum Source { case assignments, refused, regardlessOfTime }

  let held: HeldRole
  /// Its value in normal form.
  let key: String
  /// Who holds it; `nil` where it is nobody who was seen, or another entry than that person's.
  let person: RolePerson?
  /// Whether the HSA-id is that of a protected person, whoever holds it.
  let mayBeProtected: Bool
  let source: Source?
  /// What gives it, or gave it.
  let assignments: [Assignment]
  let role: String
  let place: Change.Place

  /// - Parameter before: what follows from what was observed, by the value's normal form.
  init(
    _ held: HeldRole, _ form: RoleTargetForm, _ known: RolePerson?, _ before: [String: WantedRole],
    _ observed: RoleView
  ) {
    self.held = held
    let key = RoleName.normalForm(held.value)
    self.key = key
    mayBeProtected = known?.isProtected ?? false
    let isSame = held.entryUUID.map { $0.lowercased() == known?.entryUUID?.lowercased() } ?? true
    person = isSame ? known : nil
    let found = person == nil ? nil : Holding.found(key, held.person, form, before, observed)
    source = found?.source
    assignments = found?.assignments ?? []
    role = assignments.first?.role ?? form.role(of: held.value)
    place = assignments.first.map { [person] in Holding.place($0, person) } ?? person?.place ?? Change.Place()
  }

  /// The assignments that have the value, from the strongest source that has any.
  private static func found(
    _ key: String, _ person: HSAIdentity, _ form: RoleTargetForm, _ before: [String: WantedRole],
    _ observed: RoleView
  ) -> (source: Source, assignments: [Assignment])? {
    if let given = before[key] { return (.assignments, given.assignments) }
    let sources: [(Source, (HSAIdentity) -> [Assignment])] = [
      (.refused, observed.refused), (.regardlessOfTime, observed.regardlessOfTime),
    ]
    for (source, assignments) in sources {
      if let wanted = WantedRole.merged(assignments(person), by: form)[key] {
        return (source, wanted.assignments)
      }
    }
    return nil
  }

  /// Where an assignment is tied; where the person lies when it is tied to nothing.
  static func place(_ assignment: Assignment, _ person: RolePerson?) -> Change.Place {
    guard assignment.unit != nil || assignment.provider != nil else { return person?.place ?? Change.Place() }
    return Change.Place(unit: assignment.unit, provider: assignment.provider)
  }
}

/// Counts what is held, each person and role once.
struct RoleTally {
  private struct Key: Hashable {
    let person: HSAIdentity
    let role: String
  }
  private var all: Set<Key> = []
  private var units: [HSAIdentity: Set<Key>] = [:]
  private var providers: [HSAIdentity: Set<Key>] = [:]
  private var tied: [HSAIdentity: Set<Key>] = [:]

  /// - Parameters:
  ///   - role: as anybody writes it.
  ///   - scope: what the assignment is tied to.
  mutating func add(
    _ person: HSAIdentity, _ role: String, _ place: Change.Place, tiedTo scope: HSAIdentity? = nil
  ) {
    let key = Key(person: person, role: RoleName.normalForm(role))
    all.insert(key)
    if let unit = place.unit {
      units[unit, default: []].insert(key)
      if unit == scope { tied[unit, default: []].insert(key) }
    }
    if let provider = place.provider { providers[provider, default: []].insert(key) }
  }

  var scale: RoleScale {
    var scale = RoleScale()
    scale.total = all.count
    for key in all { scale.roles[key.role, default: 0] += 1 }
    scale.units = units.mapValues(\.count)
    scale.providers = providers.mapValues(\.count)
    scale.tied = tied.mapValues { $0.reduce(into: [:]) { counts, key in counts[key.role, default: 0] += 1 } }
    return scale
  }
}

extension RoleScale {
  /// Takes away what ends, each person and role once.
  ///
  /// - Parameter others: what is taken away besides; a role that stands among them is still held until then.
  mutating func take(_ endings: [RoleChange], but others: [RoleChange]) {
    func key(_ change: RoleChange) -> [String] {
      [change.person.normalForm, RoleName.normalForm(change.role)]
    }
    var seen = Set(others.filter { $0.direction == .loss }.map(key))
    for change in endings where seen.insert(key(change)).inserted {
      let role = RoleName.normalForm(change.role)
      total = max(0, total - 1)
      roles[role] = RoleScale.less(roles[role])
      if let provider = change.place.provider { providers[provider] = RoleScale.less(providers[provider]) }
      guard let unit = change.place.unit else { continue }
      units[unit] = RoleScale.less(units[unit])
      guard change.assignments.first?.scope == unit else { continue }
      let left = RoleScale.less(tied[unit]?[role])
      tied[unit]?[role] = left
    }
  }

  /// One less; `nil` where none is left.
  private static func less(_ count: Int?) -> Int? { count.flatMap { $0 > 1 ? $0 - 1 : nil } }
}
