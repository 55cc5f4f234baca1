import Directory

/// What a push makes of a file's records.
struct RoleFileEdit {
  /// What is ours, by whose it is and which.
  private var ours: [RoleKey: [RoleRecord]] = [:]
  /// What is not ours; it stays as it is.
  private var foreign: [RoleRecord] = []
  private let generation: Int
  private let form: RoleTargetForm
  /// What became of each change; `nil`: it is made when the file is written.
  private var settled: [RoleOutcome?] = []

  init(_ file: RoleFile, _ form: RoleTargetForm) {
    self.form = form
    generation = file.generation
    for record in file.records {
      let assignment = record.assignment
      guard let value = form.value(of: assignment) else {
        foreign.append(record)
        continue
      }
      ours[RoleKey(assignment.person, value), default: []].append(record)
    }
  }

  /// The records of the next generation.
  var file: RoleFile { RoleFile(generation: generation, records: foreign + ours.values.flatMap(\.self)) }

  /// The changes that are made when the file is written, by index.
  var pending: [Int] { settled.indices.filter { settled[$0] == nil } }

  /// An outcome for each change, where there is nothing to write.
  var outcomes: [RoleOutcome] { outcomes(with: RoleOutcome(.notSent)) }

  /// An outcome for each change, when those that are pending ended in one.
  func outcomes(with outcome: RoleOutcome) -> [RoleOutcome] { settled.map { $0 ?? outcome } }

  /// Takes all changes, losses first: a gain whose person keeps a role that was to be lost is not made.
  mutating func make(_ changes: [RoleChange]) {
    settled = changes.map { _ in nil }
    var keepers: Set<HSAIdentity> = []
    for index in changes.indices where changes[index].direction == .loss {
      settled[index] = made(changes[index])
      if let outcome = settled[index], !outcome.isApplied { keepers.insert(changes[index].person) }
    }
    for index in changes.indices where changes[index].direction != .loss {
      let isWithheld = changes[index].direction == .gain && keepers.contains(changes[index].person)
      settled[index] = isWithheld ? RoleOutcome(.notSent, "lossNotConfirmed") : made(changes[index])
    }
  }

  /// - Returns: its outcome; `nil` when the file must be written for it.
  private mutating func made(_ change: RoleChange) -> RoleOutcome? {
    let records = records(for: change)
    let key = RoleKey(change.person, change.value)
    guard change.target == form.name, isOurs(change, records) else {
      return RoleOutcome(.refused, "notOurs")
    }
    let before = ours[key, default: []].inOrder
    guard before != records else { return RoleOutcome(.appliedAlready) }
    ours[key] = records.isEmpty ? nil : records
    return nil
  }

  /// What is there for the person and role once the change is made.
  private func records(for change: RoleChange) -> [RoleRecord] {
    guard change.direction != .loss else { return [] }
    // The evidence is that of the first.
    let records = change.assignments.enumerated().map { index, assignment in
      RoleRecord(assignment, index == 0 ? change.evidence : [])
    }
    return records.inOrder
  }

  /// Whether the change is within the target's namespace, and what it gives is what it says.
  private func isOurs(_ change: RoleChange, _ records: [RoleRecord]) -> Bool {
    let key = RoleKey(change.person, change.value)
    if change.direction == .loss {
      return ours[key] != nil || form.owns.match(change.role) || form.owns.match(change.value)
    }
    return !records.isEmpty
      && records.allSatisfy { record in
        form.value(of: record.assignment).map { RoleKey(HSAIdentity(record.person), $0) } == key
      }
  }
}
