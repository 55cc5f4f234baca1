import Foundation
import LDAP
import TestKit

@testable import Directory

/// A clinic made by hand: one provider, one care unit, one person, one commission that lists the person.
struct RoleClinic {
  static let person = HSAIdentity("SE2321000016-P1")
  static let unit = HSAIdentity("SE2321000016-U1")
  static let provider = HSAIdentity("SE2321000016-1000")
  static let commission = HSAIdentity("SE2321000016-C1")
  static let region = "o=Region Exempel,c=SE"
  static let position = SourcePosition(file: "roles.yaml", line: 1)

  var rules = RoleRules(
    file: "roles.yaml", rules: [RoleWorldRules.rule("vård", "NPÖ;Läsare", commission: "(objectClass=*)")])
  var entries: [String: Entry] = [:]
  var known: [HSAIdentity: String] = [:]

  init() {
    put(
      "o", Self.region, ["organization", "hsaHealthCareProvider"], Self.provider.text,
      ["orgNo": "232100-0016"])
    put(
      "u", "ou=VC Norr,\(Self.region)", ["organizationalUnit", "hsaHealthCareUnit"], Self.unit.text,
      ["hsaResponsibleHealthCareProvider": Self.provider.text])
    put("p", "cn=Anna,ou=VC Norr,\(Self.region)", ["person", "hsaPersonExtension"], Self.person.text)
    put(
      "c", "cn=Uppdrag,ou=VC Norr,\(Self.region)", ["hsaCommission"], Self.commission.text,
      ["hsaCommissionPurpose": "Vård och behandling", "hsaCommissionMember": "\(Self.person.text);;"])
  }

  /// Adds an entry, its entryUUID the key.
  mutating func put(
    _ key: String, _ dn: String, _ classes: [String], _ id: String?, _ attributes: [String: String] = [:]
  ) {
    var entry = Entry(dn: RoleWorld.dn(dn))
    entry["objectClass"] = (["top"] + classes).map { Value($0) }
    if let id { entry["hsaIdentity"] = [Value(id)] }
    if let pair = entry.dn.rdns.first?.pairs.first { entry[pair.type] = [pair.value] }
    for (name, value) in attributes { entry[name] = [Value(value)] }
    entry["entryUUID"] = [Value(key)]
    entries[key] = entry
  }

  mutating func set(_ key: String, _ attribute: String, _ values: String...) {
    entries[key]?[attribute] = values.map { Value($0) }
    entries[key]?.attributes.removeAll { $0.values.isEmpty }
  }

  func derivation(at instant: Date = Date(timeIntervalSince1970: 1_780_000_000)) -> RoleDerivation {
    var derivation = RoleDerivation(
      rules, profile: RoleWorld.profile, schema: RoleWorld.schema, base: RoleWorld.dn(Self.region),
      known: known)
    derivation.take(EntryTable(entries.keys.sorted().compactMap { entries[$0] }))
    derivation.derive(at: instant)
    return derivation
  }

  /// The roles of the person.
  func roles(at instant: Date = Date(timeIntervalSince1970: 1_780_000_000)) -> [String] {
    derivation(at: instant).assignments(of: Self.person).map(\.role)
  }
}

extension Date {
  /// A moment as GeneralizedTime writes it.
  static func at(_ text: String) -> Date {
    (try? CivilTime.moment(text, as: .start)) ?? .distantPast
  }
}
