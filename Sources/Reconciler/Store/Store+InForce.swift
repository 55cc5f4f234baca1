import Directory
import Foundation
import GRDB

// Which sets of desired files have been in force: an agent that is started again must not take an older one for a new one.
extension Store {
  /// How many are remembered.
  private static let most = 1_000

  /// Notes that a set is in force.
  ///
  /// - Returns: until when the same set had been in force before; `nil` for a new one. Of the one that was in force last,
  ///   what was said when it came.
  package func put(inForce desired: DesiredSummary, at time: Date) throws(Refusal) -> Date? {
    if let last = try lastInForce(), last.desired.digest == desired.digest { return last.before }
    return try write { db in
      // It ended when the next one came.
      let before = try Int64.fetchOne(
        db,
        sql: """
          SELECT (SELECT min(since) FROM inForce AS next WHERE next.id > same.id) FROM inForce AS same
          WHERE digest = ? ORDER BY id DESC LIMIT 1
          """, arguments: [desired.digest])
      try db.execute(
        sql: "INSERT INTO inForce (digest, since, desired, before) VALUES (?, ?, ?, ?)",
        arguments: [desired.digest, time.stored, try StoredText.of(desired), before])
      try db.execute(
        sql: "DELETE FROM inForce WHERE id <= (SELECT max(id) FROM inForce) - ?", arguments: [Store.most])
      return before.map { Date(stored: $0) }
    }
  }

  /// The set that was in force last; `nil` when there has been none.
  package func lastInForce() throws(Refusal) -> (desired: DesiredSummary, before: Date?)? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT desired, before FROM inForce ORDER BY id DESC LIMIT 1").map { row in
        (try StoredText.value(row["desired"]), (row["before"] as Int64?).map { Date(stored: $0) })
      }
    }
  }

  /// What no set may be older than: by each folder the newest seal that was in force or applied; `nil`: nothing is known.
  package func newestDesired() throws(Refusal) -> DesiredSummary? {
    let accepted = try history(at: Date(), known: []).accepted?.desired
    guard let last = try lastInForce()?.desired else { return accepted }
    guard let accepted else { return last }
    var newest = last
    newest.seals.merge(accepted.seals) { $0.serial >= $1.serial ? $0 : $1 }
    return newest
  }
}
