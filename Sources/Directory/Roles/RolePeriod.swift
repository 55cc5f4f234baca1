import Foundation

/// From when to when a role is held, in whole seconds, which is how exactly targets keep it.
struct RolePeriod: Hashable {
  /// `nil`: since ever.
  var from: Int?
  /// The first second that is outside; `nil`: without end.
  var to: Int?

  init(from: Date?, to: Date?) {
    self.from = from.map(RolePeriod.seconds)
    self.to = to.map(RolePeriod.seconds)
  }

  /// From the first that begins to the last that ends.
  init(_ assignments: [Assignment]) {
    let starts = assignments.map(\.from)
    let ends = assignments.map(\.to)
    self.init(
      from: starts.contains(nil) ? nil : starts.compactMap(\.self).min(),
      to: ends.contains(nil) ? nil : ends.compactMap(\.self).max())
  }

  /// Whether it leaves out some of another.
  func isShorter(than other: RolePeriod) -> Bool {
    (from ?? .min) > (other.from ?? .min) || (to ?? .max) < (other.to ?? .max)
  }

  private static func seconds(_ date: Date) -> Int { Int(date.timeIntervalSince1970.rounded(.down)) }
}
