import Foundation
import LDAP

@testable import Directory

/// Who holds which roles, worked out anew for each question, in the plainest way: what derivation is held against.
struct RoleOracle {
  /// An entry that lies under the bases.
  struct One {
    let entry: Entry
    /// Normal forms of the relative names, its own first.
    let path: [String]
    let kind: Kind?
    let id: HSAIdentity?
    let isSound: Bool

    func isOf(_ objectClass: String) -> Bool {
      entry["objectClass"].contains { $0.text?.lowercased() == objectClass.lowercased() }
    }
  }

  typealias Held = (assignment: Assignment, refusal: Int?)

  let rules: RoleRules
  let profile: Profile
  let schema: Schema
  let instant: Date
  let all: [One]
  /// Whether dates are left aside.
  var isTimeless = false

  init(
    _ entries: [Entry], _ rules: RoleRules, _ profile: Profile, _ schema: Schema, base: DistinguishedName,
    known: [HSAIdentity: String], at instant: Date
  ) {
    self.rules = rules
    self.profile = profile
    self.schema = schema
    self.instant = instant
    let bases = (rules.bases.isEmpty ? [base] : rules.bases).map { RoleOracle.path($0, schema) }
    let inside = entries.filter { entry in
      bases.contains { RoleOracle.path(entry.dn, schema).suffix($0.count).elementsEqual($0) }
    }
    all = inside.map { entry in
      let id = entry.text("hsaIdentity").map { HSAIdentity($0) }
      let twins = inside.filter { $0.text("hsaIdentity").map { HSAIdentity($0) } == id }.count
      let isKnown = id.flatMap { known[$0] }.map { $0 == entry.text("entryUUID") } ?? true
      let kind = RoleOracle.kind(entry, profile)
      return One(
        entry: entry, path: RoleOracle.path(entry.dn, schema), kind: kind, id: id,
        isSound: id != nil && kind != nil && twins == 1 && isKnown)
    }
  }

  private static func path(_ dn: DistinguishedName, _ schema: Schema) -> [String] {
    dn.rdns.map { $0.normalForm(schema) }
  }

  private static func kind(_ entry: Entry, _ profile: Profile) -> Kind? {
    let classes = Set(entry["objectClass"].compactMap { $0.text?.lowercased() })
    return profile.kinds.first { !classes.isDisjoint(with: $0.profile.recognise.map { $0.lowercased() }) }?
      .kind
  }

  // MARK: The whole

  var persons: [One] { all.filter { $0.kind == .person && $0.isSound } }

  /// What everybody has, with the index of the constraint that refuses it.
  func everything() -> [HSAIdentity: [Held]] {
    var result: [HSAIdentity: [Held]] = [:]
    for person in persons {
      guard let id = person.id else { continue }
      let held = limited(rules.rules.flatMap { give($0, person) }.map { ($0, nil) }, person)
      if !held.isEmpty { result[id] = held }
    }
    if !isTimeless {
      for index in rules.constraints.indices {
        if case .maximum(let most) = rules.constraints[index].limit { count(most, index, &result) }
      }
    }
    return result
  }

  private func count(_ most: Int, _ index: Int, _ result: inout [HSAIdentity: [Held]]) {
    func isConcerned(_ held: Held) -> Bool {
      held.refusal == nil && rules.constraints[index].roles.match(held.assignment.role)
    }
    let holders = result.filter { $0.value.contains(where: isConcerned) }.map { id, held in
      (held.filter(isConcerned).map { $0.assignment.from ?? .distantPast }.min() ?? .distantPast, id)
    }.sorted { $0 < $1 }
    for (_, id) in holders.dropFirst(most) {
      result[id] = result[id]?.map { isConcerned($0) ? ($0.assignment, index) : $0 }
    }
  }

  // MARK: One rule, one person

  func isValid(_ one: One) -> Bool {
    guard one.isSound, !one.isOf(profile.archivedClass) else { return false }
    if one.kind == .person, one.isOf("hsaDeletedPersonWithValidCertificates") { return false }
    guard let (start, end) = period(one) else { return false }
    return holds(start, end)
  }

  func holds(_ start: Date?, _ end: Date?) -> Bool {
    isTimeless || (start.map { $0 <= instant } ?? true) && (end.map { instant < $0 } ?? true)
  }

  private func period(_ one: One) -> (start: Date?, end: Date?)? {
    guard case .some(let start) = date(one, "startDate", .start),
      case .some(let end) = date(one, "endDate", .end)
    else { return nil }
    return (start, end)
  }

  /// `.some(nil)`: there is none; `nil`: it cannot be read.
  private func date(_ one: One, _ attribute: String, _ bound: CivilTime.Bound) -> Date?? {
    let values = one.entry[attribute]
    if values.isEmpty { return .some(nil) }
    guard values.count == 1, let text = values[0].text, let moment = try? CivilTime.moment(text, as: bound)
    else {
      return nil
    }
    return moment
  }

