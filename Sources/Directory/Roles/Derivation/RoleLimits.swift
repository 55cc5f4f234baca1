import LDAP

/// Applies the constraints to what the rules gave.
///
/// First where people lie, then who asked, then what excludes what, then how many: what one refuses does not count
/// for those after it, whatever the order in the file.
struct RoleLimits: Sendable {
  private let constraints: [RoleConstraint]
  /// The numbers of the HSA-ids of the units that each constraint names.
  private(set) var units: [[Int32]] = []
  /// The condition on the requester of each constraint, or -1.
  private var conditions: [Int] = []
  private let order: [Int]
  /// Those that count holders, in order.
  let maximums: [Int]

  init(_ constraints: [RoleConstraint], conditions: [Int], _ number: (HSAIdentity) -> Int32) {
    self.constraints = constraints
    self.conditions = conditions
    for constraint in constraints {
      switch constraint.limit {
      case .units(let units), .requesters(_, let units): self.units.append(units.map(number))
      case .exclusive, .maximum: units.append([])
      }
    }
    func rank(_ index: Int) -> Int {
      switch constraints[index].limit {
      case .units: 0
      case .requesters: 1
      case .exclusive: 2
      case .maximum: 3
      }
    }
    let sorted = constraints.indices.sorted { (rank($0), $0) < (rank($1), $1) }
    order = sorted.filter { rank($0) < 3 }
    maximums = sorted.filter { rank($0) == 3 }
  }

  func limit(_ constraint: Int) -> RoleConstraint.Limit { constraints[constraint].limit }

  /// Refuses what a person may not hold, whoever else holds what.
  func apply(
    to held: inout [RoleHeld], of person: Int32, _ entries: RoleEntries, _ texts: RoleTexts,
    _ requests: RoleRequests, at instant: Double
  ) {
    for constraint in order {
      let concerned = held.indices.filter { index in
        held[index].refusal < 0 && texts.limits(held[index].role).contains { $0.constraint == constraint }
      }
      guard !concerned.isEmpty else { continue }
      switch constraints[constraint].limit {
      case .units:
        if !lies(person, under: units[constraint], entries) {
          for index in concerned { held[index].refusal = Int32(constraint) }
        }
      case .requesters:
        for index in concerned {
          let asked = requests.best(
            for: entries[person].identity, role: texts.normal(held[index].role), at: instant
          ) { mayAsk($0, constraint, for: person, entries, at: instant) }
          if let asked { held[index].narrow(asked) } else { held[index].refusal = Int32(constraint) }
        }
      case .exclusive: exclude(concerned, constraint, &held, texts)
      case .maximum: break
      }
    }
  }

  /// Of the constraint's roles the first stays: by the order of patterns, then of texts.
  private func exclude(_ concerned: [Int], _ constraint: Int, _ held: inout [RoleHeld], _ texts: RoleTexts) {
    func key(_ index: Int) -> (Int, String) {
      let role = held[index].role
      return (texts.limits(role).first { $0.constraint == constraint }?.pattern ?? 0, texts.normal(role))
    }
    guard let first = concerned.map(key).min(by: <) else { return }
    for index in concerned where key(index) != first { held[index].refusal = Int32(constraint) }
  }

  func lies(_ entry: Int32, under units: [Int32], _ entries: RoleEntries) -> Bool {
    units.contains { unit in
      guard let unit = entries.entry(of: unit) else { return false }
      return entries.places.isAt(entries[entry].place, orBelow: entries[unit].place)
    }
  }

  /// Whether somebody is one on whose request a person may get the constraint's roles.
  func mayAsk(
    _ requester: Int32, _ constraint: Int, for person: Int32, _ entries: RoleEntries, at instant: Double
  )
    -> Bool
  {
    guard requester != entries[person].identity, let entry = entries.entry(of: requester),
      entries[entry].kind == .person, entries.isValid(entry, at: instant),
      entries.meets(entry, conditions[constraint])
    else { return false }
    return units[constraint].isEmpty || lies(entry, under: units[constraint], entries)
  }

  /// Whether a constraint counts the holders of one of the roles.
  func countsHolders(of held: [RoleHeld], _ texts: RoleTexts) -> Bool {
    guard !maximums.isEmpty else { return false }
    return held.contains { one in texts.limits(one.role).contains { maximums.contains($0.constraint) } }
  }

  /// Refuses what is beyond the numbers of holders that are allowed.
  ///
  /// - Parameter counted: what those have who hold such roles, by person; refusals by earlier constraints stay.
  func count(
    _ counted: inout [Int32: [RoleHeld]], _ entries: RoleEntries, _ texts: RoleTexts
  ) {
    for person in counted.keys {
      for index in counted[person]?.indices ?? 0..<0 {
        guard let refusal = counted[person]?[index].refusal, maximums.contains(Int(refusal)) else { continue }
        counted[person]?[index].refusal = -1
      }
    }
    for constraint in maximums {
      guard case .maximum(let most) = constraints[constraint].limit else { continue }
      func isConcerned(_ one: RoleHeld) -> Bool {
        one.refusal < 0 && texts.limits(one.role).contains { $0.constraint == constraint }
      }
      var holders: [(from: Double, identity: HSAIdentity, person: Int32)] = []
      for (person, held) in counted {
        guard let from = held.filter(isConcerned).map(\.from).min() else { continue }
        holders.append((from, entries.identity(person), person))
      }
      holders.sort { ($0.from, $0.identity) < ($1.from, $1.identity) }
      for holder in holders.dropFirst(max(0, most)) {
        for index in counted[holder.person]?.indices ?? 0..<0 {
          guard let one = counted[holder.person]?[index], isConcerned(one) else { continue }
          counted[holder.person]?[index].refusal = Int32(constraint)
        }
      }
    }
  }
}
