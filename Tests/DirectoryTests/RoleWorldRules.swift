import Foundation
import LDAP
import TestKit

@testable import Directory

/// Rules that make use of everything that rules may, some of them in each world.
enum RoleWorldRules {
  static func rule(
    _ name: String, _ role: String, person: Filter? = nil, commission: Filter? = nil, unit: Filter? = nil,
    provider: Filter? = nil, function: Filter? = nil
  ) -> RoleRule {
    let filters: [(RoleSubject, Filter?)] = [
      (.person, person), (.commission, commission), (.unit, unit), (.provider, provider),
      (.function, function),
    ]
    let position = SourcePosition(file: "roles.yaml", line: name.utf8.count)
    return RoleRule(
      name: name, role: template(role),
      conditions: filters.compactMap { subject, filter in
        filter.map { RoleCondition(subject, $0, position: position) }
      }, position: position)
  }

  /// Reads `A;{unit.hsaIdentity}`.
  static func template(_ text: String) -> RoleTemplate {
    var parts: [RoleTemplate.Part] = []
    for piece in text.split(separator: "{") {
      guard let end = piece.firstIndex(of: "}") else {
        parts.append(.literal(String(piece)))
        continue
      }
      let words = piece[..<end].split(separator: ".")
      if let subject = RoleSubject(rawValue: String(words[0])) {
        parts.append(.attribute(subject, String(words[1])))
      }
      let rest = piece[piece.index(after: end)...]
      if !rest.isEmpty { parts.append(.literal(String(rest))) }
    }
    return RoleTemplate(text: text, parts: parts)
  }

  static var all: [RoleRule] {
    var made = [
      rule("alla", "A;Alla"),
      rule("läkare", "A;Läkare", person: "(hsaTitle=läkare)"),
      rule("inte chef", "B;Inte", person: "(&(hsaTitle=*)(!(title=chef)))"),
      rule("vård", "NPÖ;Läsare", commission: "(hsaCommissionPurpose=Vård och behandling)"),
      rule(
        "vårdenhet", "NPÖ;{unit.hsaIdentity}", commission: "(objectClass=*)",
        unit: "(objectClass=hsaHealthCareUnit)"),
      rule(
        "givare", "V;{provider.orgNo}", person: "(|(hsaTitle=s*)(title=*))", commission: "(cn=*)",
        provider: "(orgNo=*)"),
      rule("på enhet", "E;{unit.ou}-{person.hsaTitle}", unit: "(objectClass=hsaHealthCareUnit)"),
      rule("hos givare", "G;Här", provider: "(orgNo=556*)"),
      rule("funktion", "F;{function.cn}", function: "(objectClass=*)"),
      rule("funktion på enhet", "F;Enhet", unit: "(ou=*)", function: "(cn=Funktion*)"),
      rule("båda", "F;Båda", commission: "(objectClass=*)", function: "(objectClass=*)"),
      rule("intyg", "C;Giltig", person: "(validNotAfter>=20200101000000Z)"),
      rule("läsa", "L;Läsa"),
      rule("skriva", "NPÖ;Läsare"),
      rule("begärd", "S;Desk", person: "(title=*)"),
      rule("chef", "A;{person.title}"),
    ]
    made[4].scope = .unit
    made[5].scope = .provider
    made[6].scope = .unit
    made[8].scope = .unit
    made[9].until = [.end(.unit), .end(.function)]
    made[3].until = [.membership, .end(.person)]
    made[11].until = [.attribute(.person, "validNotAfter"), .end(.person)]
    made[12].right = CommissionRight(activity: "läsa", type: "dia", scope: .unit)
    made[13].right = CommissionRight(activity: "skriva", type: "alla", scope: .unit)
    made[14].needsRequest = true
    return made
  }

  static func make(_ generator: inout SeededGenerator) -> RoleRules {
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
    var rules = RoleRules(file: "roles.yaml")
    rules.rules = all.filter { _ in chance(60) }
    if chance(25) { rules.mandatory[.commission] = ["hsaCommissionPurpose"] }
    if chance(15) { rules.mandatory[.unit] = ["hsaHealthCareUnitManager"] }
    if chance(15) { rules.mandatory[.provider] = ["orgNo"] }
    if chance(20) {
      rules.bases = [
        RoleWorld.dn("ou=Enhet 100,o=Region Exempel,c=SE"),
        RoleWorld.dn("ou=enhet 101, o=Region Exempel,c=SE"),
      ]
    }
    let position = SourcePosition(file: "roles.yaml", line: 900)
    let everything: [RoleConstraint] = [
      RoleConstraint(
        roles: [RolePattern("A;*")],
        .units([HSAIdentity(RoleWorld.id(100)), HSAIdentity(RoleWorld.id(102))]), position: position),
      RoleConstraint(
        roles: [RolePattern("S;*"), RolePattern("B;*")],
        .requesters("(hsaTitle=*)", units: chance(50) ? [] : [HSAIdentity(RoleWorld.id(1))]),
        position: position),
      RoleConstraint(
        roles: [RolePattern("NPÖ;Läsare"), RolePattern("E;*"), RolePattern("F;*")], .exclusive,
        position: position),
      RoleConstraint(
        roles: [RolePattern("A;*"), RolePattern("F;*")], .maximum(Int.random(in: 0...4, using: &generator)),
        position: position),
      RoleConstraint(roles: [RolePattern("NPÖ;*")], .maximum(2), position: position),
    ]
    rules.constraints = everything.filter { _ in chance(35) }
    for line in 0..<8 where chance(70) {
      let person = HSAIdentity(RoleWorld.id(200 + Int.random(in: 0..<8, using: &generator)))
      let requester = HSAIdentity(RoleWorld.id(200 + Int.random(in: 0..<8, using: &generator)))
      rules.requests.append(
        RoleRequest(
          role: chance(60) ? "s;desk" : "B;Inte", person: person, requester: requester,
          from: chance(40) ? RoleWorld.start.addingTimeInterval(Double(line) * 7_200 - 20_000) : nil,
          to: chance(60) ? RoleWorld.start.addingTimeInterval(Double(line) * 86_400) : nil,
          position: SourcePosition(file: "requests.yaml", line: line + 1)))
    }
    return rules
  }
}
