import Directory
import Foundation
import GRDB

/// What was applied in the hours that are over, which is counted once an hour and not for each change.
struct AppliedWindow: Sendable {
  private static let hour: Int64 = 3_600_000
  /// Until when, in milliseconds since 1970: the beginning of the hour before the one that it is.
  private let until: Int64
  private let applied: [History.Applied]
  private let roles: [History.AppliedRoles]

  /// Counts what was applied from some time on; the hour that it falls into counts whole, which only makes guards
  /// stricter.
  private init(since: Date, until: Int64, in db: Database) throws {
    let (since, end) = (
      Date(stored: since.stored / AppliedWindow.hour * AppliedWindow.hour), Date(stored: until)
    )
    self.until = until
    applied = try Store.applied(db, since: since).filter { $0.hour < end }
    roles = try Store.appliedRoles(db, since: since).filter { $0.hour < end }
  }

  /// What was applied since some time: counted anew for the hours that are not over.
  ///
  /// Only for the one process that writes: what is over stays as it was counted.
  static func read(
    _ window: inout AppliedWindow?, since: Date, at time: Date, in db: Database
  ) throws -> (applied: [History.Applied], roles: [History.AppliedRoles]) {
    let until = (time.stored / hour - 1) * hour
    let counted: AppliedWindow
    if let known = window, known.until == until {
      counted = known
    } else {
      counted = try AppliedWindow(since: since, until: until, in: db)
      window = counted
    }
    let recent = Date(stored: until)
    return (
      counted.applied + (try Store.applied(db, since: recent)),
      counted.roles + (try Store.appliedRoles(db, since: recent))
    )
  }
}
