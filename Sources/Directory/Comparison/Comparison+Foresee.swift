import Foundation
import LDAP

/// A date of an observed entry that lies within the horizon.
struct SeenDate: Sendable {
  var at: Date
  var event: Foreseen.Event
  /// The slot of the attribute that has it.
  var slot: Int
  var kind: Kind
  /// Index in the comparison's `identities`.
  var identity: Int
  /// Number of the parent's raw name in `places`.
  var place: Int
  var label: String?
  var isProtected: Bool
  var member: HSAIdentity?
}

/// Only where a horizon is asked for: a plain plan pays nothing.
extension Comparison {
  /// Whether a moment comes after the instant and no later than the horizon.
  func isForeseen(_ moment: Date) -> Bool {
    guard let horizon else { return false }
    return moment > instant && moment <= instant.addingTimeInterval(horizon)
  }

  /// Notes what will happen to an entry by itself; to one that has ended nothing does.
  mutating func foresee(
    _ kind: Kind, _ found: KindClassifier.Found, _ identity: Int, _ seen: Seen, _ rows: EntryTable.Rows,
    _ scratch: [Int32]
  ) {
    guard !isOver(rows, scratch) else { return }
    let name = briefs[Int(seen.brief)..<Int(seen.brief) + Int(seen.rdnLength)]
    for slot in [rules.startDate, rules.endDate, rules.member] where slot >= 0 && scratch[slot] >= 0 {
      for value in rows.values(of: Int(scratch[slot])) {
        for (at, event, member) in events(of: rows.bytes(of: value), in: slot) {
          let rdn = try? RelativeDistinguishedName(parsing: String(decoding: name, as: UTF8.self))
          dates.append(
            SeenDate(
              at: at, event: event, slot: slot, kind: kind, identity: identity, place: Int(seen.parent),
              label: found.isProtected ? nil : rdn?.pairs.first?.value.text, isProtected: found.isProtected,
              member: member))
        }
      }
    }
  }

  /// What a value of the attribute in a slot foretells within the horizon.
  func events(
    of value: UnsafeRawBufferPointer, in slot: Int
  ) -> [(at: Date, event: Foreseen.Event, member: HSAIdentity?)] {
    if slot == rules.member {
      guard let period = MemberPeriod(value) else { return [] }
      return [(period.start, .membershipStarts), (period.end, .membershipEnds)]
        .compactMap { at, event in at.map { ($0, event, period.member) } }.filter { isForeseen($0.0) }
    }
    let bound: CivilTime.Bound = slot == rules.endDate ? .end : .start
    guard let at = try? CivilTime.moment(String(decoding: value, as: UTF8.self), as: bound), isForeseen(at)
    else { return [] }
    return [(at, bound == .end ? .ends : .starts, nil)]
  }
}
