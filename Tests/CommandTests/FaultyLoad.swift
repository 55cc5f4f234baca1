import Foundation
import LDAP
import TestKit

/// What the desired files say of those who are worn out; it becomes another again and again.
struct FaultyDesired {
  struct Row {
    var unit: String
    var title: String
    var telephone: String
    var hasEnded = false
    /// Of somebody whom only the files have: the family name.
    var newcomer: String?
  }

  private(set) var rows: [String: Row] = [:]
  private(set) var members: Set<String>
  private(set) var edits = 0
  private var random: SeededGenerator
  private let victims: [String]
  private var newcomers = 0

  init(_ victims: [FaultyRegion.Victim], seed: UInt64) {
    random = SeededGenerator(seed: seed &* 2 &+ 1)
    self.victims = victims.map(\.identity)
    members = Set(victims.prefix(12).map(\.identity))
    for victim in victims {
      rows[victim.identity] = Row(unit: victim.unit, title: "Titel 0", telephone: "+468000")
    }
  }

  /// Lets one row, or the commission, become another.
  mutating func edit() {
    edits += 1
    guard let one = victims.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<10, using: &random) {
    case 0...3: rows[one]?.title = "Titel \(edits)"
    case 4, 5: rows[one]?.telephone = "+468\(1_000 + edits)"
    case 6: rows[one]?.hasEnded.toggle()
    case 7 where newcomers < 8:
      newcomers += 1
      rows["SE2321000016-9F0\(newcomers)"] = Row(
        unit: FaultyRegion.unit.identity, title: "Ny", telephone: "+4689", newcomer: "Ny\(newcomers)")
    default: members = members.symmetricDifference([one])
    }
    // One is always there: without anybody the row would say nothing of members.
    if members.isEmpty { members = [one] }
  }

  var files: [String: String] {
    let (unit, commission) = (FaultyRegion.unit, FaultyRegion.commission)
    let persons = rows.sorted { $0.key < $1.key }.map { identity, row in
      let end = row.hasEnded ? "2026-01-01" : "null"
      let name = row.newcomer.map { ", sn: \($0), givenName: Nils, fullName: Nils \($0)" } ?? ""
      return
        "  - {hsaIdentity: \(identity), parent: \(row.unit), title: \(row.title), "
        + "telephoneNumber: \"\(row.telephone)\", endDate: \(end)\(name)}\n"
    }
    let list = members.sorted().map { "{person: \($0)}" }.joined(separator: ", ")
    return [
      "units.yaml": """
      units:
        - {hsaIdentity: \(unit.identity), parent: \(unit.parent), ou: \(unit.name)}
      commissions:
        - {hsaIdentity: \(commission), members: [\(list)]}

      """,
      "persons.yaml": "persons:\n" + persons.joined(),
    ]
  }
}

/// What other people do to the directory: to what the agent owns, and to what it does not.
struct FaultyEdits {
  private let region: SampleRegion
  private let victims: [FaultyRegion.Victim]
  private var random: SeededGenerator
  private(set) var edits = 0
  /// What nobody but these people says: the comment, roles of another system, and the name, by HSA-id.
  private(set) var comments: [String: String] = [:]
  private(set) var roles: [String: Set<String>] = [:]
  private(set) var names: [String: String] = [:]

  init(_ region: SampleRegion, _ victims: [FaultyRegion.Victim], seed: UInt64) {
    self.region = region
    self.victims = victims
    random = SeededGenerator(seed: seed &* 2)
  }

