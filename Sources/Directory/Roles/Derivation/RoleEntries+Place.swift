import LDAP

extension RoleEntries {
  /// Looks the bases up by name, as they may have become other places.
  mutating func settleBases() {
    basePlaces = bases.map { places.place(of: $0) }
    for place in basePlaces { places.pin(place, 1) }
  }

  /// Looks up again whatever goes by name, after places with others below them were moved.
  mutating func settle() {
    guard hasMoved else { return }
    hasMoved = false
    places.clearPins()
    settleBases()
    functionsAtPlace = [:]
    for function in occupantPlaces.keys.sorted() {
      occupantPlaces[function] = nil
      resolveOccupants(function)
    }
    places.sweep()
    for entry in all.indices where all[entry].marks.contains(.isThere) {
      settleInside(Int32(entry))
      if conditions.lookAtNames { judge(Int32(entry)) }
    }
  }

  private func isInside(_ place: Int32) -> Bool {
    var place = place
    while place >= 0 {
      if basePlaces.contains(place) { return true }
      place = places.parent(place)
    }
    return false
  }

  /// Notes whether an entry lies under the bases.
  mutating func settleInside(_ entry: Int32) {
    let lies = isInside(self[entry].place)
    guard lies != self[entry].marks.contains(.isInside) else { return }
    if lies {
      all[Int(entry)].marks.insert(.isInside)
      link(entry)
    } else {
      unlink(entry)
      all[Int(entry)].marks.remove(.isInside)
    }
  }

  /// Puts the entry among those with its HSA-id.
  mutating func link(_ entry: Int32) {
    let identity = self[entry].identity
    guard identity >= 0, self[entry].marks.contains(.isInside) else { return }
    all[Int(entry)].twin = firstOfIdentity[Int(identity)]
    firstOfIdentity[Int(identity)] = entry
    flipped.insert(identity)
  }

  mutating func unlink(_ entry: Int32) {
    let identity = self[entry].identity
    guard identity >= 0, self[entry].marks.contains(.isInside) else { return }
    flipped.insert(identity)
    if firstOfIdentity[Int(identity)] == entry {
      firstOfIdentity[Int(identity)] = self[entry].twin
    } else {
      var before = firstOfIdentity[Int(identity)]
      while before >= 0, self[before].twin != entry { before = self[before].twin }
      if before >= 0 { all[Int(before)].twin = self[entry].twin }
    }
    all[Int(entry)].twin = -1
  }

  /// Gives an entry the place of a name, with all that hangs below it.
  ///
  /// An entry that lies there already is put aside with its own: it may get another place later in the batch.
  mutating func move(_ entry: Int32, to name: UnsafeRawBufferPointer) {
    let place = leave(entry)
    let (parent, rdn) = places.split(name)
    put(entry, place, below: parent, named: rdn)
  }

  mutating func move(_ entry: Int32, below parent: DistinguishedName, named rdn: RelativeDistinguishedName) {
    let place = leave(entry)
    let above = places.place(of: parent)
    put(entry, place, below: above, named: places.number(rdn))
  }

  /// Takes an entry's place out of the tree, if it has one that goes with it.
  private mutating func leave(_ entry: Int32) -> Int32 {
    let place = self[entry].place
    guard place >= 0 else { return -1 }
    let one = places[place]
    if one.firstChild < 0, one.pins > 0 {
      // What points here by name points here still.
      places.setEntry(place, -1)
      return -1
    }
    if one.firstChild >= 0 { hasMoved = true }
    places.detach(place)
    if one.parent > 0 { places.prune(one.parent) }
    return place
  }

  /// Hangs an entry's place (-1: it has none yet) below another.
  private mutating func put(_ entry: Int32, _ place: Int32, below parent: Int32, named rdn: UInt32) {
    guard let there = places.child(parent, rdn) else {
      var place = place
      if place < 0 {
        place = places.child(of: parent, named: rdn)
      } else {
        places.attach(place, to: parent, named: rdn)
      }
      return setPlace(entry, place)
    }
    let other = places.entry(there)
    if other >= 0 {
      // Only one can lie here: the other is without a place until it is put elsewhere.
      let name = places.name(of: there)
      if places[there].firstChild >= 0 || places[there].pins > 0 { hasMoved = true }
      places.detach(there)
      aside.append((other, name))
      return put(entry, place, below: parent, named: rdn)
    }
    if place >= 0 {
      if places[place].firstChild >= 0 || places[place].pins > 0 { hasMoved = true }
      join(place, into: there)
    }
    // Others may have spelled its name in another way.
    places.rename(there, rdn)
    setPlace(entry, there)
  }

  private mutating func setPlace(_ entry: Int32, _ place: Int32) {
    places.setEntry(place, entry)
    all[Int(entry)].place = place
  }

  /// What has got no other place by the end of a batch is gone; what hung below it hangs where its name says.
  ///
  /// - Returns: those that are gone.
  mutating func dropAside() -> [Int32] {
    var gone: Set<Int32> = []
    while let (entry, name) = aside.popLast() {
      let place = self[entry].place
      guard self[entry].marks.contains(.isThere), place < 0 || places.parent(place) < 0 else { continue }
      gone.insert(entry)
      guard place >= 0 else { continue }
      places.setEntry(place, -1)
      all[Int(entry)].place = -1
      hasMoved = true
      if let name { join(place, into: places.place(of: name)) }
    }
    return gone.sorted()
  }

  private mutating func join(_ place: Int32, into other: Int32) {
    let merged = places.merge(place, into: other)
    for (entry, place) in merged.moved { all[Int(entry)].place = place }
    for entry in merged.lost {
      all[Int(entry)].place = -1
      aside.append((entry, nil))
    }
  }
}
