import Directory
import Foundation

extension Recovery {
  /// Writes down that nobody knows what became of the role changes that a run was sending, and tells the audit log
  /// once more what the store had last.
  ///
  /// What is so at the targets is read when roles are planned next: that alone decides what is sent.
  /// - Returns: how many there were.
  func settleRoles(of run: Int, _ time: Date) throws(Refusal) -> Int {
    let inDoubt = try store.rolePushesInDoubt(run: run)
    if let audit, let record = try store.run(run) {
      let auditRun = AuditRun(run: run, plan: record.digest, actor: actor)
      let last = try store.rolePushesLastSettled(run: run)
      try audit.append(
        last.compactMap { push in push.outcome.map { .roleOutcome(push, $0.verdict, of: auditRun) } }
          + inDoubt.map { .roleOutcome($0, .unknown, of: auditRun) }, at: time)
    }
    try store.doubtRolePushes(run: run, at: time)
    return inDoubt.count
  }
}
