import LDAP

/// Containers first: each is created, renamed or moved once what shall lie above it is in place, so that a whole
/// subtree costs one modify DN, and every later change can be sent to a name that is known now.
extension Planner {
  mutating func planStructure() {
    var state: [Int: Bool] = [:]  // false: under way, true: placed
    var postponed: [Int] = []
    // Nearly all containers stay where they are: neither keys nor names are made for them.
    let order = tree.nodes.indices.filter { mayMove($0) }.map { (key: sortKey($0), node: $0) }
      .sorted { $0.key < $1.key }
    for (_, node) in order { place(node, &state, &postponed) }
    for node in postponed { moveIntoPlace(node) }
  }

  /// Whether a node is to be created, or its row may want it elsewhere or called otherwise. Never wrongly false.
  private func mayMove(_ node: Int) -> Bool {
    guard let row = tree.nodes[node].row else { return false }
    guard tree.nodes[node].container != nil, tree.nodes[node].wantedParent == tree.nodes[node].parent else {
      return true
    }
    return !hasNameAsWritten(node, row: row)
  }

  /// Whether a row's written name begins in the octets in which its entry's name was seen, by its naming attribute.
  private func hasNameAsWritten(_ node: Int, row: Int) -> Bool {
    guard desired.rows[row].hasName, seen[row].isPresent, seen[row].rdnLength < .max else { return false }
    let start = Int(seen[row].brief)
    let isSame = comparison.briefs.withUnsafeBytes { briefs in
      comparison.desired.table.withRows { view in
        let written = view.dn(of: row)
        let observed = UnsafeRawBufferPointer(rebasing: briefs[start..<start + Int(seen[row].rdnLength)])
        let own = UnsafeRawBufferPointer(rebasing: written[..<RawName.rdnLength(written)])
        return ValueSets.same(own, observed)
      }
    }
    guard isSame, let naming = profile[desired.rows[row].kind]?.naming else { return false }
    return tree.nodes[node].rdn.pairs.contains { sameType($0.type, naming) }
  }

  private func sortKey(_ node: Int) -> String {
    tree.nodes[node].observedName.rdns.reversed().map(\.description).joined(separator: ",")
  }

  private mutating func place(_ node: Int, _ state: inout [Int: Bool], _ postponed: inout [Int]) {
    guard state[node] == nil else { return }
    state[node] = false
    defer { state[node] = true }
    if let above = tree.nodes[node].wantedParent { place(above, &state, &postponed) }
    guard let row = tree.nodes[node].row, !setAside.contains(row) else { return }
    if let above = tree.nodes[node].wantedParent, !isStanding(above) { return refuseGroundless(row) }
    if let occupant = occupant(of: node, row: row), occupant != node {
      if state[occupant] == false,
        !drafts.contains(where: { $0.nodes.first == node && $0.phase == .structure })
      {
        moveAside(node)
        postponed.append(node)
        return
      }
      place(occupant, &state, &postponed)
    }
    if tree.nodes[node].container == nil { createContainer(node, row: row) } else { moveIntoPlace(node) }
  }

  /// Whether the node exists, or will by what has been planned.
  func isStanding(_ node: Int) -> Bool { tree.nodes[node].container != nil || lastStructure[node] != nil }

  mutating func refuseGroundless(_ row: Int) {
    setAside.insert(row)
    findings.append(
      report(
        "parent-not-planned", .warning, row: row, "the unit above it cannot be made, so neither can this",
        advice: "see what is said of that unit"))
  }

  /// The node that now has the name which this one wants.
  private func occupant(of node: Int, row: Int) -> Int? {
    guard let rdn = wantedRDN(of: row, observed: tree.nodes[node].rdn),
      let parent = tree.nodes[node].wantedParent
    else {
      return nil
    }
    // An entry that keeps its name stands in nobody's way.
    guard parent != tree.nodes[node].parent || rdn != tree.nodes[node].rdn else { return nil }
    let key = Names.key(tree.nodes[parent].place, rdn)
    guard !names.isFree(key) else { return nil }
    return tree.nodes.indices.first {
      tree.nodes[$0].parent == parent && Names.key(tree.nodes[parent].place, tree.nodes[$0].rdn) == key
    }
  }

  /// The relative name that a row's entry shall have; `nil` when the row leaves that to the directory.
  func wantedRDN(of row: Int, observed: RelativeDistinguishedName) -> RelativeDistinguishedName? {
    let kind = desired.rows[row].kind
    guard let naming = profile[kind]?.naming, observed.pairs.isEmpty || comparison.rules.ownsName(kind) else {
      return observed.pairs.isEmpty ? nil : observed
    }
    guard let value = namingValue(of: row, naming: naming, observed: observed) else {
      return observed.pairs.isEmpty ? nil : observed
    }
    var rdn = observed
    if let index = rdn.pairs.firstIndex(where: { sameType($0.type, naming) }) {
      rdn.pairs[index].value = value
    } else {
      rdn = RelativeDistinguishedName(naming, value)
    }
    return rdn
  }

  private func sameType(_ left: String, _ right: String) -> Bool {
    schema.canonicalName(left).equalsIgnoringASCIICase(schema.canonicalName(right))
  }

