import Directory
import Foundation
import GRDB

/// A plan that waits for somebody to approve it.
package struct PendingPlan: Hashable, Sendable {
  /// `7F3A-91C2`.
  package var code: String
  package var digest: String
  /// Of the plan file's octets; hexadecimal.
  package var sha256: String
  /// The plan file.
  package var text: [UInt8]
  package var actor: Actor
  package var kept: Date
}

/// Somebody's word that one plan, and no other, may be applied past its guards.
package struct Approval: Hashable, Sendable {
  package var id: Int
  package var digest: String
  package var sha256: String
  package var actor: Actor
  package var given: Date
  package var reason: String?
}

extension Store {
  /// How many plans wait at most; the oldest is dropped for a new one.
  private static var pendingLimit: Int { 20 }

  /// Keeps a plan file until it is approved or expires; the same plan is kept once, and stays the request of whoever
  /// asked for it first.
  package func keepPending(
    code: String, digest: String, sha256: String, text: [UInt8], by actor: Actor, at time: Date
  ) throws(Refusal) {
    try write { db in
      // The agent may come to the same plan within the same second: it stays the request of the person who asked for it.
      let others = try Row.fetchAll(
        db, sql: "SELECT sha256, actor FROM pending WHERE digest = ? AND sha256 <> ?",
        arguments: [digest, sha256])
      for other in others
      where try actor.person == nil && (StoredText.value(other["actor"]) as Actor).person != nil {
        return try db.execute(
          sql: "UPDATE pending SET kept = ? WHERE digest = ? AND sha256 = ?",
          arguments: [time.stored, digest, other["sha256"] as String])
      }
      try db.execute(
        sql: """
          INSERT INTO pending (digest, sha256, code, actor, kept, text) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET kept = excluded.kept
          """,
        arguments: [digest, sha256, code, try StoredText.of(actor), time.stored, Data(text)])
      try db.execute(
        sql:
          "DELETE FROM pending WHERE rowid NOT IN (SELECT rowid FROM pending ORDER BY kept DESC, rowid DESC LIMIT ?)",
        arguments: [Store.pendingLimit])
    }
  }

