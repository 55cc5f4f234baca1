import Foundation
import LDAP

/// The few entries in which an example happens: a provider, a care unit in it, and in that a person, a commission
/// and a function. What the example does not say is filled in so that they are sound.
struct RoleExampleWorld {
  let rules: RoleRules
  let profile: Profile
  let schema: Schema

  init(_ rules: RoleRules, _ profile: Profile, _ schema: Schema) {
    self.rules = rules
    self.profile = profile
    self.schema = schema
  }

  /// The entries of an example, by what they are in it.
  func entries(_ rule: RoleRule, _ example: RoleExample) throws(CivilTime.Fault) -> [RoleSubject: Entry] {
    var entries: [RoleSubject: Entry] = [:]
    let root = RoleExampleWorld.root(profile)
    let isWithUnit = !example.absent.contains(.unit)
    var provider = entry(.provider, at: root, example)
    if example.absent.contains(.provider) {
      provider["objectClass"].removeAll { isClass($0, profile.providerClass) }
    }
    entries[.provider] = try given(provider, .provider, rule, example)
    let place = root.child(RelativeDistinguishedName(naming(.unit), "Exempelenheten"))
    if isWithUnit {
      var unit = entry(.unit, at: place, example)
      let name = entries[.provider]?.text(profile.identity) ?? ""
      unit[profile.responsibleProvider] = example.absent.contains(.provider) ? [] : [Value(name)]
      entries[.unit] = try given(unit, .unit, rule, example)
    }
    let within = isWithUnit ? place : root
    let personName = within.child(RelativeDistinguishedName(naming(.person), "Exempelpersonen"))
    let person = try given(entry(.person, at: personName, example), .person, rule, example)
    entries[.person] = person
    if rule.condition(.commission) != nil, !example.absent.contains(.commission) {
      var commission = entry(.commission, at: within.child(rdn(.commission, "Exempeluppdraget")), example)
      commission[serverName("hsaCommissionPurpose")] = ["Vård och behandling"]
      if let members = profile.memberAttribute {
        commission[members] = [
          RoleExampleWorld.member(person.text(profile.identity) ?? "", example.membership)
        ]
      }
      entries[.commission] = try given(commission, .commission, rule, example)
    }
    if rule.condition(.function) != nil, !example.absent.contains(.function) {
      var function = entry(.function, at: within.child(rdn(.function, "Exempelfunktionen")), example)
      function[occupant] = [Value(personName.description)]
      entries[.function] = try given(function, .function, rule, example)
    }
    return entries
  }

  static func root(_ profile: Profile) -> DistinguishedName {
    let naming = (profile[.organisation] ?? profile[.unit])?.naming ?? "o"
    return DistinguishedName([RelativeDistinguishedName(naming, "Exempel")])
  }

  // MARK: Sound entries

  private func entry(_ subject: RoleSubject, at dn: DistinguishedName, _ example: RoleExample) -> Entry {
    let kind = kindProfile(subject)
    let marks: [RoleSubject: String] = [.provider: profile.providerClass, .unit: profile.careUnitClass]
    let classes = (kind?.classes ?? []) + (marks[subject].map { [$0] } ?? [])
    var entry = Entry(dn: dn, attributes: [Attribute("objectClass", classes.map { Value($0) })])
    let number = (RoleSubject.allCases.firstIndex(of: subject) ?? 0) + 1
    entry["entryUUID"] = [Value("00000000-0000-4000-8000-00000000000\(number)")]
    entry[profile.identity] = [Value("SE5599999991-000\(number)")]
    if let pair = dn.rdns.first?.pairs.first { entry[pair.type] = [pair.value] }
    if subject == .provider { entry[serverName("orgNo")] = ["5599999991"] }
    let needed = schema.required(by: classes).sorted() + (rules.mandatory[subject] ?? [])
    for name in needed where !has(entry, name) { entry[name] = [sample(name)] }
    return entry
  }

  private func has(_ entry: Entry, _ name: String) -> Bool {
    let wanted = schema.canonicalName(name)
    return entry.attributes.contains { schema.canonicalName($0.name).equalsIgnoringASCIICase(wanted) }
  }

  /// A value that the attribute's syntax allows.
  private func sample(_ name: String) -> Value {
    switch schema.syntax(of: name) {
    case Syntax.generalizedTime: "20000101000000Z"
    case Syntax.integer, Syntax.numericString: "1"
    case Syntax.boolean: "TRUE"
    case Syntax.telephoneNumber: "+46846500400"
    case Syntax.distinguishedName: Value(RoleExampleWorld.root(profile).description)
    default: "exempel"
    }
  }

  private func kindProfile(_ subject: RoleSubject) -> Profile.KindProfile? {
    // An organisation stands for the provider, and a unit for the unit, whatever else either may be.
    let kinds = RoleAttributeCheck.kinds(subject)
    return kinds.compactMap { profile[$0] }.first
  }

  private func naming(_ subject: RoleSubject) -> String { kindProfile(subject)?.naming ?? "cn" }

  private func rdn(_ subject: RoleSubject, _ name: String) -> RelativeDistinguishedName {
    RelativeDistinguishedName(naming(subject), Value(name))
  }

  private func serverName(_ canonical: String) -> String { profile.serverName(canonical) }

  private func isClass(_ value: Value, _ name: String) -> Bool {
    value.text?.equalsIgnoringASCIICase(name) ?? false
  }

  /// The attribute by which a function names who has it.
  private var occupant: String {
    let usual = serverName("roleOccupant")
    if profile.references[usual.asciiLowercased] == .name { return usual }
    let others = profile.references.filter { $0.value == .name && $0.key != "manager" }.keys.sorted()
    return others.first ?? usual
  }

  private static func member(_ identity: String, _ period: (from: Date?, to: Date?)) -> Value {
    func text(_ date: Date?) -> String {
      date.map { GeneralizedTime(secondsSince1970: Int64($0.timeIntervalSince1970)).description } ?? ""
    }
    return Value("\(identity);\(text(period.from));\(text(period.to))")
  }

  // MARK: What the example says

  private func given(
    _ entry: Entry, _ subject: RoleSubject, _ rule: RoleRule, _ example: RoleExample
  ) throws(CivilTime.Fault) -> Entry {
    var entry = entry
    for attribute in example.given[subject] ?? [] {
      let name = schema.canonicalName(attribute.name)
      if name.equalsIgnoringASCIICase("objectClass") {
        entry["objectClass"] = (kindProfile(subject)?.classes ?? []).map { Value($0) } + attribute.values
        continue
      }
      entry.attributes.removeAll { schema.canonicalName($0.name).equalsIgnoringASCIICase(name) }
      guard !attribute.values.isEmpty else { continue }
      var values: [Value] = []
      for value in attribute.values { values.append(try date(value, attribute.name, subject, rule)) }
      entry[attribute.name] = values
    }
    return entry
  }

  /// Dates may be written as people write them.
  private func date(
    _ value: Value, _ name: String, _ subject: RoleSubject, _ rule: RoleRule
  ) throws(CivilTime.Fault) -> Value {
    guard schema.syntax(of: name) == Syntax.generalizedTime, let text = value.text else { return value }
    let isEnd =
      name.equalsIgnoringASCIICase(profile.endDate)
      || rule.until.contains(.attribute(subject, name))
    return Value(try CivilTime.generalizedTime(text, as: isEnd ? .end : .start))
  }
}
