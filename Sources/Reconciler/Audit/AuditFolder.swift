import Foundation

/// The folder that holds a log: the file that is written, and those that were, each named by its first record.
///
///     audit-000000000001.ndjson   records 1 to 170,000
///     audit-000000170001.ndjson   …
///     audit.ndjson                the newest
///     torn-000000170777.part      what a crash left of a record that was never finished
struct AuditFolder: Hashable, Sendable {
  static let current = "audit.ndjson"
  let path: String

  /// The path of a file in it.
  func path(_ name: String) -> String { "\(path)/\(name)" }

  static func name(first sequence: Int) -> String { "audit-\(padded(sequence)).ndjson" }

  static func tornName(_ sequence: Int, _ attempt: Int) -> String {
    "torn-\(padded(sequence))\(attempt > 1 ? "-\(attempt)" : "").part"
  }

  /// The first record of a file that is no longer written, by its name; `nil` for any other file.
  static func firstSequence(_ name: String) -> Int? {
    guard let match = name.wholeMatch(of: /audit-([0-9]{12,18})\.ndjson/) else { return nil }
    return Int(match.1)
  }

  /// The names of the files that are no longer written, in the order of their records.
  func finishedNames() throws(Refusal) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw Refusal(reading: path, errno: errno)
    }
    return names.compactMap { name in AuditFolder.firstSequence(name).map { (name, $0) } }
      .sorted { $0.1 < $1.1 }.map(\.0)
  }

  private static func padded(_ sequence: Int) -> String {
    let digits = String(sequence)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }
}
