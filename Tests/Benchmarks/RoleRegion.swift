import Directory
import Foundation
import LDAP

/// A region as derivation of roles sees it: persons, units, functions, and commissions with so many memberships, and
/// rules that make use of all of them.
struct RoleRegion {
  static let instant = Date(timeIntervalSince1970: 1_800_000_000)
  static let person = HSAIdentity(Region.identity("3", 17))

  let region: Region
  let memberships: Int
  /// How many of them the largest commission has.
  let largest: Int

  init(region: Region, memberships: Int) {
    self.region = region
    self.memberships = memberships
    largest = min(5_000, memberships / 4)
  }

  /// All entries in batches, with the attributes that the rules ask for.
  func batches(_ attributes: [String]) -> [EntryTable] {
    let wanted = Set(attributes.map(\.asciiLowercased))
    var builder = EntryTableBuilder()
    var made: [EntryTable] = []
    var number = 0
    func add(_ entry: Entry) {
      var entry = entry
      entry.attributes.removeAll { !wanted.contains($0.name.asciiLowercased) }
      entry["entryUUID"] = [Value(RoleRegion.uuid(number))]
      number += 1
      builder.append(entry)
      if builder.table.count == 500 { made.append(builder.take()) }
    }
    add(root)
    for unit in 0..<region.units {
      let name = region.name(of: unit)
      add(region.unitEntry(unit))
      for person in region.people(of: unit) { add(region.personEntry(person, unit: name, manager: nil)) }
    }
    for function in 0..<region.functions { add(functionEntry(function)) }
    for commission in 0..<commissions { add(commissionEntry(commission)) }
    made.append(builder.take())
    return made
  }

  static func uuid(_ number: Int) -> String { "6f2f7f4e-5c1a-1040-8000-\(number + 1_000_000_000_000)" }

  private var root: Entry {
    var entry = Entry(dn: Region.top)
    entry["objectClass"] = ["top", "organization", "hsaOrganizationExtension", "hsaHealthCareProvider"]
    entry["o"] = ["Region Exempel"]
    entry["orgNo"] = ["232100-0016"]
    entry["hsaIdentity"] = [Value("\(Region.organisation)-1000")]
    return entry
  }

  /// One of the largest size, the others of ten members.
  var commissions: Int { 1 + (memberships - largest) / 10 }

  func commissionEntry(_ number: Int) -> Entry {
    var entry = region.commissionEntry(number + 1)
    let size = number == 0 ? largest : 10
    entry["hsaCommissionMember"] = (0..<size).map { index in
      Value("\(Region.identity("3", (number * 31 + index * 7) % region.persons));;")
    }
    return entry
  }

  private func functionEntry(_ number: Int) -> Entry {
    var entry = region.functionEntry(number)
    let unit = number % region.units
    if let person = region.people(of: unit).first {
      let name = region.name(of: unit).child(RelativeDistinguishedName("cn", Value(person.name)))
      entry["roleOccupant"] = [Value(name.description)]
    }
    return entry
  }

  /// Thirty rules: half of them on commissions, the rest on persons, units and functions.
  static var rules: RoleRules {
    var all: [RoleRule] = []
    func add(_ role: String, _ parts: [RoleTemplate.Part], _ conditions: [(RoleSubject, Filter)]) {
      let position = SourcePosition(file: "roles.yaml", line: all.count + 1)
      var rule = RoleRule(
        name: "rule \(all.count + 1)", role: RoleTemplate(text: role, parts: parts),
        conditions: conditions.map { RoleCondition($0, $1, position: position) }, position: position)
      if conditions.contains(where: { $0.0 == .unit }) { rule.scope = .unit }
      all.append(rule)
    }
    let titles = ["Läkare", "Sjuksköterska", "Undersköterska", "Medicinsk sekreterare", "Fysioterapeut"]
    for (index, purpose) in ["Vård och behandling", "Kvalitetssäkring", "Administration"].enumerated() {
      for title in titles {
        add(
          "S\(index);\(title)", [.literal("S\(index);\(title)")],
          [(.person, "(hsaTitle=\(title))"), (.commission, "(hsaCommissionPurpose=\(purpose))")])
      }
    }
    for title in titles {
      add(
        "E;", [.literal("E;\(title)-"), .attribute(.unit, "hsaIdentity")],
        [(.person, "(&(title=\(title))(paTitleCode=2*))"), (.unit, "(objectClass=hsaHealthCareUnit)")])
    }
    for number in 0..<8 {
      add(
        "P;\(number)", [.literal("P;\(number)")],
        [(.person, "(&(paTitleCode=*\(number))(|(hsaTitle=L*)(languageKnowledgeCode=fi)))")])
    }
    add("F;Jour", [.literal("F;Jour")], [(.function, "(cn=Jour*)")])
    add("F;", [.literal("F;"), .attribute(.function, "cn")], [(.function, "(cn=*)"), (.unit, "(ou=*)")])
    var rules = RoleRules(file: "roles.yaml", rules: all)
    rules.mandatory = [.commission: ["hsaCommissionPurpose"], .provider: ["orgNo"]]
    return rules
  }
}
