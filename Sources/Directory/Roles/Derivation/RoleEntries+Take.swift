import Foundation
import LDAP

extension RoleEntries {
  /// What an entry says, in numbers.
  struct Content {
    var sets: [UInt32]
    var uuid: Int32 = -1
    var members: [RoleMember] = []
    var badMembers = 0
  }

  /// Reads what a row of a batch says.
  mutating func content(_ rows: EntryTable.Rows, _ entry: Int, _ names: [String]) -> Content {
    let (slots, uuid, memberName) = slots(of: names)
    var content = Content(sets: [UInt32](repeating: 0, count: width))
    for attribute in rows.attributes(of: entry) {
      let name = rows.name(of: attribute)
      let range = rows.values(of: attribute)
      if name == uuid, let first = range.first { content.uuid = number(ofUUID: rows.bytes(of: first)) }
      if name == memberName { for value in range { addMember(rows.bytes(of: value), to: &content) } }
      let slot = Int(slots[name])
      guard slot >= 0, !range.isEmpty else { continue }
      if content.sets[slot] == 0 {
        content.sets[slot] = values.number(slot, rows, range)
      } else {
        let more = range.map { Value(copying: rows.bytes(of: $0)) }
        content.sets[slot] = values.number(slot, values.values(slot, content.sets[slot]) + more)
      }
    }
    return content
  }

  mutating func addMember(_ value: UnsafeRawBufferPointer, to content: inout Content) {
    if let wantedMembers, !content.members.isEmpty {
      let length = value.firstIndex(of: UInt8(ascii: ";")) ?? value.count
      guard wantedMembers.find(UnsafeRawBufferPointer(rebasing: value[..<length])) != nil else { return }
    }
    guard let period = MemberPeriod(value) else { return content.badMembers += 1 }
    content.members.append(member(period))
  }

  mutating func member(_ period: MemberPeriod) -> RoleMember {
    RoleMember(
      identity: number(ofIdentity: period.member), start: period.start?.timeIntervalSince1970 ?? -.infinity,
      end: period.end?.timeIntervalSince1970 ?? .infinity)
  }

  /// What the entry says now.
  func content(of entry: Int32) -> Content {
    var content = Content(sets: Array(sets[Int(entry) * width..<Int(entry) * width + width]))
    content.uuid = self[entry].uuid
    content.members = members[entry] ?? []
    content.badMembers = badMembers[entry] ?? 0
    return content
  }

  /// The entry by which an entryUUID is known here.
  func entry(ofUUID uuid: Int32) -> Int32? {
    guard uuid >= 0 else { return nil }
    let entry = entryOfUUID[Int(uuid)]
    return entry >= 0 ? entry : nil
  }

  /// A new entry, which says nothing yet and lies nowhere.
  mutating func make() -> Int32 {
    if let old = free.popLast() {
      all[Int(old)] = RoleEntry(place: -1)
      return old
    }
    all.append(RoleEntry(place: -1))
    sets.append(contentsOf: repeatElement(0, count: width))
    met.append(contentsOf: repeatElement(0, count: words))
    return Int32(all.count - 1)
  }

  /// Lets an entry that has its place say this.
  mutating func fill(_ entry: Int32, _ content: Content) {
    // Thousands of members are left where they are when they are the same.
    let keepsMembers = members[entry] == content.members && self[entry].kind == .commission
    if self[entry].kind != nil || self[entry].identity >= 0 { unindex(entry, keepingMembers: keepsMembers) }
    for slot in content.sets.indices { sets[Int(entry) * width + slot] = content.sets[slot] }
    if content.uuid >= 0 {
      entryOfUUID[Int(content.uuid)] = entry
      all[Int(entry)].uuid = content.uuid
    }
    dates.learn(values)
    let (kind, marks) = classify(set(entry, slots.objectClass))
    all[Int(entry)].kind = kind
    all[Int(entry)].marks.subtract(.ofClass)
    all[Int(entry)].marks.formUnion(marks)
    all[Int(entry)].start = dates.moment(startColumn, set(entry, dates.slot(startColumn)))
    all[Int(entry)].end = dates.moment(endColumn, set(entry, dates.slot(endColumn)))
    identify(entry)
    settleInside(entry)
    if keepsMembers, kind != .commission { dropMembers(entry) }
    if kind == .commission { index(content, of: entry, keepingMembers: keepsMembers) }
    indexReferences(entry)
    if kind == .function { resolveOccupants(entry) }
    judge(entry)
  }

  private mutating func identify(_ entry: Int32) {
    let values = values
    var (found, areSeveral): (Int32, Bool) = (-1, false)
    values.forEach(slots.identity, set(entry, slots.identity)) { value in
      let number = number(ofIdentity: value)
      areSeveral = areSeveral || found >= 0 && found != number
      found = number
    }
    all[Int(entry)].marks.remove(.hasSeveralIdentities)
    if areSeveral { all[Int(entry)].marks.insert(.hasSeveralIdentities) }
    all[Int(entry)].identity = areSeveral ? -1 : found
    link(entry)
  }

