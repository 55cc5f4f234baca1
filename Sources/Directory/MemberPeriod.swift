import Foundation
import LDAP

/// A value `HSA-id;start;end`: who is a member of a commission, and when; an end left out is open.
package struct MemberPeriod: Hashable, Sendable {
  package var member: HSAIdentity
  package var start: Date?
  /// The first moment that is outside.
  package var end: Date?

  /// Reads a value; `nil` when it has another form or a date that cannot be read.
  package init?(_ octets: UnsafeRawBufferPointer) {
    let parts = octets.split(separator: UInt8(ascii: ";"), maxSplits: 3, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 3 || parts.count == 1, !parts[0].isEmpty else { return nil }
    member = HSAIdentity(parts[0])
    guard parts.count == 3 else { return }
    do throws(CivilTime.Fault) {
      if !parts[1].isEmpty { start = try CivilTime.moment(parts[1], as: .start) }
      if !parts[2].isEmpty { end = try CivilTime.moment(parts[2], as: .end) }
    } catch {
      return nil
    }
  }

  package init?(_ value: Value) {
    guard let period = value.bytes.withUnsafeBytes({ MemberPeriod($0) }) else { return nil }
    self = period
  }
}
