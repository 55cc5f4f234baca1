import Foundation

extension DaemonSettings {
  /// When everything is compared next, strictly after a moment.
  ///
  /// The time of day is Europe/Stockholm's. In the night in which 02:30 does not exist it is the first moment after
  /// the gap; in the one that has it twice, the first of the two.
  package func nextComparison(after moment: Date) -> Date {
    var calendar = Calendar(identifier: .gregorian)
    // A machine without time zones compares all the same.
    calendar.timeZone = TimeZone(identifier: "Europe/Stockholm") ?? .gmt
    let time = DateComponents(hour: comparison / 60, minute: comparison % 60, second: 0)
    let next = calendar.nextDate(
      after: moment, matching: time, matchingPolicy: .nextTime, repeatedTimePolicy: .first)
    return next ?? moment.addingTimeInterval(86_400)
  }

  /// Whether a comparison has been missed: the last one is older than a day and an hour.
  package func isComparisonOverdue(last: Date, at now: Date) -> Bool {
    now.timeIntervalSince(last) > 25 * 3_600
  }
}