  private mutating func index(_ content: Content, of commission: Int32, keepingMembers: Bool) {
    badMembers[commission] = content.badMembers > 0 ? content.badMembers : nil
    guard !keepingMembers else { return }
    members[commission] = content.members
    for member in content.members {
      memberships[member.identity, default: []].append(
        RoleMembership(commission: commission, start: member.start, end: member.end))
    }
  }

  private func referenceSlots(_ entry: Int32) -> [Int] { [slots.responsible] + slots.references }

  private mutating func indexReferences(_ entry: Int32) {
    for slot in referenceSlots(entry) where set(entry, slot) > 0 {
      for identity in madeReferences(entry, slot) { referrers[identity, default: []].append(entry) }
    }
    guard set(entry, slots.unitMembers) > 0 else { return }
    for identity in madeReferences(entry, slots.unitMembers) { listers[identity, default: []].append(entry) }
  }

  /// The numbers of the HSA-ids that an attribute holds, given to them now.
  private mutating func madeReferences(_ entry: Int32, _ slot: Int) -> Set<Int32> {
    var result: Set<Int32> = []
    for value in values.values(slot, set(entry, slot)) {
      value.bytes.withUnsafeBytes { _ = result.insert(number(ofIdentity: $0)) }
    }
    return result
  }

  /// Takes an entry out of all that finds it by what it says.
  private mutating func unindex(_ entry: Int32, keepingMembers: Bool = false) {
    unlink(entry)
    all[Int(entry)].identity = -1
    if !keepingMembers { dropMembers(entry) }
    badMembers[entry] = nil
    for slot in referenceSlots(entry) where set(entry, slot) > 0 {
      for identity in madeReferences(entry, slot) { RoleEntries.drop(entry, from: &referrers, identity) }
    }
    if set(entry, slots.unitMembers) > 0 {
      for identity in madeReferences(entry, slots.unitMembers) {
        RoleEntries.drop(entry, from: &listers, identity)
      }
    }
    dropOccupants(entry)
  }

  private mutating func dropMembers(_ commission: Int32) {
    guard let old = members.removeValue(forKey: commission) else { return }
    for identity in Set(old.map(\.identity)) {
      memberships[identity]?.removeAll { $0.commission == commission }
      if memberships[identity]?.isEmpty ?? false { memberships[identity] = nil }
    }
  }

  private static func drop(_ entry: Int32, from index: inout [Int32: [Int32]], _ key: Int32) {
    guard let position = index[key]?.firstIndex(of: entry) else { return }
    index[key]?.remove(at: position)
    if index[key]?.isEmpty ?? false { index[key] = nil }
  }

  /// Looks up where those lie whom a function names.
  mutating func resolveOccupants(_ function: Int32) {
    dropOccupants(function)
    var found: Set<Int32> = []
    for slot in slots.occupants where set(function, slot) > 0 {
      for value in values.values(slot, set(function, slot)) {
        guard
          let name = try? DistinguishedName(
            parsing: value.bytes.withUnsafeBytes { Value(copying: $0).text ?? "" }),
          !name.rdns.isEmpty
        else { continue }
        found.insert(places.place(of: name))
      }
    }
    guard !found.isEmpty else { return }
    occupantPlaces[function] = found.sorted()
    for place in found {
      places.pin(place, 1)
      functionsAtPlace[place, default: []].append(function)
    }
  }

  private mutating func dropOccupants(_ function: Int32) {
    guard let old = occupantPlaces.removeValue(forKey: function) else { return }
    for place in old {
      places.pin(place, -1)
      RoleEntries.drop(function, from: &functionsAtPlace, place)
    }
  }

  /// Judges the conditions that are about entries of its kind.
  mutating func judge(_ entry: Int32) {
    for word in 0..<words { met[Int(entry) * words + word] = 0 }
    guard let kind = self[entry].kind else { return }
    let name = conditions.lookAtNames ? places.name(of: self[entry].place) : nil
    for condition in conditions.about(kind) {
      let verdict = conditions.judge(condition, sets, at: Int(entry) * width, values, name: name)
      if verdict == .yes { met[Int(entry) * words + condition >> 6] |= 1 << UInt64(condition & 63) }
    }
  }

  /// Forgets an entry; what hangs below it stays.
  mutating func forget(_ entry: Int32) {
    guard self[entry].marks.contains(.isThere) else { return }
    unindex(entry)
    let place = self[entry].place
    if place >= 0 {
      places.setEntry(place, -1)
      places.prune(place)
    }
    if self[entry].uuid >= 0, entryOfUUID[Int(self[entry].uuid)] == entry {
      entryOfUUID[Int(self[entry].uuid)] = -1
    }
    all[Int(entry)] = RoleEntry(place: -1)
    all[Int(entry)].marks = []
    for slot in 0..<width { sets[Int(entry) * width + slot] = 0 }
    for word in 0..<words { met[Int(entry) * words + word] = 0 }
    free.append(entry)
  }
}
