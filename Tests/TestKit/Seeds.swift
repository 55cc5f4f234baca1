import Foundation

/// From which numbers a law's random worlds are made.
package enum Seeds {
  /// So many of them, always the same; HSASYNC_SEEDS=FIRST-LAST asks for others, and for more.
  package static func first(_ count: UInt64) -> [UInt64] {
    let bounds = (ProcessInfo.processInfo.environment["HSASYNC_SEEDS"] ?? "").split(separator: "-")
      .compactMap { UInt64($0) }
    return bounds.count == 2 && bounds[0] <= bounds[1] ? Array(bounds[0]...bounds[1]) : Array(1...count)
  }
}
