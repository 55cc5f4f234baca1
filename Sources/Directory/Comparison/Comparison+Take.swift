import LDAP

extension Comparison {
  /// Compares a batch of observed entries; the order of batches, and of entries in them, makes no difference.
  package mutating func take(_ batch: EntryTable) {
    if slotsOfBatch.names != batch.names {
      slotsOfBatch = (batch.names, batch.names.map { Int32(rules.observedSlot(of: $0)) })
    }
    let slotOfName = slotsOfBatch.slots
    let wanted = desired.table
    var scratch = Array(repeating: Int32(-1), count: rules.slotNames.count)
    wanted.withRows { desiredRows in
      batch.withRows { rows in
        for entry in 0..<rows.count {
          for slot in scratch.indices { scratch[slot] = -1 }
          for attribute in rows.attributes(of: entry) {
            let slot = slotOfName[rows.name(of: attribute)]
            if slot >= 0 { scratch[Int(slot)] = Int32(attribute) }
          }
          take(entry, rows, batch.names, scratch, desiredRows)
        }
      }
    }
  }

  private mutating func take(
    _ entry: Int, _ rows: EntryTable.Rows, _ names: [String], _ scratch: [Int32], _ wanted: EntryTable.Rows
  ) {
    let classes = scratch[rules.objectClass] < 0 ? 0..<0 : rows.values(of: Int(scratch[rules.objectClass]))
    let (identity, row) = identify(rows, scratch)
    let found = classifier.classify(rows, classes: classes)
    let kind = found.kind
    if found.isProtected, row >= 0 { protectedRows.insert(row) }
    if found.isProtected { protectedSeen.append((Array(rows.dn(of: entry)), identity)) }
    if kind == nil, row >= 0 { unrecognised.insert(row) }
    var seen = remember(entry, rows, scratch)
    if let kind { count(kind, found, rows, scratch, at: Int(seen.parent)) }
    if horizon != nil, let kind, identity >= 0 { foresee(kind, found, identity, seen, rows, scratch) }
    if identity >= 0 { recordHolder(identity, rows, scratch) }
    if needsKeeping(row: row, kind: kind, identity: identity, rows, scratch, wanted) {
      keep(entry, rows, names, kind: kind ?? .unit, identity: identity, &seen)
    }
    if row >= 0, !self.seen[row].isPresent { self.seen[row] = seen }
    if !correlation.isEmpty, kind != nil {
      correlate(entry, rows, names, scratch, kind: kind ?? .unit, identity: identity, &seen)
    }
    if kind?.isContainer ?? true {
      addContainer(rows.dn(of: entry), seen, kind, identity, found, responsible: responsible(rows, scratch))
    }
  }

  /// Looks the entry's HSA-id up; -1 for "none" and for "no row wants it".
  private mutating func identify(_ rows: EntryTable.Rows, _ scratch: [Int32]) -> (identity: Int, row: Int) {
    guard scratch[rules.identity] >= 0, let value = rows.values(of: Int(scratch[rules.identity])).first else {
      return (-1, -1)
    }
    let (index, isNew) = identities.insert(rows.bytes(of: value))
    if isNew {
      rowOfIdentity.append(-1)
      timesSeen.append(0)
    }
    timesSeen[index] = timesSeen[index] &+ (timesSeen[index] < 255 ? 1 : 0)
    return (index, Int(rowOfIdentity[index]))
  }

  private mutating func remember(_ entry: Int, _ rows: EntryTable.Rows, _ scratch: [Int32]) -> Seen {
    let name = rows.dn(of: entry)
    let rdnLength = RawName.rdnLength(name)
    let parent = intern(RawName.parent(name, rdnLength: rdnLength))
    let start = briefs.count
    briefs.append(contentsOf: UnsafeRawBufferPointer(rebasing: name[..<rdnLength]))
    var uuidLength = 0
    if scratch[rules.entryUUID] >= 0, let value = rows.values(of: Int(scratch[rules.entryUUID])).first {
      briefs.append(contentsOf: rows.bytes(of: value))
      uuidLength = rows.bytes(of: value).count
    }
    childCount[parent] += 1
    siblings.insert(
      RawName.siblingKey(parent: parent, rdn: UnsafeRawBufferPointer(rebasing: name[..<rdnLength])))
    return Seen(
      parent: UInt32(parent), brief: UInt32(start), rdnLength: UInt16(clamping: rdnLength),
      uuidLength: UInt8(clamping: uuidLength), isPresent: true, kept: 0)
  }

