import Foundation

extension DaemonSettings {
  /// When everything is compared next, strictly after a moment.
  ///
  /// The time of day is Europe/Stockholm's. In the night in which 02:30 does not exist it is the first moment after
  /// the gap; in the one that has it twice, the first of the two.
  package func nextComparison(after moment: Date) -> Date? {
    guard let zone = TimeZone(identifier: "Europe/Stockholm") else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let time = DateComponents(hour: comparison / 60, minute: comparison % 60, second: 0)
    return calendar.nextDate(
      after: moment, matching: time, matchingPolicy: .nextTime, repeatedTimePolicy: .first)
  }
}