  /// The latest waiting plan with a short code.
  ///
  /// - Throws: exit code 64 when different plans have the code: a short code can be forged, the digest cannot.
  package func pending(code: String) throws(Refusal) -> PendingPlan? {
    let plans = try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM pending WHERE code = ? ORDER BY kept DESC, rowid DESC", arguments: [code]
      ).map { row in
        PendingPlan(
          code: row["code"], digest: row["digest"], sha256: row["sha256"], text: Array(row["text"] as Data),
          actor: try StoredText.value(row["actor"]), kept: Date(stored: row["kept"]))
      }
    }
    guard Set(plans.map(\.digest)).count < 2 else {
      throw Refusal(
        .codeAmbiguous, .usage, "several waiting plans have the code \(code)",
        advice: "save the plan with `plan --output FILE` and approve the file")
    }
    return plans.first
  }

  /// All plans that wait, the latest first.
  package func pendingPlans() throws(Refusal) -> [PendingPlan] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM pending ORDER BY kept DESC, rowid DESC").map { row in
        PendingPlan(
          code: row["code"], digest: row["digest"], sha256: row["sha256"], text: Array(row["text"] as Data),
          actor: try StoredText.value(row["actor"]), kept: Date(stored: row["kept"]))
      }
    }
  }

  /// The waiting plan that somebody means by a code or a digest.
  ///
  /// - Throws: exit code 4 when there is none, 64 when different plans have the code.
  package func pending(typed: String) throws(Refusal) -> PendingPlan {
    let code = PlanDigest.code(parsing: typed) ?? typed
    if let kept = try pending(code: code) { return kept }
    let plans = try read { db in
      try String.fetchAll(
        db, sql: "SELECT code FROM pending WHERE digest = ?", arguments: [typed.asciiLowercased])
    }
    if let code = plans.first, let kept = try pending(code: code) { return kept }
    throw Refusal(
      .planUnknown, .stalePlan, "no plan is kept under the code \(VisibleText(code).text)",
      advice: "plan again; the code is in what was said when it was refused")
  }

  /// Forgets a plan that waits.
  package func drop(_ kept: PendingPlan) throws(Refusal) {
    try write { db in
      try db.execute(
        sql: "DELETE FROM pending WHERE digest = ? AND sha256 = ?", arguments: [kept.digest, kept.sha256])
    }
  }

  /// Who has approved exactly this plan since it was kept, each once, in the order in which they did.
  package func approvers(digest: String, sha256: String) throws(Refusal) -> [Actor] {
    let all = try read { db in
      try String.fetchAll(
        db, sql: "SELECT actor FROM approval WHERE digest = ? AND sha256 = ? AND usedBy IS NULL ORDER BY id",
        arguments: [digest, sha256]
      ).map { try StoredText.value($0) as Actor }
    }
    var seen: Set<String> = []
    return all.filter { seen.insert($0.key).inserted }
  }

  /// Who has approved exactly this plan, when and why.
  package func approvals(digest: String, sha256: String) throws(Refusal) -> [Approval] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM approval WHERE digest = ? AND sha256 = ? AND usedBy IS NULL ORDER BY id",
        arguments: [digest, sha256]
      ).map { row in
        Approval(
          id: row["id"], digest: row["digest"], sha256: row["sha256"],
          actor: try StoredText.value(row["actor"]), given: Date(stored: row["given"]), reason: row["reason"])
      }
    }
  }

  /// Records an approval of the plan with this digest and these octets.
  ///
  /// - Returns: its number.
  @discardableResult
  package func approve(
    digest: String, sha256: String, by actor: Actor, at time: Date, reason: String? = nil
  ) throws(Refusal) -> Int {
    try write { db in
      try db.execute(
        sql: "INSERT INTO approval (digest, sha256, actor, given, reason) VALUES (?, ?, ?, ?, ?)",
        arguments: [digest, sha256, try StoredText.of(actor), time.stored, reason])
      return Int(db.lastInsertedRowID)
    }
  }

  /// The latest approval of exactly this plan that has not been used.
  package func approval(digest: String, sha256: String) throws(Refusal) -> Approval? {
    let sql = """
      SELECT * FROM approval WHERE digest = ? AND sha256 = ? AND usedBy IS NULL ORDER BY id DESC LIMIT 1
      """
    return try read { db in
      try Row.fetchOne(db, sql: sql, arguments: [digest, sha256]).map { row in
        Approval(
          id: row["id"], digest: row["digest"], sha256: row["sha256"],
          actor: try StoredText.value(row["actor"]), given: Date(stored: row["given"]), reason: row["reason"])
      }
    }
  }

  /// Uses an approval up, and with it the waiting plan that it is for.
  ///
  /// - Throws: exit code 3 when it has been used already.
  package func use(_ approval: Approval, run: Int) throws(Refusal) {
    try write { db in
      try db.execute(
        sql: "UPDATE approval SET usedBy = ? WHERE id = ? AND usedBy IS NULL", arguments: [run, approval.id])
      guard db.changesCount == 1 else {
        throw Refusal(
          .approvalUsed, .refused, "the approval has been used already",
          advice: "plan again, and have the new plan approved")
      }
      try db.execute(
        sql: "DELETE FROM pending WHERE digest = ? AND sha256 = ?",
        arguments: [approval.digest, approval.sha256])
    }
  }

  /// Forgets what is older than it may be: values of operations, and plans that nobody approved.
  package func expire(before time: Date) throws(Refusal) {
    try write { db in
      try db.execute(
        sql: """
          DELETE FROM preimage WHERE operation <= (
            SELECT max(id) FROM operation WHERE run <= (SELECT max(id) FROM run WHERE began < ?1))
          """, arguments: [time.stored])
      try Store.expireRoles(before: time, in: db)
      try db.execute(sql: "DELETE FROM pending WHERE kept < ?", arguments: [time.stored])
    }
  }
}
