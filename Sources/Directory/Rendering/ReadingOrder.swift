import LDAP

/// The order in which people read changes whose units are not known: by kind, then place, then HSA-id; protected
/// persons by HSA-id alone, last.
///
/// The place is where the entry lies in the end, so that all that happens to one entry stands together.
enum ReadingOrder {
  /// The indices of the changes, in order.
  static func sorted(_ changes: [Change]) -> [Int] {
    var places: [HSAIdentity: (id: Int, path: [String])] = [:]
    for change in changes where !change.isProtected && places[change.identity]?.id ?? -1 < change.id {
      let path = (change.newDN ?? change.dn).rdns.dropFirst().reversed().map(\.description.asciiLowercased)
      places[change.identity] = (change.id, path)
    }
    return changes.indices.map { index in
      (key: Key(changes[index], place: places[changes[index].identity]?.path ?? []), index: index)
    }.sorted { $0.key < $1.key }.map(\.index)
  }

  private struct Key: Comparable {
    let kind: Kind
    let isProtected: Bool
    let place: [String]
    let identity: String
    let id: Int

    init(_ change: Change, place: [String]) {
      kind = change.kind
      isProtected = change.isProtected
      self.place = change.isProtected ? [] : place
      identity = change.identity.normalForm
      id = change.id
    }

    static func < (left: Key, right: Key) -> Bool {
      if left.kind != right.kind { return left.kind < right.kind }
      if left.isProtected != right.isProtected { return right.isProtected }
      if left.place != right.place { return left.place.lexicographicallyPrecedes(right.place) }
      return (left.identity, left.id) < (right.identity, right.id)
    }
  }
}