  /// Does one thing, and again until the directory has taken it: what a dying server did is not known.
  mutating func edit() async throws {
    edits += 1
    guard let one = victims.randomElement(using: &random)?.identity,
      let other = victims.randomElement(using: &random)?.unit
    else { return }
    switch Int.random(in: 0..<20, using: &random) {
    case 0...3: try await modify(one, "replace: title\ntitle: Fel \(edits)")
    case 4, 5: try await modify(one, "replace: telephoneNumber")
    case 6, 7: try await modify(one, "replace: endDate\nendDate: 20250101000000Z")
    case 8...10:
      try await modify(one, "replace: hsaAdminComment\nhsaAdminComment: Kommentar \(edits)")
      comments[one] = "Kommentar \(edits)"
    case 11: try await modify(one, "add: hsaSystemRole\nhsaSystemRole: Webcert;Falsk \(edits)")
    case 12:
      try await modify(one, "add: hsaSystemRole\nhsaSystemRole: NPÖ;\(edits)")
      roles[one, default: []].insert("NPÖ;\(edits)")
    case 13: try await modify(one, "delete: hsaSystemRole\nhsaSystemRole: Alltid öppet;Medarbetare")
    case 14:
      try await rename(one, "cn=Namn \(edits)", nil)
      names[one] = "Namn \(edits)"
    case 15, 16: try await move(one, other)
    case 17: try await move(FaultyRegion.unit.identity, other)
    case 18:
      try await modify(FaultyRegion.commission, "delete: hsaCommissionMember\nhsaCommissionMember: \(one);;")
    default: try await deleteGroup()
    }
  }

  private func modify(_ identity: String, _ lines: String) async throws {
    // noSuchAttribute and attributeOrValueExists: it is as it should be.
    try await send(identity, "changetype: modify\n\(lines)\n", isDone: [0, 16, 20])
  }

  private func rename(_ identity: String, _ rdn: String, _ superior: String?) async throws {
    let above = superior.map { "newsuperior:: \(FaultyEdits.encoded($0))\n" } ?? ""
    try await send(
      identity, "changetype: modrdn\nnewrdn:: \(FaultyEdits.encoded(rdn))\ndeleteoldrdn: 1\n\(above)",
      isDone: [0])
  }

  /// Moves an entry under a unit, unless that lies under the entry itself.
  private func move(_ identity: String, _ unit: String) async throws {
    try await eventually(within: .seconds(300), "a move") {
      guard let name = try await place(of: identity), let above = try await place(of: unit) else {
        return false
      }
      let (entry, parent) = (try DistinguishedName(parsing: name), try DistinguishedName(parsing: above))
      guard let rdn = entry.rdns.first, !parent.rdns.suffix(entry.rdns.count).elementsEqual(entry.rdns) else {
        return true
      }
      let lines = "newsuperior:: \(FaultyEdits.encoded(above))\n"
      let answer = try await ldapmodify(
        name, "changetype: modrdn\nnewrdn:: \(FaultyEdits.encoded("\(rdn)"))\ndeleteoldrdn: 0\n\(lines)")
      return answer == 0
    }
  }

  private mutating func deleteGroup() async throws {
    guard let group = try await region.groups().sorted().randomElement(using: &random) else { return }
    let name = DistinguishedName([RelativeDistinguishedName("cn", Value(group))]).description
    // Whatever becomes of it: who knows groups for certain is the agent.
    _ = try await ldapmodify("\(name),ou=Roller,\(Slapd.suffix)", "changetype: delete\n")
  }

  private func send(_ identity: String, _ lines: String, isDone: Set<Int32>) async throws {
    var last: Int32 = 0
    do {
      try await eventually(within: .seconds(300), "an edit") {
        guard let name = try await place(of: identity) else { return false }
        last = try await ldapmodify(name, lines)
        return isDone.contains(last)
      }
    } catch {
      throw Failure("\(error): ldapmodify ends with \(last) for \(lines)")
    }
  }

  /// Where an entry is now; `nil` also while the server does not answer.
  private func place(of identity: String) async throws -> String? {
    try await region.values(of: "entryDN", at: identity).first
  }

  private func ldapmodify(_ name: String, _ lines: String) async throws -> Int32 {
    let slapd = region.slapd
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", slapd.password(of: "admin")]
    return try await Tool.run(
      "ldapmodify", bind, input: "dn:: \(FaultyEdits.encoded(name))\n\(lines)\n", check: false
    ).code
  }

  private static func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
