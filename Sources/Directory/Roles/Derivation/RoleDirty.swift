/// What was changed, and who may hold something else because of it.
struct RoleTouched {
  /// The entries that were changed and are still there.
  var after: Set<Int32> = []
  var persons: Set<Int32> = []
  /// The numbers of everybody's HSA-id, as it was when it was noted.
  private var identities: Set<Int32> = []

  mutating func note(_ persons: Set<Int32>, _ entries: RoleEntries) {
    self.persons.formUnion(persons)
    for person in persons where entries[person].identity >= 0 { identities.insert(entries[person].identity) }
  }

  func names(_ entries: RoleEntries) -> Set<HSAIdentity> {
    Set(identities.map { HSAIdentity(entries.identities.text(Int($0))) })
  }
}

/// Collects the persons whose assignments depend on entries, valid or not.
struct RoleDirty {
  private(set) var persons: Set<Int32> = []
  private var seen: Set<Int32> = []
  private let requests: RoleRequests

  init(_ entries: RoleEntries, _ requests: RoleRequests) { self.requests = requests }

  /// Adds everybody who depends on an entry.
  mutating func add(_ entry: Int32, _ entries: RoleEntries) {
    var pending = [entry]
    while let entry = pending.popLast() {
      guard seen.insert(entry).inserted else { continue }
      let one = entries[entry]
      switch one.kind {
      case .person: add(person: entry, entries)
      case .commission: for member in entries.members[entry] ?? [] { add(identity: member.identity, entries) }
      case .function:
        for place in entries.occupantPlaces[entry] ?? [] where entries.places.entry(place) >= 0 {
          add(person: entries.places.entry(place), entries)
        }
      default: break
      }
      if one.place >= 0, entries.places[one.place].firstChild >= 0 {
        entries.places.forEachBelow(one.place) { place in
          let below = entries.places.entry(place)
          if below >= 0, below != entry { pending.append(below) }
        }
      }
      if one.identity >= 0 { pending += entries.referrers[one.identity] ?? [] }
      // What a care unit lists has it as care unit.
      if one.isUnitOrOrganisation {
        for identity in entries.references(entry, entries.slots.unitMembers).compactMap({ $0 }) {
          pending += entries.twins(of: identity)
        }
      }
    }
  }

  /// Adds everybody with an HSA-id.
  mutating func add(identity: Int32, _ entries: RoleEntries) {
    for entry in entries.twins(of: identity) where entries[entry].kind == .person {
      add(person: entry, entries)
    }
  }

  /// Adds a person, and those for whom that person has asked.
  private mutating func add(person: Int32, _ entries: RoleEntries) {
    guard persons.insert(person).inserted else { return }
    guard entries[person].identity >= 0 else { return }
    for identity in requests.byRequester[entries[person].identity] ?? [] { add(identity: identity, entries) }
  }
}
