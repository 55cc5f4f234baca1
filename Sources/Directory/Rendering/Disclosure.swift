import LDAP

/// What of a plan may be shown: personal numbers are masked, and of a protected person there is the HSA-id and no more.
///
/// A personal number is masked wherever it stands, in an attribute of its own or in other text. A protected person's
/// name is masked wherever another entry refers to it.
package struct Disclosure: Sendable {
  /// A value as it may be shown.
  package enum Shown: Hashable, Sendable {
    case text(String)
    /// A value that is not text; how it is shown is the rendering's business.
    case bytes([UInt8])
    case personalNumber
    /// The name of a protected person, for which the HSA-id stands.
    case protected(HSAIdentity)
  }

  private let personalNumbers: Set<String>
  private let members: Set<String>
  private let protectedNames: [String: HSAIdentity]
  /// Whether personal numbers are shown. Nothing of a protected person ever is.
  private let reveal: Bool

  /// - Parameters:
  ///   - other: another plan that is shown together with it.
  ///   - reveal: whether personal numbers are shown.
  package init(of plan: Plan, and other: Plan? = nil, profile: Profile, reveal: Bool = false) {
    self.init(ofPlans: [plan, other].compactMap { $0 }, profile: profile, reveal: reveal)
  }

  /// - Parameter names: of protected persons that are in none of the plans.
  init(
    ofPlans plans: [Plan], names: [(DistinguishedName, HSAIdentity)] = [], profile: Profile, reveal: Bool
  ) {
    personalNumbers = Set(profile.personalNumbers.map(\.asciiLowercased))
    members = Set(profile.references.filter { $0.value == .memberPeriod }.map { $0.key.asciiLowercased })
    self.reveal = reveal
    var known: [String: HSAIdentity] = [:]
    for (name, identity) in names { known[Disclosure.key(name)] = identity }
    for plan in plans {
      for (name, identity) in plan.protectedNames { known[Disclosure.key(name)] = identity }
      for change in plan.changes where change.isProtected {
        known[Disclosure.key(change.dn)] = change.identity
        if let newDN = change.newDN { known[Disclosure.key(newDN)] = change.identity }
      }
      for change in plan.roles?.changes ?? [] where change.isProtected {
        guard let name = change.holderName else { continue }
        known[Disclosure.key(name)] = change.person
      }
    }
    protectedNames = known
  }

  /// What may be shown of a value of an attribute.
  package func shown(_ value: Value, of attribute: String) -> Shown {
    if !reveal, isPersonalNumber(attribute) { return .personalNumber }
    guard let text = value.text else { return .bytes(value.bytes) }
    // Whatever the attribute is: a protected person's name says who it is.
    guard text.utf8.contains(UInt8(ascii: "=")), let dn = try? DistinguishedName(parsing: text),
      !dn.rdns.isEmpty
    else { return .text(masked(text)) }
    if let identity = protectedIdentity(dn) { return .protected(identity) }
    let name = masked(dn)
    return .text(name == dn ? masked(text) : name.description)
  }

  /// Whether the values of an attribute are members with their periods.
  func holdsMembers(_ attribute: String) -> Bool { members.contains(base(of: attribute)) }

  /// The HSA-id that stands for a name, when it is a protected person's in this plan.
  package func protectedIdentity(_ dn: DistinguishedName) -> HSAIdentity? {
    protectedNames.isEmpty ? nil : protectedNames[Disclosure.key(dn)]
  }

  private static func key(_ dn: DistinguishedName) -> String { dn.description.lowercased() }

  /// What people call the entry, if that may be shown: not of a protected person, nor where it is a personal number.
  package func label(of change: Change) -> String? {
    guard !change.isProtected else { return nil }
    let naming = (change.newDN ?? change.dn).rdns.first?.pairs ?? []
    let isMasked = !reveal && naming.contains { isPersonalNumber($0.type) && $0.value.text == change.label }
    return isMasked ? nil : change.label.map(masked)
  }

  /// What people call an entry that is no protected person.
  func label(_ label: String, of identity: HSAIdentity) -> String? {
    label == identity.text ? nil : masked(label)
  }

  /// A distinguished name with personal numbers masked; not yet fit for a terminal.
  package func name(_ dn: DistinguishedName) -> String { masked(dn).description }

  /// A relative name with personal numbers masked; not yet fit for a terminal.
  package func name(_ rdn: RelativeDistinguishedName) -> String { masked(rdn).description }

  /// A filter with personal numbers masked.
  package func filter(_ filter: Filter) -> Filter {
    switch filter {
    case .and(let filters): .and(filters.map(self.filter))
    case .or(let filters): .or(filters.map(self.filter))
    case .not(let inner): .not(self.filter(inner))
    case .present: filter
    case .equal(let name, let value): .equal(name, masked(value, of: name))
    case .greaterOrEqual(let name, let value): .greaterOrEqual(name, masked(value, of: name))
    case .lessOrEqual(let name, let value): .lessOrEqual(name, masked(value, of: name))
    case .approximate(let name, let value): .approximate(name, masked(value, of: name))
    case .substrings(let name, _, _, _): isPersonalNumber(name) ? .present(name) : filter
    case .extensible(let rule, let name, let dn, let value):
      .extensible(rule: rule, attribute: name, dn: dn, masked(value, of: name ?? ""))
    }
  }

  private func masked(_ value: Value, of attribute: String) -> Value {
    switch shown(value, of: attribute) {
    case .personalNumber: Value(PersonalNumber.mask)
    case .protected(let identity): Value(identity.text)
    case .text(let text): Value(text)
    case .bytes: value
    }
  }

  /// Whether an attribute holds personal numbers.
  package func isPersonalNumber(_ attribute: String) -> Bool { personalNumbers.contains(base(of: attribute)) }

  private func masked(_ text: String) -> String { reveal ? text : PersonalNumber.masked(in: text) }

  private func masked(_ dn: DistinguishedName) -> DistinguishedName { DistinguishedName(dn.rdns.map(masked)) }

  private func masked(_ rdn: RelativeDistinguishedName) -> RelativeDistinguishedName {
    guard !reveal else { return rdn }
    return RelativeDistinguishedName(
      rdn.pairs.map { pair in
        if isPersonalNumber(pair.type) { return AttributeTypeAndValue(pair.type, Value(PersonalNumber.mask)) }
        return AttributeTypeAndValue(pair.type, pair.value.text.map { Value(masked($0)) } ?? pair.value)
      })
  }

  private func base(of attribute: String) -> String {
    String(attribute.prefix { $0 != ";" }).asciiLowercased
  }
}
