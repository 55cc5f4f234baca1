import Foundation
import LDAP

/// The moments that values of date attributes stand for, read once for each set of values.
struct RoleDates: Sendable {
  /// The dates of one attribute, read as starts or as ends.
  private struct Column: Sendable {
    var slot: Int
    var bound: CivilTime.Bound
    /// By the number of the set; not a number for what cannot be read.
    var moments: [Double]
  }
  private var columns: [Column] = []

  /// The number of an attribute's dates, given to it now if it has none.
  mutating func insert(_ slot: Int, as bound: CivilTime.Bound) -> Int {
    if let known = columns.firstIndex(where: { $0.slot == slot && $0.bound == bound }) { return known }
    columns.append(Column(slot: slot, bound: bound, moments: [bound == .start ? -.infinity : .infinity]))
    return columns.count - 1
  }

  func slot(_ column: Int) -> Int { columns[column].slot }

  /// The moment, in seconds since 1970; infinite for none, not a number for one that cannot be read.
  func moment(_ column: Int, _ set: UInt32) -> Double { columns[column].moments[Int(set)] }

  /// Reads the sets of values that have become known since the last time.
  mutating func learn(_ values: RoleValues) {
    for column in columns.indices where columns[column].moments.count <= values.count(columns[column].slot) {
      let (slot, bound) = (columns[column].slot, columns[column].bound)
      while columns[column].moments.count <= values.count(slot) {
        let set = values.values(slot, UInt32(columns[column].moments.count))
        columns[column].moments.append(set.count == 1 ? RoleDates.moment(set[0], as: bound) : .nan)
      }
    }
  }

  static func moment(_ value: Value, as bound: CivilTime.Bound) -> Double {
    let isUsual = value.bytes.count == 15 && value.bytes.last == UInt8(ascii: "Z")
    if isUsual,
      let time = value.bytes.withUnsafeBytes({ CivilTime.isInstant($0) ? GeneralizedTime(parsing: $0) : nil })
    {
      return Double(time.secondsSince1970)
    }
    guard let text = value.text, let moment = try? CivilTime.moment(text, as: bound) else { return .nan }
    return moment.timeIntervalSince1970
  }
}