  /// The number of a raw name, with room in the tables that go by it.
  mutating func intern(_ name: UnsafeRawBufferPointer) -> Int {
    let number = places.intern(name)
    while containerAtPlace.count <= number {
      containerAtPlace.append(-1)
      childCount.append(0)
      livingAtPlace.append(contentsOf: repeatElement(0, count: Kind.count))
    }
    return number
  }

  private mutating func recordHolder(_ identity: Int, _ rows: EntryTable.Rows, _ scratch: [Int32]) {
    for slot in uniqueSlots where scratch[slot] >= 0 {
      for value in rows.values(of: Int(scratch[slot])) {
        holders[Comparison.uniqueKey(slot, rows.bytes(of: value))] = Int32(identity)
      }
    }
  }

  private mutating func addContainer(
    _ name: UnsafeRawBufferPointer, _ seen: Seen, _ kind: Kind?, _ identity: Int,
    _ found: KindClassifier.Found, responsible: Int32
  ) {
    let place = intern(name)
    guard containerAtPlace[place] < 0 else { return }
    containerAtPlace[place] = Int32(containers.count)
    containers.append(
      Container(
        place: place, seen: seen, kind: kind, identity: identity, isProvider: found.isProvider,
        responsible: responsible))
  }

  private mutating func keep(
    _ entry: Int, _ rows: EntryTable.Rows, _ names: [String], kind: Kind, identity: Int, _ seen: inout Seen
  ) {
    guard seen.kept == 0 else { return }
    keptTable.beginEntry(dn: rows.dn(of: entry))
    for attribute in rows.attributes(of: entry) {
      keptTable.beginAttribute(id: keptTable.intern(Array(names[rows.name(of: attribute)].utf8)))
      for value in rows.values(of: attribute) { keptTable.appendValue(rows.bytes(of: value)) }
    }
    keptTable.endEntry()
    kept.append(Kept(kind: kind, seen: seen, identity: identity))
    seen.kept = UInt32(kept.count)
  }

  private mutating func correlate(
    _ entry: Int, _ rows: EntryTable.Rows, _ names: [String], _ scratch: [Int32], kind: Kind, identity: Int,
    _ seen: inout Seen
  ) {
    for row in correlation.rows(for: rows, scratch: scratch) where desired.rows[row].kind == kind {
      keep(entry, rows, names, kind: kind, identity: identity, &seen)
      correlation.candidates[row, default: []].append(Int(seen.kept) - 1)
    }
  }

  /// Whether anything about the entry may have to be written.
  private func needsKeeping(
    row: Int, kind: Kind?, identity: Int, _ rows: EntryTable.Rows, _ scratch: [Int32],
    _ wanted: EntryTable.Rows
  ) -> Bool {
    guard let kind else { return false }
    guard row >= 0 else { return completeKinds.contains(kind) && management[kind] != nil }
    if timesSeen[identity] > 1 || desired.rows[row].kind != kind || waiting.contains(row) { return true }
    if hasEnded(rows, scratch) && management[kind]?.absent != .keep { return true }
    guard let ofKind = rulesByKind[kind] else { return false }
    for attribute in wanted.attributes(of: row) {
      let rule = ofKind[wanted.name(of: attribute)]
      guard rule.slot >= 0 else { continue }
      let present = scratch[rule.slot] < 0 ? 0..<0 : rows.values(of: Int(scratch[rule.slot]))
      if !ValueSets.agree(wanted, wanted.values(of: attribute), rows, present, rule: rule, schema: schema) {
        return true
      }
    }
    return false
  }

  /// Whether the entry's end has passed. An end in another form than `yyyyMMddHHmmssZ` counts as passed here and is looked at closely later.
  private func hasEnded(_ rows: EntryTable.Rows, _ scratch: [Int32]) -> Bool {
    guard scratch[rules.endDate] >= 0, let value = rows.values(of: Int(scratch[rules.endDate])).first else {
      return false
    }
    let bytes = rows.bytes(of: value)
    guard bytes.count == instantText.count, bytes.last == UInt8(ascii: "Z") else { return true }
    return !instantText.lexicographicallyPrecedes(bytes)
  }
}
