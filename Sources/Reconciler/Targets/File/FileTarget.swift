import Directory
import Foundation
import LDAP

/// Roles as a file of JSON Lines, which whoever decides authorization reads.
///
/// It is there whole or not at all, and says in its first line which generation it is and what its content sums to.
package struct FileTarget: RoleTarget {
  package let form: RoleTargetForm
  private let path: String
  private let rules: String
  private let now: @Sendable () -> Date
  private let memory = RoleFileMemory()
  /// For tests: called when the new file is on the disk and the old one still in its place.
  var beforeRename: @Sendable () -> Void = {}

  /// - Parameters:
  ///   - rules: the digest of the rules, for the first line.
  ///   - now: the clock that the first line is dated by.
  package init(
    path: String, form: RoleTargetForm, rules: String, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.path = path
    self.form = form
    self.rules = rules
    self.now = now
  }

  package func close() async { memory.forget() }

  package func held() async throws(RoleTargetFault) -> HeldRoles {
    held(in: try memory.read(path).records)
  }

  package func held(
    of persons: Set<HSAIdentity>, named names: [DistinguishedName]
  ) async throws(RoleTargetFault) -> HeldRoles {
    guard !persons.isEmpty else { return HeldRoles(target: form.name, of: []) }
    if let lines = memory.lines(of: path), let some = RoleFileSome(persons, of: lines) {
      return held(in: some.file.records).only(persons)
    }
    return held(in: try memory.read(path).records.filter { persons.contains(HSAIdentity($0.person)) })
      .only(persons)
  }

  private func held(in records: [RoleRecord]) -> HeldRoles {
    var held = HeldRoles(target: form.name)
    var roles: [RoleKey: HeldRole] = [:]
    for record in records {
      let assignment = record.assignment
      guard let value = form.value(of: assignment) else {
        held.foreign += 1
        continue
      }
      let key = RoleKey(assignment.person, value)
      let role = HeldRole(
        person: assignment.person, value: value, from: assignment.from, to: assignment.to)
      roles[key] = roles[key].map { $0.united(with: role) } ?? role
    }
    held.roles = roles.values.sorted(by: HeldRole.precedes)
    return held
  }

  package func push(
    _ changes: [RoleChange], from held: HeldRoles, journal: any RoleJournal
  ) async -> [RoleOutcome] {
    if changes.count <= FileTarget.most, let lines = memory.lines(of: path),
      let some = RoleFileSome(Set(changes.map(\.person)), of: lines)
    {
      var edit = RoleFileEdit(some.file, form)
      edit.make(changes)
      guard !edit.pending.isEmpty else { return edit.outcomes }
      if let bytes = some.bytes(with: edit.file.records, in: lines, rules: rules, written: now()) {
        return edit.outcomes(with: await write(bytes, edit.pending.map { changes[$0] }, journal))
      }
    }
    return await pushWhole(changes, journal)
  }

  /// Of how many changes only the persons' own lines are looked at; the file is written whole in any case.
  private static let most = 1_000

  private func pushWhole(_ changes: [RoleChange], _ journal: any RoleJournal) async -> [RoleOutcome] {
    var edit: RoleFileEdit
    do throws(RoleTargetFault) {
      edit = RoleFileEdit(try memory.read(path), form)
    } catch {
      return changes.map { _ in RoleOutcome(.failed, error.code.rawValue) }
    }
    edit.make(changes)
    guard !edit.pending.isEmpty else { return edit.outcomes }
    let bytes = edit.file.bytes(rules: rules, written: now())
    return edit.outcomes(with: await write(bytes, edit.pending.map { changes[$0] }, journal))
  }

  private func write(
    _ bytes: [UInt8], _ changes: [RoleChange], _ journal: any RoleJournal
  ) async -> RoleOutcome {
    guard !Task.isCancelled else { return RoleOutcome(.notSent, "cancelled") }
    guard bytes.count <= RoleFile.limit else { return RoleOutcome(.refused, "tooLarge") }
    do {
      try await journal.intend(changes)
    } catch {
      return RoleOutcome(.notSent, error.code.rawValue)
    }
    let outcome = put(bytes)
    if outcome.verdict == .applied { memory.note(path, written: bytes) } else { memory.forget() }
    await journal.settled(changes, Array(repeating: outcome, count: changes.count))
    return outcome
  }

  private func put(_ bytes: [UInt8]) -> RoleOutcome {
    do throws(FilePlace.Fault) {
      try FilePlace(path).put(bytes, beforeRename: beforeRename)
      return RoleOutcome(.applied)
    } catch {
      return switch error {
      case .notWritten(let code): RoleOutcome(.failed, code.errnoName)
      case .notConfirmed(let code): RoleOutcome(.unknown, code.errnoName)
      }
    }
  }
}

/// Whose role it is and which: what makes a record another one.
struct RoleKey: Hashable {
  var person: HSAIdentity
  var value: String

  init(_ person: HSAIdentity, _ value: String) {
    self.person = person
    self.value = RoleName.normalForm(value)
  }
}

extension HeldRole {
  /// The same role by two rules: from the earlier beginning to the later end.
  fileprivate func united(with other: HeldRole) -> HeldRole {
    var united = self
    united.from = from.flatMap { mine in other.from.map { min(mine, $0) } }
    united.to = to.flatMap { mine in other.to.map { max(mine, $0) } }
    return united
  }
}
