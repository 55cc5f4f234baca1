import LDAP

/// The changes of a run, taken back one by one from the last to the first.
struct Reversal {
  private(set) var changes: [Change] = []
  private(set) var findings: [Finding] = []
  private(set) var unrestorable: [(identity: HSAIdentity, attributes: [String])] = []

  private let run: Int
  private let profile: Profile
  private let schema: Schema
  /// Those that were made, by their number in the run.
  private let made: [Int: Undo.Record]
  private let edges: ReversedEdges
  private let states: EntryStates
  /// The numbers, in the new plan, of what takes a change back, or of what that would come after.
  private var numbers: [Int: Set<Int>] = [:]
  /// The number, in the new plan, of what gives a deleted entry back.
  private var restoredBy: [String: Int] = [:]
  private var impossible: Set<Int> = []

  init(_ records: [Undo.Record], run: Int, profile: Profile, schema: Schema) {
    self.run = run
    self.profile = profile
    self.schema = schema
    let records = records.sorted { $0.change.id < $1.change.id }
    let states = EntryStates(records.filter(\.isApplied))
    self.states = states
    let made = records.filter { $0.isApplied && !states.isPassing($0) }
    self.made = Dictionary(made.map { ($0.change.id, $0) }, uniquingKeysWith: { $1 })
    edges = ReversedEdges(records.map(\.change), made: Set(made.map(\.change.id)))
  }

  mutating func reverse() {
    for id in made.keys.sorted(by: >) {
      guard let record = made[id] else { continue }
      if edges.before(id).contains(where: impossible.contains) {
        leave(record, "what was made upon it cannot be undone", advice: nil)
        continue
      }
      do {
        append(
          try record.change.inverse(
            run: run, entryUUID: record.entryUUID, entryCSN: states.lastCSN(record), before: record.before,
            profile: profile, schema: schema), of: record)
      } catch {
        leave(record, error)
      }
    }
  }

  private mutating func append(_ inverse: Inverse, of record: Undo.Record) {
    let id = record.change.id
    var change = inverse.change
    change.id = changes.count
    let after = numbers(edges.before(id))
    change.after = after.sorted()
    change.following = numbers(edges.beforeIfPossible(id)).subtracting(after).sorted()
    bind(&change, record)
    numbers[id] = [change.id]
    changes.append(change)
    guard !inverse.unrestorable.isEmpty else { return }
    unrestorable.append((change.identity, inverse.unrestorable))
    findings.append(
      Finding(
        "not-restored", .warning, subject: change.identity,
        "the undo cannot give back \(inverse.unrestorable.joined(separator: ", "))",
        advice: "have what is needed of it issued anew"))
  }

  private func numbers(_ ids: Set<Int>) -> Set<Int> {
    ids.reduce(into: []) { $0.formUnion(numbers[$1] ?? []) }
  }

  /// Binds a change to the state in which the run left its entry, where that matters.
  private mutating func bind(_ change: inout Change, _ record: Undo.Record) {
    guard let entry = record.entry else { return }
    if case .delete = record.change.operation {
      restoredBy[entry] = change.id
    } else if let restored = restoredBy[entry] {
      // The entry has come back as another to the server: only its values tell that it is ours.
      change.precondition = change.precondition.ofAnyEntry
      change.after = Set(change.after + [restored]).sorted()
      change.following.removeAll { $0 == restored }
    } else if states.isBoundByCSN(entry), change.precondition.entryCSN == nil {
      // What comes later is bound to the entry's state, and each write of ours alters that.
      change.precondition.entryCSN = states.lastCSN(record)
    }
  }

  private mutating func leave(_ record: Undo.Record, _ reason: Inverse.Impossible) {
    switch reason {
    case .nothingChanged: numbers[record.change.id] = numbers(edges.before(record.change.id))
    case .entryNotKept:
      leave(
        record, "the entry was deleted, and what it held is not kept, or no longer",
        advice: "create it from the desired state or a backup")
    case .stateNotKnown:
      leave(
        record, "the server did not tell in which state the entry was left, so others' work could be undone",
        advice: "look at the entry and make the change by hand")
    }
  }

  private mutating func leave(_ record: Undo.Record, _ reason: String, advice: String?) {
    impossible.insert(record.change.id)
    findings.append(
      Finding(
        "not-undone", .warning, subject: record.change.identity,
        "change \(record.change.id + 1) of run \(run) (\(record.change.action.word(.english))) cannot be undone: \(reason)",
        advice: advice))
  }
}

/// In which state a run left the entries that it wrote.
struct EntryStates {
  private var csns: [String: String?] = [:]
  private var bound: Set<String> = []
  private var created: Set<String> = []
  private var deleted: Set<String> = []

  /// - Parameter records: what was made, in order.
  init(_ records: [Undo.Record]) {
    for record in records {
      guard let entry = record.entry else { continue }
      csns.updateValue(record.entryCSN, forKey: entry)
      switch record.change.operation {
      case .add:
        created.insert(entry)
        bound.insert(entry)
      case .delete: deleted.insert(entry)
      case .modify(_, let modifications):
        if modifications.contains(where: { $0.kind == .replace }) { bound.insert(entry) }
      case .rename: break
      }
    }
  }

  /// The entry's CSN after the last write of the run; `nil` when the server did not tell.
  func lastCSN(_ record: Undo.Record) -> String? { record.entry.flatMap { csns[$0] ?? nil } }

  /// Whether taking a write to the entry back needs the entry exactly as it was left.
  func isBoundByCSN(_ entry: String) -> Bool { bound.contains(entry) }

  /// Whether the entry came and went within the run.
  func isPassing(_ record: Undo.Record) -> Bool {
    record.entry.map { created.contains($0) && deleted.contains($0) } ?? false
  }
}

/// The order of a run's changes, the other way round.
struct ReversedEdges {
  private var hard: [Int: Set<Int>] = [:]
  private var soft: [Int: Set<Int>] = [:]

  /// - Parameters:
  ///   - changes: in order.
  ///   - made: those that were made; what was not is passed through, so that the order of the others stays.
  init(_ changes: [Change], made: Set<Int>) {
    var reach: [Int: Set<Int>] = [:]
    for change in changes {
      let through = { (ids: [Int]) in
        ids.reduce(into: Set<Int>()) { $0.formUnion(made.contains($1) ? [$1] : reach[$1] ?? []) }
      }
      let needs = through(change.after)
      guard made.contains(change.id) else {
        reach[change.id] = needs
        continue
      }
      for earlier in needs { hard[earlier, default: []].insert(change.id) }
      for earlier in through(change.following) { soft[earlier, default: []].insert(change.id) }
    }
  }

  /// The changes whose inverses must have been applied before that of this one.
  func before(_ id: Int) -> Set<Int> { hard[id] ?? [] }

  /// The changes whose inverses come before that of this one if they can.
  func beforeIfPossible(_ id: Int) -> Set<Int> { (soft[id] ?? []).subtracting(before(id)) }
}

extension Change.Precondition {
  /// Without what only the entry that was there before could fulfil.
  fileprivate var ofAnyEntry: Change.Precondition {
    var clauses: [Filter] = []
    if case .and(let parts) = assertion { clauses = parts } else if let assertion { clauses = [assertion] }
    clauses.removeAll { clause in
      guard case .equal(let name, _) = clause else { return false }
      return name.equalsIgnoringASCIICase("entryUUID") || name.equalsIgnoringASCIICase("entryCSN")
    }
    return Change.Precondition(assertion: clauses.count > 1 ? .and(clauses) : clauses.first)
  }
}
