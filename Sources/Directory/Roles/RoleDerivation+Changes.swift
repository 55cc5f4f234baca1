import Foundation
import LDAP

extension RoleDerivation {
  /// Takes entries that are new or have changed, each whole, and derives what depends on them.
  ///
  /// - Returns: the persons whose assignments may have become others.
  package mutating func put(_ batch: EntryTable) -> Set<HSAIdentity> {
    var touched = RoleTouched()
    batch.withRows { rows in
      for row in 0..<rows.count { touch(rows, row, batch.names, &touched) }
    }
    return settle(&touched)
  }

  /// Forgets entries by their entryUUID, and derives what depended on them.
  package mutating func remove(_ entryUUIDs: [String]) -> Set<HSAIdentity> {
    var touched = RoleTouched()
    for uuid in entryUUIDs {
      guard let number = entries.uuids.find(uuid), let entry = entries.entry(ofUUID: Int32(number)) else {
        continue
      }
      note(entry, &touched)
      entries.forget(entry)
    }
    return settle(&touched)
  }

  /// Makes the changes of a plan, as if they had been applied, and derives what depends on them.
  package mutating func make(_ changes: [Change]) -> Set<HSAIdentity> {
    var touched = RoleTouched()
    for change in changes { make(change.operation, &touched) }
    return settle(&touched)
  }

  /// Lets time pass, or go back, and derives what depends on it.
  package mutating func advance(to instant: Date) -> Set<HSAIdentity> {
    let span = (self.instant.timeIntervalSince1970, instant.timeIntervalSince1970)
    let (first, last) = (min(span.0, span.1), max(span.0, span.1))
    self.instant = instant
    guard first < last else { return [] }
    var dirty = RoleDirty(entries, requests)
    forEachBoundary { moment, subject in
      guard first < moment, moment <= last else { return }
      switch subject {
      case .entry(let entry): dirty.add(entry, entries)
      case .person(let identity): dirty.add(identity: identity, entries)
      }
    }
    let persons = dirty.persons.sorted()
    let names = Set(persons.map { entries.identity($0) })
    return names.union(derive(persons))
  }

  // MARK: How

  /// Puts a row's entry in its place and lets it say what the row says.
  @discardableResult mutating func place(_ rows: EntryTable.Rows, _ row: Int, _ names: [String]) -> Int32 {
    let content = entries.content(rows, row, names)
    let entry = entries.entry(ofUUID: content.uuid) ?? entries.make()
    entries.move(entry, to: rows.dn(of: row))
    entries.fill(entry, content)
    return entry
  }

  @discardableResult private mutating func touch(
    _ rows: EntryTable.Rows, _ row: Int, _ names: [String], _ touched: inout RoleTouched
  ) -> Int32 {
    let content = entries.content(rows, row, names)
    if let entry = entries.entry(ofUUID: content.uuid) {
      note(entry, &touched)
    }
    let entry = place(rows, row, names)
    touched.after.insert(entry)
    return entry
  }

  /// Notes what depends on an entry before it changes.
  private mutating func note(_ entry: Int32, _ touched: inout RoleTouched) {
    var dirty = RoleDirty(entries, requests)
    dirty.add(entry, entries)
    touched.note(dirty.persons, entries)
  }

  /// Drops what has lost its place.
  mutating func finishBatch() {
    var touched = RoleTouched()
    finishBatch(&touched)
  }

  private mutating func finishBatch(_ touched: inout RoleTouched) {
    while !entries.aside.isEmpty {
      for entry in entries.dropAside() {
        note(entry, &touched)
        entries.forget(entry)
      }
    }
    entries.settle()
  }

  private mutating func settle(_ touched: inout RoleTouched) -> Set<HSAIdentity> {
    finishBatch(&touched)
    var dirty = RoleDirty(entries, requests)
    for entry in touched.after where entries[entry].marks.contains(.isThere) { dirty.add(entry, entries) }
    for identity in entries.flipped {
      for entry in entries.twins(of: identity) { dirty.add(entry, entries) }
    }
    entries.flipped = []
    touched.note(dirty.persons, entries)
    while held.count < entries.all.count { held.append([]) }
    return touched.names(entries).union(derive(touched.persons.sorted()))
  }

  private mutating func make(_ operation: WriteOperation, _ touched: inout RoleTouched) {
    switch operation {
    case .add(let entry):
      var builder = EntryTableBuilder()
      var entry = entry
      // Whoever adds it has not given it an entryUUID.
      entry.attributes.removeAll { $0.name.equalsIgnoringASCIICase("entryUUID") }
      builder.append(entry)
      let table = builder.take()
      let made = table.withRows { rows in touch(rows, 0, table.names, &touched) }
      entries.all[Int(made)].marks.insert(.isForetold)
    case .modify(let name, let modifications):
      guard let entry = entry(at: name) else { return }
      note(entry, &touched)
      var content = entries.content(of: entry)
      for modification in modifications { entries.apply(modification, to: &content) }
      entries.fill(entry, content)
      touched.after.insert(entry)
    case .rename(let name, let rdn, let deletesOld, let superior):
      guard let entry = entry(at: name), let parent = superior ?? name.parent else { return }
      note(entry, &touched)
      var content = entries.content(of: entry)
      if deletesOld, let old = name.rdns.first {
        for pair in old.pairs { entries.apply(Modification(.delete, pair.type, [pair.value]), to: &content) }
      }
      for pair in rdn.pairs { entries.apply(Modification(.add, pair.type, [pair.value]), to: &content) }
      entries.move(entry, below: parent, named: rdn)
      entries.fill(entry, content)
      touched.after.insert(entry)
    case .delete(let name):
      guard let entry = entry(at: name) else { return }
      note(entry, &touched)
      entries.forget(entry)
    }
  }

  private func entry(at name: DistinguishedName) -> Int32? {
    guard let place = entries.places.find(name) else { return nil }
    let entry = entries.places.entry(place)
    return entry >= 0 ? entry : nil
  }
}