  private func meets(_ one: One, _ rule: RoleRule, _ subject: RoleSubject) -> Bool {
    guard let condition = rule.condition(subject) else { return true }
    return condition.filter.matches(one.entry, schema: schema) == true
  }

  struct Joined {
    var person: One
    var commission: One?
    var unit: One?
    var provider: One?
    var function: One?
    var careUnit: One?
    var from: [Date?] = []
    var ends: [Date?] = []

    func entry(_ subject: RoleSubject) -> One? {
      switch subject {
      case .person: person
      case .commission: commission
      case .unit: unit
      case .provider: provider
      case .function: function
      }
    }
  }

  private func give(_ rule: RoleRule, _ person: One) -> [Assignment] {
    guard isValid(person), meets(person, rule, .person) else { return [] }
    let joinsCommission = rule.condition(.commission) != nil || rule.right != nil
    var functions: [One?] = [nil]
    if rule.condition(.function) != nil {
      functions = all.filter { function in
        function.kind == .function && isValid(function) && meets(function, rule, .function)
          && function.entry["roleOccupant"].contains {
            $0.text.flatMap { try? DistinguishedName(parsing: $0) }?.normalForm(schema)
              == person.entry.dn.normalForm(schema)
          }
      }
    }
    let commissions: [One?] = joinsCommission ? all.filter { $0.kind == .commission } : [nil]
    return functions.flatMap { function in
      commissions.flatMap { commission -> [Assignment] in
        guard
          let joined = commission.map({ join($0, person, function, rule) }) ?? place(person, function, rule)
        else { return [] }
        return assignments(joined, rule)
      }
    }
  }

  private func join(_ commission: One, _ person: One, _ function: One?, _ rule: RoleRule) -> Joined? {
    guard isValid(commission), meets(commission, rule, .commission), !isWithheld(commission) else {
      return nil
    }
    if let right = rule.right {
      let granted = commission.entry["hsaCommissionRight"].compactMap {
        $0.text.flatMap { CommissionRight(parsing: $0) }
      }
      guard granted.contains(where: { $0.covers(right) }) else { return nil }
    }
    let periods = commission.entry["hsaCommissionMember"].compactMap { MemberPeriod($0) }.filter {
      $0.member == person.id && holds($0.start, $0.end)
    }
    guard !periods.isEmpty else { return nil }
    var joined = Joined(person: person)
    joined.commission = commission
    joined.function = function
    let above = above(commission)
    joined.unit = above?.kind == .unit ? above : nil
    if case .found(let provider) = provider(above) { joined.provider = provider }
    if let unit = joined.unit { guard isValid(unit) else { return nil } }
    if let provider = joined.provider { guard isValid(provider) else { return nil } }
    if rule.condition(.unit) != nil {
      guard let unit = joined.unit, meets(unit, rule, .unit) else { return nil }
    }
    if rule.condition(.provider) != nil {
      guard let provider = joined.provider, meets(provider, rule, .provider) else { return nil }
    }
    joined.careUnit = joined.unit.flatMap { careUnit($0) ?? $0 }
    joined.from = [periods.contains { $0.start == nil } ? nil : periods.compactMap(\.start).min()]
    if rule.until.contains(.membership) {
      joined.ends = [periods.contains { $0.end == nil } ? nil : periods.compactMap(\.end).max()]
    }
    return joined
  }

  private func place(_ person: One, _ function: One?, _ rule: RoleRule) -> Joined? {
    var joined = Joined(person: person)
    joined.function = function
    joined.unit = above(function ?? person)
    if rule.condition(.unit) != nil {
      if function == nil {
        while let unit = joined.unit, !meets(unit, rule, .unit) { joined.unit = above(unit) }
      }
      guard let unit = joined.unit, isValid(unit), meets(unit, rule, .unit) else { return nil }
    }
    if case .found(let provider) = provider(joined.unit) { joined.provider = provider }
    if rule.condition(.provider) != nil {
      guard let provider = joined.provider, isValid(provider), meets(provider, rule, .provider) else {
        return nil
      }
    }
    joined.careUnit = joined.unit.flatMap { careUnit($0) }
    if let care = joined.careUnit, !care.isSound { joined.careUnit = nil }
    if rule.condition(.unit) == nil, joined.unit?.isSound == false { joined.unit = nil }
    return joined
  }

  // MARK: Places

  private func above(_ one: One) -> One? {
    for depth in 1..<max(2, one.path.count) {
      guard let found = all.first(where: { $0.path == Array(one.path.dropFirst(depth)) }) else { continue }
      if found.id != nil, found.kind == .unit || found.kind == .organisation { return found }
    }
    return nil
  }

  enum Answer {
    case none, bad
    case found(One)
  }

