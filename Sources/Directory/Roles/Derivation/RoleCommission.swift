/// What holds of a commission for all of its members at an instant.
struct RoleCommission: Sendable {
  /// What is wrong with a value without which the commission gives nobody anything.
  struct Fault: Hashable, Sendable {
    /// Where the value is, or should be.
    var subject: RoleSubject
    var entry: Int32
    var attribute: String
  }

  /// Its care unit and care provider, or -1.
  var unit: Int32
  var provider: Int32
  var careUnit: Int32
  /// Whether it, its unit and its provider are valid.
  var isValid: Bool
  var fault: Fault?
  /// Whether each rule's conditions on commission, unit and provider are met, and its right given, by rule.
  var rules: [Bool]

  var givesSomething: Bool { isValid && fault == nil }
}

/// Derives: joins people with what they are joined with, and judges the rules on it.
///
/// What it remembers of commissions holds for one instant and as long as no entry changes.
struct RoleJoin: Sendable {
  let rules: RoleRules
  let programs: [RoleProgram]
  /// Attributes (name, slot) that commissions, their units and their providers must have.
  let mandatory: [RoleSubject: [(name: String, slot: Int, isReference: Bool)]]
  /// Seconds since 1970; not a number: whatever the time.
  let instant: Double
  private var commissions: [Int32: RoleCommission] = [:]
  private var units: [Int32: (provider: RoleProviderSearch, careUnit: Int32)] = [:]

  init(
    _ rules: RoleRules, _ programs: [RoleProgram],
    mandatory: [RoleSubject: [(name: String, slot: Int, isReference: Bool)]], at instant: Double
  ) {
    self.rules = rules
    self.programs = programs
    self.mandatory = mandatory
    self.instant = instant
  }

  mutating func commission(_ commission: Int32, _ entries: RoleEntries) -> RoleCommission {
    if let known = commissions[commission] { return known }
    let made = make(commission, entries)
    commissions[commission] = made
    return made
  }

  /// The care provider and care unit of a unit (-1: none).
  mutating func place(_ unit: Int32, _ entries: RoleEntries) -> (
    provider: RoleProviderSearch, careUnit: Int32
  ) {
    guard unit >= 0 else { return (.none, -1) }
    if let known = units[unit] { return known }
    let made = (entries.provider(from: unit), entries.careUnit(of: unit, at: instant))
    units[unit] = made
    return made
  }

  private mutating func make(_ commission: Int32, _ entries: RoleEntries) -> RoleCommission {
    let above = entries.unit(above: commission)
    let unit = above >= 0 && entries[above].isUnit ? above : -1
    let (search, careUnit) = place(above, entries)
    var provider: Int32 = -1
    if case .found(let entry) = search { provider = entry }
    var made = RoleCommission(
      unit: unit, provider: provider, careUnit: unit < 0 ? -1 : careUnit < 0 ? unit : careUnit, isValid: true,
      fault: nil, rules: [])
    made.isValid =
      entries.isValid(commission, at: instant) && (unit < 0 || entries.isValid(unit, at: instant))
      && (provider < 0 || entries.isValid(provider, at: instant))
    made.fault = fault(commission, unit, above: above, search, entries)
    made.rules = programs.map { program in
      guard let condition = program.commission, entries.meets(commission, condition),
        program.right.map({ entries.meets(commission, $0) }) ?? true
      else { return false }
      let unitFits = program.unit.map { unit >= 0 && entries.meets(unit, $0) } ?? true
      let providerFits = program.provider.map { provider >= 0 && entries.meets(provider, $0) } ?? true
      return unitFits && providerFits
    }
    return made
  }

  /// The first bad mandatory value: the commission's own, its unit's, its provider's.
  private func fault(
    _ commission: Int32, _ unit: Int32, above: Int32, _ search: RoleProviderSearch, _ entries: RoleEntries
  ) -> RoleCommission.Fault? {
    if let attribute = badAttribute(.commission, commission, entries) {
      return RoleCommission.Fault(subject: .commission, entry: commission, attribute: attribute)
    }
    if unit >= 0, let attribute = badAttribute(.unit, unit, entries) {
      return RoleCommission.Fault(subject: .unit, entry: unit, attribute: attribute)
    }
    let naming = entries.attributes.responsible
    switch search {
    case .bad(let unit): return RoleCommission.Fault(subject: .unit, entry: unit, attribute: naming)
    case .none:
      guard !(mandatory[.provider] ?? []).isEmpty else { return nil }
      return RoleCommission.Fault(subject: .unit, entry: above >= 0 ? above : commission, attribute: naming)
    case .found(let provider):
      if let attribute = badAttribute(.provider, provider, entries) {
        return RoleCommission.Fault(subject: .provider, entry: provider, attribute: attribute)
      }
      guard provider != above, entries.isSound(provider), !entries.isValid(provider, at: instant) else {
        return nil
      }
      let isOver = entries[provider].marks.contains(.isArchived) || entries[provider].end <= instant
      return isOver
        ? RoleCommission.Fault(subject: .provider, entry: provider, attribute: entries.attributes.end) : nil
    }
  }

  private func badAttribute(_ subject: RoleSubject, _ entry: Int32, _ entries: RoleEntries) -> String? {
    mandatory[subject]?.first { isBad($0, entry, entries) }?.name
  }

  private func isBad(
    _ attribute: (name: String, slot: Int, isReference: Bool), _ entry: Int32, _ entries: RoleEntries
  ) -> Bool {
    if RoleValues.key(attribute.name, entries.schema) == entries.memberKey {
      return (entries.members[entry] ?? []).isEmpty
    }
    let set = entries.set(entry, attribute.slot)
    guard set > 0 else { return true }
    if attribute.isReference { return hasBadReference(entry, attribute.slot, entries) }
    let isRight = attribute.name.equalsIgnoringASCIICase(entries.attributes.right)
    let syntax = ValueSyntax(oid: entries.schema.syntax(of: attribute.name))
    var sound = 0
    var faulty = 0
    for value in entries.values.values(attribute.slot, set) {
      let isBlank = value.bytes.allSatisfy { $0 == UInt8(ascii: " ") }
      let isMalformed =
        isRight
        ? value.text.flatMap({ CommissionRight(parsing: $0) }) == nil
        : value.bytes.withUnsafeBytes { syntax.fault(in: $0) } != nil
      if isBlank || isMalformed { faulty += 1 } else { sound += 1 }
    }
    // A right that cannot be read is dropped, and those that can stay.
    return sound == 0 || faulty > 0 && !isRight
  }

  /// Whether an HSA-id that an entry points at does not exist, or has ended.
  private func hasBadReference(_ entry: Int32, _ slot: Int, _ entries: RoleEntries) -> Bool {
    entries.references(entry, slot).contains { identity in
      guard let target = identity.flatMap({ entries.entry(of: $0) }) else { return true }
      let one = entries[target]
      return one.marks.contains(.isArchived) || one.end.isNaN || one.end <= instant
    }
  }
}
