import Directory
import LDAP

/// A small generator whose numbers are the same for the same seed.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// What one entry shall be, before it is written as a row or loaded into a directory.
package struct Wanted: Sendable {
  package var kind: Kind
  package var id: String
  /// HSA-id of the parent, or "" for the base.
  package var parent: String
  package var name: String
  package var attributes: [String: [String]]

  package init(kind: Kind, id: String, parent: String, name: String, attributes: [String: [String]] = [:]) {
    self.kind = kind
    self.id = id
    self.parent = parent
    self.name = name
    self.attributes = attributes
  }
}

/// A random directory and a random desired state for it.
package struct RandomWorld {
  package var before: [Wanted] = []
  package var after: [Wanted] = []
  private var generator: SeededGenerator
  private let seed: UInt64
  private var nextID = 1

  package static let base = "o=Region Exempel,c=SE"

  package init(seed: UInt64) {
    self.seed = seed
    generator = SeededGenerator(seed: seed)
    populate()
    after = before
    mutate()
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &generator) < percent
  }
  private mutating func pick<Element>(_ list: [Element]) -> Element? { list.randomElement(using: &generator) }

  private mutating func freshID() -> String {
    defer { nextID += 1 }
    return "SE2321000016-" + String(nextID + 10_000 + Int(seed) * 100, radix: 30).uppercased()
  }

  private mutating func populate() {
    for number in 0..<Int.random(in: 2...10, using: &generator) {
      let parent = pick([""] + before.map(\.id)) ?? ""
      before.append(Wanted(kind: .unit, id: freshID(), parent: parent, name: "Enhet \(number)"))
    }
    let units = before.map(\.id)
    for number in 0..<Int.random(in: 0...25, using: &generator) {
      var person = Wanted(
        kind: .person, id: freshID(), parent: pick(units) ?? "",
        name: chance(15) ? "Anna Berg" : "Person \(number)")
      fill(&person)
      if before.contains(where: { $0.parent == person.parent && $0.name == person.name }) {
        person.name += " \(person.id)"
      }
      before.append(person)
    }
    for number in 0..<Int.random(in: 0...3, using: &generator) {
      var commission = Wanted(
        kind: .commission, id: freshID(), parent: pick(units) ?? "", name: "Uppdrag \(number)")
      fill(&commission)
      before.append(commission)
    }
  }

  private mutating func fill(_ entry: inout Wanted) {
    if entry.kind == .commission {
      entry.attributes["hsaCommissionPurpose"] = ["Vård och behandling"]
      let people = before.filter { $0.kind == .person }.shuffled(using: &generator).prefix(5)
      entry.attributes["hsaCommissionMember"] = people.map { "\($0.id);20260101000000Z;" }
      return
    }
    entry.attributes["sn"] = [["Berg", "Öberg", "Ek", "Åkesson"][Int.random(in: 0..<4, using: &generator)]]
    entry.attributes["fullName"] = [entry.name]
    if chance(70) { entry.attributes["mail"] = ["p\(seed).\(nextID)@example.org"] }
    if chance(50) { entry.attributes["title"] = ["Läkare"] }
    for number in 0..<Int.random(in: 0...4, using: &generator) where chance(60) {
      entry.attributes["telephoneNumber", default: []].append("+46 8 123 10 \(10 + number)")
    }
    if chance(20) { entry.attributes["endDate"] = ["20270101000000Z"] }
  }

  // MARK: what changes

  private mutating func mutate() {
    for _ in 0..<Int.random(in: 0...12, using: &generator) { mutateOnce() }
  }

  private mutating func mutateOnce() {
    switch Int.random(in: 0..<11, using: &generator) {
    case 0: renameUnit()
    case 1: move(.unit)
    case 2, 3: move(.person)
    case 4: swapMail()
    case 5: handMailOver()
    case 6: create()
    case 7: if let index = leafIndices().first { after.remove(at: index) }
    case 8: respell()
    case 9: swapNames()
    default: changeValues()
    }
  }

  private mutating func leafIndices() -> [Int] {
    after.indices.filter { after[$0].kind != .unit }.shuffled(using: &generator)
  }

  private mutating func index(of kind: Kind) -> Int? { pick(after.indices.filter { after[$0].kind == kind }) }

  private mutating func renameUnit() {
    guard let index = index(of: .unit) else { return }
    after[index].name = "Enhet \(Int.random(in: 100..<200, using: &generator)) \(index)"
  }

  private mutating func swapNames() {
    let units = after.indices.filter { after[$0].kind == .unit }
    guard let first = pick(units), let second = pick(units.filter { after[$0].parent == after[first].parent })
    else { return }
    (after[first].name, after[second].name) = (after[second].name, after[first].name)
  }

  private mutating func move(_ kind: Kind) {
    guard let index = index(of: kind) else { return }
    let allowed = after.filter { $0.kind == .unit && !isBelow($0.id, after[index].id) }.map(\.id)
    guard let target = pick(kind == .unit ? allowed + [""] : allowed) else { return }
    let name = after[index].name
    guard !after.contains(where: { $0.parent == target && $0.name == name && $0.kind == kind }) else {
      return
    }
    after[index].parent = target
  }

  private func isBelow(_ id: String, _ top: String) -> Bool {
    var at = id
    while at != "" {
      if at == top { return true }
      at = after.first { $0.id == at }?.parent ?? ""
    }
    return false
  }

  private mutating func swapMail() {
    let holders = after.indices.filter { after[$0].attributes["mail"] != nil }
    guard let first = pick(holders), let second = pick(holders), first != second else { return }
    (after[first].attributes["mail"], after[second].attributes["mail"]) = (
      after[second].attributes["mail"], after[first].attributes["mail"]
    )
  }

  private mutating func handMailOver() {
    let holders = after.indices.filter { after[$0].attributes["mail"] != nil }
    guard let first = pick(holders), let second = index(of: .person), first != second else { return }
    after[second].attributes["mail"] = after[first].attributes["mail"]
    after[first].attributes["mail"] = nil
  }

  private mutating func create() {
    let units = after.filter { $0.kind == .unit }.map(\.id)
    if chance(40) {
      after.append(Wanted(kind: .unit, id: freshID(), parent: pick(units + [""]) ?? "", name: "Ny \(nextID)"))
    } else {
      var person = Wanted(kind: .person, id: freshID(), parent: pick(units) ?? "", name: "Ny \(nextID)")
      fill(&person)
      after.append(person)
      if let commission = index(of: .commission) {
        after[commission].attributes["hsaCommissionMember", default: []].append("\(person.id);;")
      }
    }
  }

  private mutating func respell() {
    guard let index = index(of: .person), let sn = after[index].attributes["sn"]?.first else { return }
    after[index].attributes["sn"] = [chance(50) ? sn.uppercased() : "  \(sn.lowercased()) "]
  }

  private mutating func changeValues() {
    guard let index = index(of: .person) else { return }
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: after[index].attributes["title"] = chance(50) ? ["Undersköterska"] : nil
    case 1:
      after[index].attributes["telephoneNumber", default: []].append(
        "+46 8 999 \(Int.random(in: 10..<99, using: &generator))")
    case 2:
      after[index].attributes["telephoneNumber"] = after[index].attributes["telephoneNumber"].map {
        Array($0.dropFirst())
      }
    default: after[index].attributes["endDate"] = chance(50) ? ["20260101000000Z"] : nil
    }
    after[index].attributes = after[index].attributes.filter { !$0.value.isEmpty }
  }
}
