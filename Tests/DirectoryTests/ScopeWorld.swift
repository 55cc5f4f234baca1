import LDAP
import TestKit

@testable import Directory

/// A tree of units of three care providers and of nobody, with persons and commissions; and whose each entry is, found
/// from the top downwards where the product goes from below upwards.
struct ScopeWorld {
  static let base = RoleWorld.dn("o=Region Exempel,c=SE")
  static let providers = ["SE1-PA", "SE1-PB", "SE1-PC"].map { HSAIdentity($0) }
  static let scope = ProviderScope(providers: [providers[0], providers[2]], prefixes: ["SE1-A"])
  static let reader = LinkReader(
    profile: Catalogue.profile, management: Catalogue.management, rules: nil, schema: Catalogue.schema)

  private(set) var entries: [Entry] = []
  /// Whose each HSA-id's entries are; several where it is not unique.
  private(set) var owners: [HSAIdentity: [HSAIdentity?]] = [:]
  private(set) var identities: [HSAIdentity] = []
  private var containers: [(dn: DistinguishedName, owner: HSAIdentity?)] = []
  var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed &* 0x9E37_79B9_7F4A_7C15)
    entries.append(Entry(dn: Self.base, attributes: [Attribute("objectClass", ["top", "organization"])]))
    containers = [(Self.base, nil)]
    for number in 0..<12 { addUnit(number) }
    for number in 0..<10 { add("person", "cn=Person \(number)", HSAIdentity("SE1-X\(number)"), []) }
    for number in 0..<6 {
      let members = (0..<2).map { _ in Value("\(pick(identities).text);;") }
      add(
        "hsaCommission", "cn=Uppdrag \(number)", HSAIdentity("SE1-Y\(number)"),
        [Attribute("hsaCommissionMember", members)])
    }
    // One HSA-id twice, wherever that is.
    if chance(30) { add("person", "cn=Tvilling", pick(identities), []) }
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
  mutating func pick<Element>(_ list: [Element]) -> Element {
    list[Int.random(in: 0..<list.count, using: &generator)]
  }

  private mutating func addUnit(_ number: Int) {
    let parent = pick(containers)
    var (owner, identity) = (parent.owner, HSAIdentity("SE1-U\(number)"))
    var attributes = [Attribute("objectClass", ["top", "organizationalUnit"])]
    if number < 3 {
      identity = Self.providers[number]
      attributes[0].values.append("hsaHealthCareProvider")
      owner = identity
    } else if chance(35) {
      let named = chance(15) ? Self.providers.prefix(2).map(\.self) : [pick(Self.providers)]
      attributes.append(Attribute("hsaResponsibleHealthCareProvider", named.map { Value($0.text) }))
      owner = named.count == 1 ? named[0] : nil
    }
    attributes.append(Attribute("hsaIdentity", [Value(identity.text)]))
    let dn = parent.dn.child(RelativeDistinguishedName("ou", Value("Enhet \(number)")))
    entries.append(Entry(dn: dn, attributes: attributes))
    containers.append((dn, owner))
    note(identity, owner)
  }

  private mutating func add(
    _ objectClass: String, _ rdn: String, _ identity: HSAIdentity, _ attributes: [Attribute]
  ) {
    let parent = pick(containers)
    let own = [
      Attribute("objectClass", ["top", Value(objectClass)]), Attribute("hsaIdentity", [Value(identity.text)]),
    ]
    entries.append(Entry(dn: RoleWorld.dn("\(rdn),\(parent.dn)"), attributes: own + attributes))
    note(identity, parent.owner)
  }

  private mutating func note(_ identity: HSAIdentity, _ owner: HSAIdentity?) {
    if owners[identity] == nil { identities.append(identity) }
    owners[identity, default: []].append(owner)
  }

  func lookup() -> PartLookup { PartLookup(entries, Self.reader) }

  /// Whether all entries that have an HSA-id are the administrator's; `nil` where there is none.
  func isOurs(_ identity: HSAIdentity) -> Bool? {
    owners[identity].map { $0.allSatisfy { $0.map(Self.scope.providers.contains) ?? false } }
  }

  func judge() -> ScopeJudge<PartLookup> {
    ScopeJudge(Self.scope, lookup(), profile: Catalogue.profile, schema: Catalogue.schema)
  }
}
