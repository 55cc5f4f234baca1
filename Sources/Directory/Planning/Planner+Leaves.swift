import LDAP

/// Persons, functions and commissions: those to be moved or renamed, then those to be made.
extension Planner {
  mutating func planLeaves() {
    var moves = desired.rows.indices.filter { isLeaf($0) && seen[$0].isPresent && wantsMove($0) }
    var hasProgress = true
    while hasProgress && !moves.isEmpty {
      hasProgress = false
      moves = moves.filter { row in
        let isDone = move(row, orDistinct: false)
        hasProgress = hasProgress || isDone
        return !isDone
      }
    }
    for row in moves { _ = move(row, orDistinct: true) }
    for row in desired.rows.indices where isLeaf(row) && !seen[row].isPresent && desired.rows[row].hasIdentity
    {
      create(row)
    }
  }

  private func isLeaf(_ row: Int) -> Bool { !desired.rows[row].kind.isContainer && !setAside.contains(row) }

  /// The node under which a row's entry was seen.
  func observedNode(of row: Int) -> Int? { tree.node(atPlace: Int(seen[row].parent), comparison) }

  private func wantsMove(_ row: Int) -> Bool {
    if let wanted = wantedNode(of: row), wanted != observedNode(of: row) { return true }
    guard seen[row].kept > 0, let rdn = observedRDN(of: seen[row]) else { return false }
    return wantedRDN(of: row, observed: rdn) != rdn
  }

  /// Plans a move or rename; `false` when its name is taken by an entry that may yet leave.
  private mutating func move(_ row: Int, orDistinct: Bool) -> Bool {
    guard let old = observedRDN(of: seen[row]), let from = observedNode(of: row) else { return true }
    let target = wantedNode(of: row) ?? from
    guard isStanding(target) else {
      refuseGroundless(row)
      return true
    }
    var rdn = wantedRDN(of: row, observed: old) ?? old
    let oldKey = Names.key(tree.nodes[from].place, old)
    if Names.key(tree.nodes[target].place, rdn) != oldKey {
      guard orDistinct || names.isFree(Names.key(tree.nodes[target].place, rdn)) else { return false }
      rdn = freeName(rdn, row: row, parent: target)
    }
    let newKey = Names.key(tree.nodes[target].place, rdn)
    var draft = moveDraft(
      row: row, from: tree.name(of: from).child(old), rdn: rdn, to: tree.name(of: target),
      isMove: target != from)
    draft.needs = structure(above: from).union(structure(above: target))
    if let freed = names.freed(newKey) { draft.needs.insert(freed) }
    draft.nodes = [from, target]
    (draft.from, draft.to) = (from, target)
    let index = add(draft)
    if oldKey != newKey {
      names.vacate(oldKey, by: index)
      names.take(newKey)
    }
    plannedName[row] = tree.name(of: target).child(rdn)
    moved[row] = index
    return true
  }

  private mutating func create(_ row: Int) {
    guard let parent = wantedNode(of: row) else {
      setAside.insert(row)
      findings.append(
        report(
          "no-parent", row: row, "a new entry needs a parent",
          advice: "write `parent:` with the unit's HSA-id"))
      return
    }
    guard isComplete else { return withhold(row) }
    guard isStanding(parent) else { return refuseGroundless(row) }
    guard let entry = newEntry(row: row, parent: parent) else { return }
    addCreate(entry, row: row, parent: parent, phase: .entries, needs: structure(above: parent))
  }

  /// An entry that was not seen in a short read may exist all the same.
  mutating func withhold(_ row: Int) {
    setAside.insert(row)
    findings.append(
      report(
        "read-incomplete", .warning, row: row,
        "the entry was not seen, but the read did not see everything, so it is not created",
        advice: "see why the read is incomplete, and plan again"))
  }

  /// The name of a row's entry when the plan has been carried out; `nil` when the row was set aside before it had one.
  func finalName(of row: Int) -> DistinguishedName? {
    if let planned = plannedName[row] { return planned }
    if let node = tree.nodeOfRow[row] { return tree.name(of: node) }
    guard seen[row].isPresent, let rdn = observedRDN(of: seen[row]) else { return nil }
    if let node = observedNode(of: row) { return tree.name(of: node).child(rdn) }
    return try? DistinguishedName(parsing: comparison.places.text(Int(seen[row].parent))).child(rdn)
  }
}
