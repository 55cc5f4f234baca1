import LDAP

/// What an undo left as it is stays so, until the desired state is another or somebody releases it.
extension Planner {
  /// Sets aside the rows whose HSA-ids are on hold.
  mutating func setAsideHeld() {
    guard let history = comparison.history, !history.holds.isEmpty else { return }
    let correlated = rowsWithoutIdentity()
    for identity in history.holds.keys.sorted() {
      var text = identity.text
      guard let index = text.withUTF8({ comparison.identities.find(UnsafeRawBufferPointer($0)) }) else {
        continue
      }
      let row = correlated[index] ?? Int(comparison.rowOfIdentity[index])
      guard row >= 0, !setAside.contains(row), reportHold(identity, row: row) else { continue }
      setAside.insert(row)
      held.insert(row)
    }
  }

  /// Rows that go by another value than the HSA-id, by their entry's index in `identities`.
  private func rowsWithoutIdentity() -> [Int: Int] {
    var result: [Int: Int] = [:]
    for (row, kept) in observedEntry
    where !desired.rows[row].hasIdentity && comparison.kept[kept].identity >= 0 {
      result[comparison.kept[kept].identity] = row
    }
    return result
  }

  /// Says that an entry is on hold, if it is: a hold is against one desired state.
  mutating func reportHold(_ identity: HSAIdentity, row: Int? = nil) -> Bool {
    guard let hold = comparison.history?.holds[identity], hold.desired == comparison.summary.identifier else {
      return false
    }
    findings.append(
      Finding(
        "on-hold", .warning, at: row.map { desired.position(of: $0) }, subject: identity,
        "run \(hold.run) was undone, and the entry is kept as the undo left it",
        advice: "run `hsasync release \(identity)` to let it follow the desired state again"))
    return true
  }

  /// How many holds are told one by one: after the undo of a large run there are thousands.
  private static let toldHolds = 20

  /// The findings with all holds but the first told as one.
  func foldingHolds(_ findings: [Finding]) -> [Finding] {
    let holds = findings.indices.filter { findings[$0].code == "on-hold" }
    guard holds.count > Self.toldHolds + 1 else { return findings }
    let folded = Set(holds.dropFirst(Self.toldHolds))
    return findings.indices.filter { !folded.contains($0) }.map { findings[$0] } + [
      Finding(
        "on-hold", .warning, "\(folded.count) more entries are kept as an undo left them",
        advice: "change the desired state, or run `hsasync release` for each that is to follow it again")
    ]
  }

  /// Whether a parent is not there because its own row is on hold.
  func isHeld(_ parent: DesiredState.Parent) -> Bool {
    guard !held.isEmpty else { return false }
    switch parent {
    case .identity(let identity): return held.contains { self.identity(of: $0) == identity }
    case .name(let name): return desiredNames[name.normalForm(schema)].map(held.contains) ?? false
    }
  }
}
