import LDAP

/// What of a plan may be shown: personal numbers are masked, and of a protected person there is the HSA-id and no more.
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
  private let nameReferences: Set<String>
  private let protectedNames: [String: HSAIdentity]

  package init(of plan: Plan, profile: Profile) {
    personalNumbers = Set(profile.personalNumbers.map(\.asciiLowercased))
    nameReferences = Set(profile.references.filter { $0.value == .name }.map { $0.key.asciiLowercased })
    var names: [String: HSAIdentity] = [:]
    for change in plan.changes where change.isProtected {
      names[change.dn.description.asciiLowercased] = change.identity
      if let newDN = change.newDN { names[newDN.description.asciiLowercased] = change.identity }
    }
    protectedNames = names
  }

  /// What may be shown of a value of an attribute.
  package func shown(_ value: Value, of attribute: String) -> Shown {
    if isPersonalNumber(attribute) { return .personalNumber }
    guard let text = value.text else { return .bytes(value.bytes) }
    guard nameReferences.contains(base(of: attribute)) else { return .text(text) }
    guard let dn = try? DistinguishedName(parsing: text) else { return .text(text) }
    if let identity = protectedIdentity(dn) { return .protected(identity) }
    return .text(name(dn))
  }

  /// The HSA-id that stands for a name, when it is a protected person's in this plan.
  package func protectedIdentity(_ dn: DistinguishedName) -> HSAIdentity? {
    protectedNames.isEmpty ? nil : protectedNames[dn.description.asciiLowercased]
  }

  /// What people call the entry, if that may be shown: not of a protected person, nor where it is a personal number.
  package func label(of change: Change) -> String? {
    guard !change.isProtected else { return nil }
    let naming = (change.newDN ?? change.dn).rdns.first?.pairs ?? []
    let isMasked = naming.contains { isPersonalNumber($0.type) && $0.value.text == change.label }
    return isMasked ? nil : change.label
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
    case .personalNumber: Value("••••")
    case .protected(let identity): Value(identity.text)
    case .text(let text): Value(text)
    case .bytes: value
    }
  }

  /// Whether an attribute holds personal numbers.
  package func isPersonalNumber(_ attribute: String) -> Bool { personalNumbers.contains(base(of: attribute)) }

  private func masked(_ dn: DistinguishedName) -> DistinguishedName { DistinguishedName(dn.rdns.map(masked)) }

  private func masked(_ rdn: RelativeDistinguishedName) -> RelativeDistinguishedName {
    RelativeDistinguishedName(
      rdn.pairs.map { isPersonalNumber($0.type) ? AttributeTypeAndValue($0.type, "••••") : $0 })
  }

  private func base(of attribute: String) -> String {
    String(attribute.prefix { $0 != ";" }).asciiLowercased
  }
}
