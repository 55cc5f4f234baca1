import Foundation

/// When everything is compared: once each night, by the wall clock where the catalogue is.
struct Timetable: Sendable {
  /// Minutes after midnight, Europe/Stockholm.
  let comparison: Int

  /// The first such time after an instant. A night in which the clock skips the hour has it when the hour would end.
  func next(after instant: Date) -> Date {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "Europe/Stockholm") ?? .gmt
    let components = DateComponents(hour: comparison / 60, minute: comparison % 60, second: 0)
    let next = calendar.nextDate(
      after: instant, matching: components, matchingPolicy: .nextTime, direction: .forward)
    return next ?? instant.addingTimeInterval(86_400)
  }

  /// Whether a comparison has been missed: the last one is older than a day and an hour, or there was none.
  func isOverdue(last: Date?, at now: Date) -> Bool {
    last.map { now.timeIntervalSince($0) > 25 * 3_600 } ?? true
  }
}