  /// The value after which a row wants its entry named: that of its written name, else the observed one if it is wanted, else the first.
  private func namingValue(of row: Int, naming: String, observed: RelativeDistinguishedName) -> Value? {
    let slot = comparison.rules.slot(of: naming) ?? -1
    let wanted = wantedValues(of: slot, row: row)
    if desired.rows[row].hasName, let name = try? DistinguishedName(parsing: desired.table.dnText(row)),
      let pair = name.rdns.first?.pairs.first(where: { sameType($0.type, naming) })
    {
      return pair.value
    }
    let present = observed.pairs.first { sameType($0.type, naming) }?.value
    if let present, wanted.contains(present) { return present }
    let rule = schema.equality(of: naming)
    if let present, let respelled = wanted.first(where: { rule.equal($0, present, schema: schema) }) {
      return respelled
    }
    return wanted.first ?? templateValue(of: row, attribute: naming)
  }

  private mutating func createContainer(_ node: Int, row: Int) {
    guard let parent = tree.nodes[node].wantedParent else {
      setAside.insert(row)
      findings.append(report("no-parent", row: row, "a new unit needs a parent", advice: "write `parent:`"))
      return
    }
    guard isComplete else { return withhold(row) }
    guard let entry = newEntry(row: row, parent: parent) else { return }
    let needs = structure(above: parent)
    tree.nodes[node].parent = parent
    tree.nodes[node].rdn = entry.dn.rdns.first ?? RelativeDistinguishedName([])
    recordStructure(
      node, addCreate(entry, row: row, parent: parent, phase: .structure, needs: needs),
      path: tree.path(parent))
  }

  /// Renames or moves a container if it is not where it is wanted.
  private mutating func moveIntoPlace(_ node: Int) {
    guard let row = tree.nodes[node].row else { return }
    let parent = tree.nodes[node].wantedParent
    let rdn = wantedRDN(of: row, observed: tree.nodes[node].rdn) ?? tree.nodes[node].rdn
    guard parent != tree.nodes[node].parent || rdn != tree.nodes[node].rdn else { return }
    guard let parent else { return }
    let key = Names.key(tree.nodes[parent].place, rdn)
    let own = Names.key(tree.nodes[tree.nodes[node].parent ?? parent].place, tree.nodes[node].rdn)
    guard key == own || names.isFree(key) else {
      findings.append(nameTaken(row))
      return
    }
    rename(node, row: row, to: rdn, under: parent)
  }

  func nameTaken(_ row: Int) -> Finding {
    report(
      "name-taken", .warning, row: row, "another entry beside it has the name that this one wants",
      advice: "choose another name, or write the row of the other entry too")
  }

  /// Frees the name of a container whose name another one takes while it takes the other's.
  private mutating func moveAside(_ node: Int) {
    guard let row = tree.nodes[node].row, let parent = tree.nodes[node].parent else { return }
    var rdn = tree.nodes[node].rdn
    guard let value = rdn.pairs.first?.value.text else { return }
    rdn.pairs[0].value = Value("\(value) \(identity(of: row))")
    rename(node, row: row, to: rdn, under: parent)
  }

  private mutating func rename(_ node: Int, row: Int, to rdn: RelativeDistinguishedName, under parent: Int) {
    let old = tree.name(of: node)
    let oldParent = tree.nodes[node].parent
    let oldKey = Names.key(tree.nodes[oldParent ?? parent].place, tree.nodes[node].rdn)
    let newKey = Names.key(tree.nodes[parent].place, rdn)
    let path = tree.path(oldParent) + tree.path(parent)
    var draft = moveDraft(
      row: row, from: old, rdn: rdn, to: tree.name(of: parent), isMove: oldParent != parent)
    draft.phase = .structure
    draft.nodes = [node, parent] + (oldParent.map { [$0] } ?? [])
    (draft.from, draft.to) = (tree.nodes[node].observedParent, parent)
    draft.needs = Set(
      path.compactMap { lastStructure[$0] } + (through[node] ?? []) + [lastStructure[node]].compactMap { $0 })
    if let freed = names.freed(newKey) { draft.needs.insert(freed) }
    let index = add(draft)
    tree.nodes[node].rdn = rdn
    tree.nodes[node].parent = parent
    if oldKey != newKey {
      names.vacate(oldKey, by: index)
      names.take(newKey)
    }
    recordStructure(node, index, path: path)
  }

  private mutating func recordStructure(_ node: Int, _ draft: Int, path: [Int]) {
    lastStructure[node] = draft
    for above in Set(path) { through[above, default: []].append(draft) }
  }

  /// A modify DN request for a row's entry.
  func moveDraft(
    row: Int, from old: DistinguishedName, rdn: RelativeDistinguishedName, to parent: DistinguishedName,
    isMove: Bool
  ) -> Draft {
    let operation = WriteOperation.rename(
      old, newRDN: rdn, deleteOldRDN: comparison.rules.ownsName(desired.rows[row].kind),
      newSuperior: isMove ? parent : nil)
    return Draft(
      change: change(
        isMove ? .move : .rename, row: row, dn: old, newDN: parent.child(rdn), operation: operation,
        precondition: precondition(uuid: entryUUID(of: seen[row]))), phase: .entries)
  }
}
