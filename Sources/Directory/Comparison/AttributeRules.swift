import LDAP

/// What a comparison does with each attribute of each kind, worked out once.
package struct AttributeRules: Sendable {
  /// How the agent stands to an attribute.
  package enum Mode: Hashable, Sendable { case own, create, merge, remove, ignore }

  /// One attribute of one kind.
  package struct Rule: Sendable {
    /// Where the attribute stands in a comparison's scratch row; see ``AttributeRules/slot(of:)``.
    package var slot: Int
    package var mode: Mode
    /// The server's own spelling of the attribute's name, options kept.
    package var name: String
    package var matching: MatchingRule
    /// Whether a difference of spelling alone counts.
    package var comparesSpelling: Bool
    /// Whether values can be taken out and asserted one by one.
    package var hasEquality: Bool
    package var isSingleValued: Bool
    package var reference: Profile.ReferenceForm?
  }

  package let schema: Schema
  package let profile: Profile
  package let management: Management
  private var slots: [String: Int] = [:]
  package private(set) var slotNames: [String] = []

  package let objectClass: Int
  package let identity: Int
  package let entryUUID: Int
  package let entryCSN: Int
  package let startDate: Int
  package let endDate: Int
  /// Where a unit's care provider stands, whether or not anybody owns the attribute.
  package let responsibleProvider: Int
  /// Where a commission's members stand, whether or not anybody owns them; -1 when the catalogue has none.
  package let member: Int
  /// Slots of attributes that are looked at and not compared.
  private var watched: [String: Int] = [:]

  package init(profile: Profile, management: Management, schema: Schema) {
    self.schema = schema
    self.profile = profile
    self.management = management
    let fixed = [
      "objectClass", profile.identity, "entryUUID", "entryCSN", profile.startDate, profile.endDate,
    ]
    objectClass = 0
    identity = 1
    entryUUID = 2
    entryCSN = 3
    startDate = 4
    endDate = 5
    for name in fixed {
      slots[AttributeRules.key(name, schema)] = slotNames.count
      slotNames.append(name)
    }
    for name in AttributeRules.comparedAttributes(profile, management)
    where slots[AttributeRules.key(name, schema)] == nil {
      slots[AttributeRules.key(name, schema)] = slotNames.count
      slotNames.append(name)
    }
    for name in [profile.responsibleProvider] + [profile.memberAttribute].compactMap({ $0 })
    where slots[AttributeRules.key(name, schema)] == nil {
      watched[AttributeRules.key(name, schema)] = slotNames.count
      slotNames.append(name)
    }
    let (slots, watched) = (slots, watched)
    func looked(_ name: String) -> Int {
      let key = AttributeRules.key(name, schema)
      return slots[key] ?? watched[key] ?? -1
    }
    responsibleProvider = looked(profile.responsibleProvider)
    member = profile.memberAttribute.map(looked) ?? -1
  }

  /// The attributes that a read must ask for.
  ///
  /// - Parameter foreseeing: whether what will happen by itself is asked for too.
  package static func attributesToRead(
    _ profile: Profile, _ management: Management, foreseeing: Bool = false
  ) -> [String] {
    let members = foreseeing ? [profile.memberAttribute].compactMap { $0 } : []
    return distinct(comparedAttributes(profile, management) + [profile.responsibleProvider] + members)
  }

  private static func comparedAttributes(_ profile: Profile, _ management: Management) -> [String] {
    var names = [
      "objectClass", profile.identity, "entryUUID", "entryCSN", profile.startDate, profile.endDate,
    ]
    names += profile.kinds.map(\.profile.naming) + profile.correlation + profile.unique
    for kind in Kind.allCases {
      guard let managed = management[kind] else { continue }
      names += managed.own + managed.merge
    }
    return distinct(names)
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0.asciiLowercased).inserted }
  }

  /// The slot of an attribute by any of its names; `nil` when the comparison does not look at it.
  package func slot(of name: String) -> Int? { slots[AttributeRules.key(name, schema)] }

  /// The slot of an attribute that the comparison looks at, also of one that it does not compare; -1 for others.
  func observedSlot(of name: String) -> Int {
    let key = AttributeRules.key(name, schema)
    return slots[key] ?? watched[key] ?? -1
  }

  /// Options are part of it: they tell other attributes apart.
  private static func key(_ name: String, _ schema: Schema) -> String {
    schema.canonicalName(name).asciiLowercased
  }

  /// The rule for an attribute that stands in a desired row of a kind.
  package func rule(for name: String, kind: Kind) -> Rule {
    let isRemoval = name.hasPrefix("remove:")
    let attribute = isRemoval ? String(name.dropFirst(7)) : name
    let mode = isRemoval ? .remove : self.mode(of: attribute, kind: kind)
    let key = AttributeRules.key(attribute, schema)
    let matching = schema.equality(of: attribute)
    return Rule(
      slot: slots[key] ?? -1, mode: slots[key] == nil && mode != .create ? .ignore : mode, name: attribute,
      matching: matching,
      comparesSpelling: matching.keepsSpelling && !profile.serverSpells.contains(attribute.asciiLowercased),
      hasEquality: schema.hasEquality(attribute),
      isSingleValued: schema.attributeType(attribute)?.isSingleValue ?? false,
      reference: profile.references[attribute.asciiLowercased])
  }

  private func mode(of attribute: String, kind: Kind) -> Mode {
    guard let managed = management[kind], !profile.neverOwned.contains(attribute.asciiLowercased) else {
      return .ignore
    }
    let canonical = schema.canonicalName(attribute)
    func names(_ list: [String]) -> Bool {
      list.contains { schema.canonicalName($0).equalsIgnoringASCIICase(canonical) }
    }
    if names([profile.identity]) { return .ignore }
    if names(managed.own) { return .own }
    if names(managed.create) { return .create }
    if names(managed.merge) { return .merge }
    return .ignore
  }

  /// Whether the naming attribute of a kind is owned, so that entries are renamed after it.
  package func ownsName(_ kind: Kind) -> Bool {
    guard let naming = profile[kind]?.naming else { return false }
    return mode(of: naming, kind: kind) == .own
  }

  /// The rules for all names of a desired table, by kind and index of the name.
  package func table(for names: [String]) -> [Kind: [Rule]] {
    var result: [Kind: [Rule]] = [:]
    for kind in Kind.allCases { result[kind] = names.map { rule(for: $0, kind: kind) } }
    return result
  }
}
