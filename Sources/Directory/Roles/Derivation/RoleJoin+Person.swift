import LDAP

extension RoleJoin {
  /// What the rules give a person, constraints aside.
  ///
  /// - Parameter excess: gets the rules that would have given too many roles at once.
  mutating func derive(
    _ person: Int32, _ entries: RoleEntries, _ texts: inout RoleTexts, _ requests: RoleRequests,
    excess: inout [Int]
  ) -> [RoleHeld] {
    guard entries[person].kind == .person, entries.isValid(person, at: instant) else { return [] }
    var held: [RoleHeld] = []
    let memberships = entries.memberships(of: entries[person].identity, at: instant)
    for rule in programs.indices where entries.meets(person, programs[rule].person) {
      for ties in candidates(rule, person, memberships, entries) {
        guard let period = period(rule, ties, entries) else { continue }
        guard let roles = roles(rule, ties, entries, &texts) else {
          excess.append(rule)
          continue
        }
        for role in roles {
          var one = RoleHeld(rule: rule, role: role, ties, from: period.from, to: period.to)
          guard fits(one, programs[rule]) else { continue }
          if programs[rule].needsRequest {
            let asked = requests.best(
              for: entries[person].identity, role: texts.normal(role), at: instant
            ) { _ in true }
            guard let asked else { continue }
            one.narrow(asked)
          }
          held.append(one)
        }
      }
    }
    return held
  }

  /// Whether what the assignment shall be tied to is known.
  func fits(_ held: RoleHeld, _ program: RoleProgram) -> Bool {
    switch program.scope {
    case .none, .identity: true
    case .unit: held.careUnit >= 0 || program.unit != nil && held.unit >= 0
    case .provider: held.provider >= 0
    }
  }

  /// What can be joined for a rule, each joined entry valid and meeting its condition.
  private mutating func candidates(
    _ rule: Int, _ person: Int32, _ memberships: [RoleMembership], _ entries: RoleEntries
  ) -> [RoleTies] {
    let program = programs[rule]
    var functions: [Int32] = [-1]
    if let condition = program.function {
      functions = entries.functions(of: person).filter {
        entries.isValid($0, at: instant) && entries.meets($0, condition)
      }
      if functions.isEmpty { return [] }
    }
    var found: [RoleTies] = []
    guard program.commission != nil else {
      for function in functions {
        if let ties = placed(person, function, program, entries) { found.append(ties) }
      }
      return found
    }
    for membership in memberships {
      let commission = commission(membership.commission, entries)
      guard commission.givesSomething, commission.rules[rule] else { continue }
      for function in functions {
        found.append(RoleTies(person, membership, commission, function: function))
      }
    }
    return found
  }

  /// Person and function (-1: none) with the unit where the function, or else the person, lies.
  private mutating func placed(
    _ person: Int32, _ function: Int32, _ program: RoleProgram, _ entries: RoleEntries
  ) -> RoleTies? {
    var ties = RoleTies(person: person)
    ties.function = function
    if function >= 0 {
      ties.unit = entries.unit(above: function)
      if let condition = program.unit, ties.unit < 0 || !entries.meets(ties.unit, condition) { return nil }
    } else if let condition = program.unit {
      ties.unit = entries.unit(above: person, meeting: condition)
    } else {
      ties.unit = entries.unit(above: person)
    }
    if program.unit != nil {
      guard ties.unit >= 0, entries.isValid(ties.unit, at: instant) else { return nil }
    }
    let (search, careUnit) = place(ties.unit, entries)
    ties.careUnit = careUnit
    if case .found(let provider) = search { ties.provider = provider }
    if let condition = program.provider {
      guard ties.provider >= 0, entries.meets(ties.provider, condition),
        entries.isValid(ties.provider, at: instant)
      else { return nil }
    }
    if program.unit == nil, ties.unit >= 0, !entries.isSound(ties.unit) { ties.unit = -1 }
    if ties.careUnit >= 0, !entries.isSound(ties.careUnit) { ties.careUnit = -1 }
    return ties
  }

  /// From when to when; `nil` when an attribute that ends it has, or cannot be read.
  private func period(_ rule: Int, _ ties: RoleTies, _ entries: RoleEntries) -> (from: Double, to: Double)? {
    let program = programs[rule]
    var from = ties.memberStart
    var to = program.untilMembership ? ties.memberEnd : .infinity
    for subject in RoleSubject.allCases where isJoined(subject, program) {
      let entry = ties.entry(subject)
      guard entry >= 0 else { continue }
      from = max(from, entries[entry].start)
      if program.untilEnds.contains(subject) { to = min(to, entries[entry].end) }
    }
    for (subject, column) in program.untilDates where isJoined(subject, program) {
      let entry = ties.entry(subject)
      guard entry >= 0 else { continue }
      let end = entries.dates.moment(column, entries.set(entry, entries.dates.slot(column)))
      guard !end.isNaN, instant.isNaN || instant < end else { return nil }
      to = min(to, end)
    }
    return (from, to)
  }

  /// Whether the rule takes the subject's time into account. A commission brings its unit and its provider along.
  func isJoined(_ subject: RoleSubject, _ program: RoleProgram) -> Bool {
    switch subject {
    case .person: true
    case .commission: program.commission != nil
    case .unit: program.unit != nil || program.commission != nil
    case .provider: program.provider != nil || program.commission != nil
    case .function: program.function != nil
    }
  }

  /// The texts of the roles; `nil` when there would be too many.
  private func roles(_ rule: Int, _ ties: RoleTies, _ entries: RoleEntries, _ texts: inout RoleTexts)
    -> [Int32]?
  {
    if let text = programs[rule].text { return [texts.number(text)] }
    var made = [""]
    for part in programs[rule].parts {
      switch part {
      case .literal(let text): made = made.map { $0 + text }
      case .attribute(let subject, let slot):
        let entry = ties.entry(subject)
        let fitting = entry < 0 ? [] : RoleJoin.fitting(entries.values.values(slot, entries.set(entry, slot)))
        guard made.count * fitting.count <= RoleJoin.mostRoles else { return nil }
        made = made.flatMap { text in fitting.map { text + $0 } }
      }
    }
    // Of texts that are one role the first stays.
    var seen: Set<String> = []
    return made.sorted().filter { seen.insert(RoleName.normalForm($0)).inserted }.map { texts.number($0) }
  }

  /// How many roles one rule may give one person in one place.
  static let mostRoles = 100

  /// The values that may stand in the text of a role: none that is no text, that cannot be seen, or that has a `;`
  /// and so could make another role of it.
  static func fitting(_ values: [Value]) -> [String] {
    values.compactMap(\.text).filter { text in
      !text.isEmpty && !text.utf8.contains(UInt8(ascii: ";"))
        && !text.unicodeScalars.contains { VisibleText.mustBeSpelled($0) }
    }
  }
}

extension RoleTies {
  init(_ person: Int32, _ membership: RoleMembership, _ commission: RoleCommission, function: Int32) {
    self.init(person: person)
    self.commission = membership.commission
    self.function = function
    unit = commission.unit
    provider = commission.provider
    careUnit = commission.careUnit
    memberStart = membership.start
    memberEnd = membership.end
  }
}

extension RoleHeld {
  /// Makes the period no longer than a request's.
  mutating func narrow(_ request: RoleRequest) {
    from = max(from, request.from?.timeIntervalSince1970 ?? -.infinity)
    to = min(to, request.to?.timeIntervalSince1970 ?? .infinity)
  }
}
