import Foundation

/// When a server may be asked again (RFC 9110 section 10.2.3).
enum RetryAfter {
  /// In seconds from now, at least 0; `nil` where it says nothing that can be read.
  ///
  /// - Parameters:
  ///   - text: the header's value, seconds or a date.
  ///   - date: the answer's own `Date` header: the server's clock, which its date is meant by.
  ///   - now: our clock, where the answer has no date.
  static func seconds(_ text: String, date: String?, now: Date) -> Double? {
    let text = text.trimmingCharacters(in: .whitespaces)
    if !text.isEmpty, text.utf8.allSatisfy({ $0 &- 48 < 10 }) { return Double(text) }
    guard let then = httpDate(text) else { return nil }
    return max(0, then.timeIntervalSince(date.flatMap(httpDate) ?? now))
  }

  /// A date in its one form that is still written (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func httpDate(_ text: String) -> Date? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT", let day = Int(parts[1]),
      let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3])
    else { return nil }
    let time = parts[4].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2],
      (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar.date(
      from: DateComponents(
        year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second))
  }
}
