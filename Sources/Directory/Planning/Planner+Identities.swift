import LDAP

extension Planner {
  /// Decides for every row which observed entry it means; sets aside what is ambiguous.
  mutating func settleIdentities() {
    setAsideDuplicateRows()
    setAsideDoubleEntries()
    for row in desired.rows.indices where !desired.rows[row].hasIdentity { correlate(row) }
    setAsideOtherKinds()
  }

  private mutating func setAsideDuplicateRows() {
    for row in comparison.duplicates.sorted() {
      setAside.insert(row)
      findings.append(
        report(
          "duplicate-identity", row: row, "another row describes the same HSA-id, and neither is planned",
          advice: "keep one of the rows"))
    }
  }

  /// One HSA-id on two entries: neither can be told to be the right one.
  private mutating func setAsideDoubleEntries() {
    for (index, times) in comparison.timesSeen.enumerated() where times > 1 {
      let row = Int(comparison.rowOfIdentity[index])
      if row >= 0 { setAside.insert(row) }
      findings.append(
        Finding(
          "double-entry", .warning, at: row >= 0 ? desired.position(of: row) : nil,
          subject: HSAIdentity(comparison.identities.text(index)),
          "the directory has \(times) entries with this HSA-id, and none of them is touched",
          advice: "remove the wrong entry or correct its HSA-id in the directory"))
    }
  }

  private mutating func correlate(_ row: Int) {
    let candidates = comparison.correlation.candidates[row] ?? []
    let inPlace = candidates.count > 1 ? candidates.filter { lies($0, where: row) } : candidates
    guard inPlace.count == 1, let kept = inPlace.first else {
      setAside.insert(row)
      findings.append(candidates.isEmpty ? noMatch(row) : ambiguous(row, candidates.count))
      return
    }
    let identity = comparison.kept[kept].identity
    let other = identity < 0 ? -1 : Int(comparison.rowOfIdentity[identity])
    if other >= 0, desired.scope(of: row) == nil, desired.scope(of: other) != nil {
      leaveToRegion(other)
    } else if other >= 0 || observedEntry.values.contains(kept) {
      setAside.insert(row)
      findings.append(
        report(
          "correlated-twice", row: row, "this row and another mean the same entry",
          advice: "keep one of the rows"))
      return
    }
    observedEntry[row] = kept
    seen[row] = comparison.kept[kept].seen
    seen[row].kept = UInt32(kept + 1)
    if desired.rows[row].kind.isContainer, let name = entry(kept)?.dn, let node = tree.node(named: name) {
      tree.tie(row: row, to: node)
    }
  }

  /// Sets a delegated administrator's row aside where the region's speaks for the same entry by other means than its HSA-id.
  private mutating func leaveToRegion(_ row: Int) {
    setAside.insert(row)
    observedEntry[row] = nil
    findings.append(
      report(
        "region-speaks", .warning, row: row,
        "the region's own files speak for this entry, so this row is left aside",
        advice: "remove the row, or ask the region's administrators to leave the entry to you"))
  }

  /// Whether a candidate lies under the row's parent.
  private func lies(_ kept: Int, where row: Int) -> Bool {
    let parent = desired.rows[row].parent
    guard parent != DesiredState.noParent, let top = node(of: desired.parents[Int(parent)]) else {
      return false
    }
    return tree.isObserved(tree.node(atPlace: Int(comparison.kept[kept].seen.parent), comparison), under: top)
  }

  private func noMatch(_ row: Int) -> Finding {
    report(
      "no-match", .warning, row: row,
      "the row has no HSA-id and no entry matches it by \(profile.correlation.joined(separator: " or "))",
      advice: "write the HSA-id; an entry without one is never created")
  }

  private func ambiguous(_ row: Int, _ count: Int) -> Finding {
    report(
      "ambiguous-match", .warning, row: row, "the row has no HSA-id and \(count) entries match it",
      advice: "write the HSA-id of the entry that is meant")
  }

  private mutating func setAsideOtherKinds() {
    for (row, kept) in observedEntry.sorted(by: { $0.key < $1.key })
    where comparison.kept[kept].kind != desired.rows[row].kind && !setAside.contains(row) {
      setAside.insert(row)
      findings.append(
        report(
          "other-kind", row: row,
          "the row is a \(desired.rows[row].kind.rawValue) and the entry in the directory a \(comparison.kept[kept].kind.rawValue)",
          advice: "move the row to the list \(comparison.kept[kept].kind.listKey)"))
    }
    for row in comparison.unrecognised.sorted() where setAside.insert(row).inserted {
      findings.append(
        report(
          "unknown-class", .warning, row: row,
          "the entry in the directory has none of the object classes by which the profile knows a kind",
          advice: "add its class to the profile, or correct the entry"))
    }
    let managed = Set(comparison.management.kinds.keys)
    let rows = desired.rows
    for row in rows.indices where !managed.contains(rows[row].kind) { setAside.insert(row) }
  }

  /// Gives every container that nobody has seen a node.
  mutating func placeNewContainers() {
    for row in desired.rows.indices
    where desired.rows[row].kind.isContainer && !seen[row].isPresent && !setAside.contains(row) {
      _ = tree.add(row: row, kind: desired.rows[row].kind)
    }
  }

