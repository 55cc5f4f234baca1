/// Changes in the order in which people read them: by care provider and unit, then by kind and HSA-id.
///
/// All that happens to one entry stands together, where the entry lies in the end. A unit's own changes stand with
/// what happens in it, or when nothing else does, with what happens in the unit above it. Protected persons stand
/// apart: where they work is nobody's business. Where no place is known there is one group without heading, by kind
/// and name.
struct PlanGroups {
  /// What stands under one heading.
  enum Place: Hashable {
    case unit(HSAIdentity, provider: HSAIdentity?)
    case elsewhere
    case protected
  }

  struct Group {
    /// `nil`: nothing is known of places.
    let place: Place?
    /// Indices of the changes that were given.
    let changes: ArraySlice<Int>
  }

  let groups: [Group]

  init(_ changes: [Change], names: PlaceNames) {
    guard changes.contains(where: { !$0.isProtected && $0.place.unit != nil }) else {
      let order = ReadingOrder.sorted(changes)
      groups = order.isEmpty ? [] : [Group(place: nil, changes: order[...])]
      return
    }
    let places = Places(changes)
    let ranks = PlanGroups.ranks(changes, places, names)
    let keys = changes.indices.map { index in
      Key(changes[index], index: index, rank: ranks[places[changes[index]]] ?? 0)
    }.sorted()
    groups = PlanGroups.cut(keys, changes, places)
  }

  private static func cut(_ keys: [Key], _ changes: [Change], _ places: Places) -> [Group] {
    let order = keys.map(\.index)
    var groups: [Group] = []
    var start = 0
    for at in keys.indices where at + 1 == keys.count || keys[at + 1].rank != keys[at].rank {
      groups.append(Group(place: places[changes[order[start]]], changes: order[start...at]))
      start = at + 1
    }
    return groups
  }

  /// The order of the places: by the provider's name, its own root first, then by the unit's; HSA-ids where names fail.
  private static func ranks(_ changes: [Change], _ places: Places, _ names: PlaceNames) -> [Place: Int] {
    func key(_ place: Place) -> [String] {
      switch place {
      case .unit(let unit, let provider):
        let above =
          provider.map { [(names.label(of: $0) ?? "~").lowercased(), $0.normalForm] } ?? ["~~", ""]
        let own = unit == provider ? "" : (names.label(of: unit) ?? "~").lowercased()
        return ["0"] + above + [own, unit.normalForm]
      case .elsewhere: return ["1"]
      case .protected: return ["2"]
      }
    }
    let sorted = Set(changes.map { places[$0] }).map { (key: key($0), place: $0) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element.place, $0.offset) })
  }

  /// Where each entry lies in the end.
  private struct Places {
    private var last: [HSAIdentity: (id: Int, place: Change.Place)] = [:]
    private var inhabited: Set<HSAIdentity> = []
    private var providers: [HSAIdentity: HSAIdentity] = [:]

    init(_ changes: [Change]) {
      for change in changes where last[change.identity]?.id ?? -1 < change.id {
        last[change.identity] = (change.id, change.destination ?? change.place)
      }
      for change in changes where !change.isProtected {
        let place = last[change.identity]?.place ?? change.place
        if let unit = place.unit {
          providers[unit] = place.provider
          if !change.kind.isContainer { inhabited.insert(unit) }
        }
      }
    }

    subscript(change: Change) -> Place {
      if change.isProtected { return .protected }
      let place = last[change.identity]?.place ?? change.place
      if change.kind.isContainer, inhabited.contains(change.identity) || place.unit == nil {
        return .unit(change.identity, provider: providers[change.identity] ?? place.provider)
      }
      return place.unit.map { .unit($0, provider: providers[$0]) } ?? .elsewhere
    }
  }

  private struct Key: Comparable {
    let rank: Int
    let kind: Kind
    let identity: String
    let id: Int
    let index: Int

    init(_ change: Change, index: Int, rank: Int) {
      self.rank = rank
      kind = change.kind
      identity = change.identity.normalForm
      id = change.id
      self.index = index
    }

    static func < (left: Key, right: Key) -> Bool {
      if left.rank != right.rank { return left.rank < right.rank }
      if left.kind != right.kind { return left.kind < right.kind }
      return (left.identity, left.id) < (right.identity, right.id)
    }
  }
}
