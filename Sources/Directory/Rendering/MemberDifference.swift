import LDAP

/// One value of a commission's member attribute, `HSA-id;start;end`: who, and from when to when.
struct MemberLine: Hashable {
  let identity: HSAIdentity
  /// From when to when, for people: `2026-01-01..2027-01-01`, open ends left empty, `..` for always.
  let period: String

  /// `nil` for a value of another form.
  init?(_ value: Value) {
    let parts = value.text?.split(separator: ";", omittingEmptySubsequences: false).map(String.init) ?? []
    guard (1...3).contains(parts.count), !parts[0].isEmpty else { return nil }
    identity = HSAIdentity(parts[0])
    let bounds = (parts.dropFirst().map(MemberLine.date) + ["", ""]).prefix(2)
    period = bounds.joined(separator: "..")
  }

  private static func date(_ text: String) -> String {
    let octets = Array(text.utf8)
    if octets.count == 8, octets.allSatisfy(\.isDigit) {
      return "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
    }
    return octets.withUnsafeBytes { CivilTime.written($0) } ?? VisibleText(text).text
  }
}

/// The members of a commission that come, go, and get another period.
struct MemberDifference {
  private(set) var removed: [MemberLine] = []
  private(set) var added: [MemberLine] = []
  private(set) var changed: [(old: MemberLine, new: MemberLine)] = []

  /// `nil` when a value is no member, or only its spelling changes.
  init?(_ difference: Change.Difference) {
    guard difference.style != .spelling else { return nil }
    var (old, new): ([HSAIdentity: [MemberLine]], [HSAIdentity: [MemberLine]]) = ([:], [:])
    for value in difference.removed {
      guard let member = MemberLine(value) else { return nil }
      old[member.identity, default: []].append(member)
    }
    for value in difference.added {
      guard let member = MemberLine(value) else { return nil }
      new[member.identity, default: []].append(member)
    }
    for (identity, gone) in old {
      if let come = new[identity], gone.count == 1, come.count == 1, gone != come {
        changed.append((gone[0], come[0]))
        new[identity] = nil
      } else {
        removed += gone
      }
    }
    added = new.values.flatMap { $0 }
    sort()
  }

  private mutating func sort() {
    func precedes(_ left: MemberLine, _ right: MemberLine) -> Bool {
      (left.identity, left.period) < (right.identity, right.period)
    }
    removed.sort(by: precedes)
    added.sort(by: precedes)
    changed.sort { precedes($0.old, $1.old) }
  }
}