  private func provider(_ unit: One?) -> Answer {
    guard let unit else { return .none }
    let named = unit.entry["hsaResponsibleHealthCareProvider"]
    if !named.isEmpty {
      let found = all.filter { one in
        one.isSound && named.contains { $0.text.map { HSAIdentity($0) } == one.id }
      }
      guard named.count == 1, unit.isSound, found.count == 1, found[0].isOf(profile.providerClass) else {
        return .bad
      }
      return .found(found[0])
    }
    if unit.isOf(profile.providerClass) { return unit.isSound ? .found(unit) : .bad }
    return provider(above(unit))
  }

  private func careUnit(_ unit: One) -> One? {
    if unit.isOf(profile.careUnitClass) { return unit }
    let listing = all.filter { one in
      one.isSound && one.isOf(profile.careUnitClass) && (one.kind == .unit || one.kind == .organisation)
        && one.entry["hsaHealthCareUnitMember"].contains { $0.text.map { HSAIdentity($0) } == unit.id }
    }.sorted { ($0.id ?? HSAIdentity("")) < ($1.id ?? HSAIdentity("")) }
    if let first = listing.first(where: isValid) ?? listing.first { return first }
    var above = above(unit)
    while let one = above, !one.isOf(profile.careUnitClass) { above = self.above(one) }
    return above
  }

  private func isWithheld(_ commission: One) -> Bool {
    func lacks(_ one: One, _ subject: RoleSubject) -> Bool {
      (rules.mandatory[subject] ?? []).contains { attribute in
        let values = one.entry[attribute]
        if values.isEmpty || values.contains(where: { $0.text?.allSatisfy { $0 == " " } ?? true }) {
          return true
        }
        guard profile.references[attribute.lowercased()] == .identity else { return false }
        return values.contains { value in
          guard let target = all.first(where: { $0.isSound && $0.id == value.text.map { HSAIdentity($0) } })
          else { return true }
          return isOver(target)
        }
      }
    }
    if lacks(commission, .commission) { return true }
    let above = above(commission)
    if let unit = above, unit.kind == .unit, lacks(unit, .unit) { return true }
    switch provider(above) {
    case .bad: return true
    case .none: return !(rules.mandatory[.provider] ?? []).isEmpty
    case .found(let provider): return lacks(provider, .provider) || isOver(provider)
    }
  }

  private func isOver(_ one: One) -> Bool {
    if one.isOf(profile.archivedClass) { return true }
    guard case .some(let end) = date(one, "endDate", .end) else { return true }
    return !isTimeless && (end.map { $0 <= instant } ?? false)
  }

  // MARK: The assignment

  private func assignments(_ joined: Joined, _ rule: RoleRule) -> [Assignment] {
    let brings = joined.commission != nil
    var (from, ends) = (joined.from, joined.ends)
    for subject in RoleSubject.allCases {
      guard subject == .person || rule.condition(subject) != nil || (brings && subject != .function),
        let one = joined.entry(subject), let period = period(one)
      else { continue }
      from.append(period.start)
      if rule.until.contains(.end(subject)) { ends.append(period.end) }
      for until in rule.until {
        guard case .attribute(subject, let name) = until else { continue }
        guard case .some(let end) = date(one, name, .end) else { return [] }
        if !isTimeless, let end, end <= instant { return [] }
        ends.append(end)
      }
    }
    var made: [Assignment] = []
    let byRole = Dictionary(grouping: texts(rule, joined), by: RoleName.normalForm)
    for role in byRole.values.compactMap({ $0.min() }) {
      var one = Assignment(
        person: joined.person.id ?? HSAIdentity(""), role: role, rule: rule.name, position: rule.position)
      one.commission = joined.commission?.id
      one.function = joined.function?.id
      one.unit = joined.careUnit?.id
      one.provider = joined.provider?.id
      one.from = from.compactMap(\.self).max()
      one.to = ends.compactMap(\.self).min()
      switch rule.scope {
      case .none: break
      case .unit: one.scope = rule.condition(.unit) != nil ? joined.unit?.id ?? one.unit : one.unit
      case .provider: one.scope = one.provider
      case .identity(let id): one.scope = id
      }
      if rule.scope == .unit || rule.scope == .provider, one.scope == nil { continue }
      if rule.needsRequest {
        guard let request = request(role, joined.person, { _ in true }) else { continue }
        one.narrow(request)
      }
      made.append(one)
    }
    return made
  }

  private func texts(_ rule: RoleRule, _ joined: Joined) -> [String] {
    var texts = [""]
    for part in rule.role.parts {
      switch part {
      case .literal(let text): texts = texts.map { $0 + text }
      case .attribute(let subject, let name):
        let values = (joined.entry(subject)?.entry[name] ?? []).compactMap(\.text).filter {
          !$0.isEmpty && !$0.contains(";") && !$0.contains { $0.isNewline || $0 == "\u{7}" }
        }
        texts = texts.flatMap { text in values.map { text + $0 } }
      }
    }
    return texts.count > 100 ? [] : texts
  }
}