  /// Finds the node of every parent that rows name, and what each container's row wants above it.
  ///
  /// An LDIF file may name a parent as it is, or as the same plan makes it: the second is looked up once it is
  /// known what the containers want.
  mutating func resolveParents() {
    indexDesiredNames()
    nodeOfParent = desired.parents.map { node(of: $0) }
    wantParents()
    if nodeOfParent.contains(nil) {
      resolveByWantedNames()
      wantParents()
    }
    let rows = desired.rows
    for row in rows.indices where !setAside.contains(row) && rows[row].parent != DesiredState.noParent {
      let parent = Int(rows[row].parent)
      if nodeOfParent[parent] == nil, !isBase(row, under: desired.parents[parent]) {
        refuse(row, parent: desired.parents[parent])
      }
    }
    for node in tree.cycles() { refuseCycle(node) }
  }

  private mutating func wantParents() {
    for (row, node) in tree.nodeOfRow where !setAside.contains(row) {
      if let wanted = wantedNode(of: row) { tree.nodes[node].wantedParent = wanted }
    }
  }

  private mutating func resolveByWantedNames() {
    var nodes: [String: Int] = [:]
    for node in tree.nodes.indices where tree.nodes[node].row != nil {
      if let name = wantedName(of: node) { nodes[name.normalForm(schema)] = node }
    }
    for (index, parent) in desired.parents.enumerated() where nodeOfParent[index] == nil {
      if case .name(let name) = parent { nodeOfParent[index] = nodes[name.normalForm(schema)] }
    }
  }

  /// The name that a container's row, and those above it, want it to have; `nil` where they lie in a circle.
  private func wantedName(of node: Int) -> DistinguishedName? {
    var rdns: [RelativeDistinguishedName] = []
    var at = node
    while rdns.count <= tree.nodes.count {
      let here = tree.nodes[at]
      rdns.append(here.row.flatMap { wantedRDN(of: $0, observed: here.rdn) } ?? here.rdn)
      guard let above = here.wantedParent else {
        return DistinguishedName(rdns + here.observedName.rdns.dropFirst())
      }
      at = above
    }
    return nil
  }

  /// Whether a row is the base's own and names what lies above it, which nobody reads and nothing is moved to.
  private func isBase(_ row: Int, under parent: DesiredState.Parent) -> Bool {
    guard case .name(let above) = parent, let node = tree.nodeOfRow[row] else { return false }
    let base = comparison.base
    return tree.nodes[node].observedName.normalForm(schema) == base.normalForm(schema)
      && above.normalForm(schema) == base.parent?.normalForm(schema)
  }

  private mutating func refuse(_ row: Int, parent: DesiredState.Parent) {
    if isHeld(parent) { return refuseGroundless(row) }
    setAside.insert(row)
    let what = if case .identity(let id) = parent { "the unit \(id)" } else { "the parent that is named" }
    findings.append(
      report(
        "parent-missing", row: row, "\(what) is neither in the desired state nor in the directory",
        advice: "correct the parent, or add its row"))
  }

  private mutating func refuseCycle(_ node: Int) {
    var at = node
    repeat {
      let next = tree.nodes[at].wantedParent
      if let row = tree.nodes[at].row, setAside.insert(row).inserted {
        findings.append(
          report(
            "parent-cycle", row: row, "the unit would lie beneath itself",
            advice: "correct the parents of the units in the circle"))
      }
      tree.nodes[at].wantedParent = tree.nodes[at].observedParent
      guard let next else { return }
      at = next
    } while at != node
  }

  /// The node that a row asks to lie under; `nil` when it asks for none.
  func wantedNode(of row: Int) -> Int? {
    let parent = desired.rows[row].parent
    return parent == DesiredState.noParent ? nil : nodeOfParent[Int(parent)]
  }

  func node(of parent: DesiredState.Parent) -> Int? {
    switch parent {
    case .name(let name):
      if desiredNames.isEmpty { return tree.node(named: name) }
      return desiredNames[name.normalForm(schema)].flatMap { tree.nodeOfRow[$0] } ?? tree.node(named: name)
    case .identity(let id):
      var text = id.text
      guard let index = text.withUTF8({ comparison.identities.find(UnsafeRawBufferPointer($0)) }) else {
        return nil
      }
      return tree.nodeOfRow[Int(comparison.rowOfIdentity[index])] ?? tree.node(identity: index)
    }
  }

  /// An LDIF file names parents by the names it wants them to have.
  private mutating func indexDesiredNames() {
    guard desired.parents.contains(where: { if case .name = $0 { true } else { false } }) else { return }
    let rows = desired.rows
    for row in rows.indices where rows[row].hasName && rows[row].kind.isContainer && !isNamedAsSeen(row) {
      guard let name = try? DistinguishedName(parsing: desired.table.dnText(row)) else { continue }
      desiredNames[name.normalForm(schema)] = row
    }
  }

  /// Whether a container's row has the very name under which its entry was seen, so that the tree knows it by that.
  private func isNamedAsSeen(_ row: Int) -> Bool {
    guard let node = tree.nodeOfRow[row], tree.nodes[node].container != nil else { return false }
    return comparison.desired.table.withRows { view in
      comparison.places.find(view.dn(of: row)) == tree.nodes[node].place
    }
  }
}
