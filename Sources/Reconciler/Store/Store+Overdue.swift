import Directory
import Foundation
import GRDB

// What targets owe us, and how they were met.
extension Store {
  /// Losses that no target has confirmed, the oldest first.
  package func overdue() throws(Refusal) -> [OverdueLoss] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM overdue ORDER BY since, target, person, value").map { row in
        var loss = OverdueLoss(
          target: row["target"], person: HSAIdentity(row["spelled"]), role: row["role"], value: row["value"],
          since: Date(stored: row["since"]), attempts: row["attempts"],
          lastTried: Date(stored: row["lastTried"]), detail: row["detail"])
        loss.isProtected = row["protected"]
        return loss
      }
    }
  }

  /// Takes what became of losses: what was confirmed is no longer overdue, the rest is, since it was first tried.
  ///
  /// - Parameter attempts: how many times they were tried now.
  func settleOverdue(
    _ losses: [(change: RoleChange, outcome: RoleOutcome)], attempts: Int, at time: Date
  ) throws(Refusal) {
    guard !losses.isEmpty else { return }
    try write { try Store.settleOverdue(losses, attempts: attempts, at: time, in: $0) }
  }

  static func settleOverdue(
    _ losses: [(change: RoleChange, outcome: RoleOutcome)], attempts: Int, at time: Date, in db: Database
  ) throws {
    guard !losses.isEmpty else { return }
    let add = try db.makeStatement(
      sql: """
        INSERT INTO overdue (target, person, value, spelled, role, since, attempts, lastTried, detail, protected)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (target, person, value) DO UPDATE SET attempts = attempts + excluded.attempts,
          lastTried = excluded.lastTried, detail = excluded.detail, protected = excluded.protected
        """)
    let remove = try db.makeStatement(
      sql: "DELETE FROM overdue WHERE target = ? AND person = ? AND value = ?")
    for (change, outcome) in losses {
      let (person, detail) = (change.person, outcome.detail ?? outcome.verdict.rawValue)
      if outcome.isApplied {
        try remove.execute(arguments: [change.target, person.normalForm, change.value])
      } else {
        try add.execute(arguments: [
          change.target, person.normalForm, change.value, person.text, change.role, time.stored, attempts,
          time.stored, detail, change.isProtected,
        ])
      }
    }
  }

  /// Forgets what is overdue at a target and is not held there any longer, whoever took it away.
  func forgetOverdue(notHeldIn held: HeldRoles) throws(Refusal) {
    var values: [HSAIdentity: Set<String>] = [:]
    for role in held.roles { values[role.person, default: []].insert(role.value) }
    try forgetOverdue(at: [held.target]) {
      held.tells(of: $0.person) && values[$0.person]?.contains($0.value) != true
    }
  }

  /// Forgets what is overdue at targets that were read and is not to be lost any longer.
  ///
  /// - Parameter persons: whose losses these are, all that are due; `nil`: everybody's. A part does not know what others
  ///   are to lose.
  package func forgetOverdue(
    notIn losses: [RoleChange], at targets: [String], of persons: Set<HSAIdentity>? = nil
  ) throws(Refusal) {
    var values: [String: Set<String>] = [:]
    for loss in losses where loss.direction == .loss {
      values[loss.target + "\u{0}" + loss.person.normalForm, default: []].insert(loss.value)
    }
    try forgetOverdue(at: targets) {
      persons?.contains($0.person) != false
        && values[$0.target + "\u{0}" + $0.person.normalForm]?.contains($0.value) != true
    }
  }

  private func forgetOverdue(
    at targets: [String], _ isToGo: (OverdueLoss) -> Bool
  ) throws(Refusal) {
    let gone = try overdue().filter { targets.contains($0.target) && isToGo($0) }
    guard !gone.isEmpty else { return }
    try write { db in
      let remove = try db.makeStatement(
        sql: "DELETE FROM overdue WHERE target = ? AND person = ? AND value = ?")
      for loss in gone {
        try remove.execute(arguments: [loss.target, loss.person.normalForm, loss.value])
      }
    }
  }

  /// How targets were met last, by name.
  package func targetStates() throws(Refusal) -> [TargetState] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM targetState ORDER BY name").map { row in
        TargetState(
          name: row["name"], lastRead: (row["lastRead"] as Int64?).map { Date(stored: $0) },
          lastFailed: (row["lastFailed"] as Int64?).map { Date(stored: $0) },
          fault: try (row["fault"] as String?).map { try StoredText.word($0) }, failures: row["failures"])
      }
    }
  }

  /// Remembers that a target was read, or why it was not.
  package func note(target: String, fault: RoleTargetFault.Code?, at time: Date) throws(Refusal) {
    try write { try Store.note(target: target, fault: fault, at: time, in: $0) }
  }

  static func note(
    target: String, fault: RoleTargetFault.Code?, at time: Date, in db: Database
  ) throws {
    let sql =
      fault == nil
      ? """
      INSERT INTO targetState (name, lastRead) VALUES (?1, ?2)
      ON CONFLICT (name) DO UPDATE SET lastRead = ?2, fault = NULL, failures = 0
      """
      : """
      INSERT INTO targetState (name, lastFailed, fault, failures) VALUES (?1, ?2, ?3, 1)
      ON CONFLICT (name) DO UPDATE SET lastFailed = ?2, fault = ?3, failures = failures + 1
      """
    try db.execute(
      sql: sql,
      arguments: fault.map { [target, time.stored, $0.rawValue] } ?? [target, time.stored])
  }
}
