import Foundation

/// Times as the ombud's wall clock shows them, whatever the server's clock is set to.
enum PageTime {
  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "Europe/Stockholm") ?? .gmt
    return calendar
  }()

  /// The moment for reading: `2026-11-22 18:45`.
  static func text(_ date: Date) -> String {
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
    return "\(day(parts)) \(padded(parts.hour)):\(padded(parts.minute))"
  }

  /// The moment for machines, with the offset that held then: `2026-11-22T18:45:00+01:00`.
  static func machine(_ date: Date) -> String {
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    let offset = calendar.timeZone.secondsFromGMT(for: date) / 60
    let zone = "\(offset < 0 ? "-" : "+")\(padded(abs(offset) / 60)):\(padded(abs(offset) % 60))"
    return "\(day(parts))T\(padded(parts.hour)):\(padded(parts.minute)):\(padded(parts.second))\(zone)"
  }

  private static func day(_ parts: DateComponents) -> String {
    "\(padded(parts.year, to: 4))-\(padded(parts.month))-\(padded(parts.day))"
  }

  private static func padded(_ number: Int?, to width: Int = 2) -> String {
    let digits = String(number ?? 0)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
