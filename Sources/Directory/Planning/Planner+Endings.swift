import Foundation
import LDAP

/// What ends because a row says so: such changes need no proof that something was not seen.
extension Planner {
  /// Whether what is to be written to a row's entry ends something and does nothing but take away.
  ///
  /// Where the file could merely be short (a member that a list no longer has) nothing is an ending.
  func isEnding(_ differences: Differences, _ entry: Entry, row: Int) -> Bool {
    var ends = false
    for difference in differences.shown {
      switch comparison.rules.observedSlot(of: difference.attribute) {
      case comparison.rules.endDate:
        guard isEnd(difference, endInstant(of: entry)) else { return false }
        ends = true
      case comparison.rules.member where comparison.rules.member >= 0:
        guard takesMembersAway(difference, row: row) else { return false }
        ends = true
      // Taking one of these away may begin something, reopen a unit or uncover a person.
      case comparison.rules.startDate, comparison.rules.objectClass: return false
      default: guard difference.added.isEmpty else { return false }
      }
    }
    return ends
  }

  /// Whether the entry ends by the plan's instant, and no later than it would have.
  private func isEnd(_ difference: Change.Difference, _ before: Date?) -> Bool {
    guard difference.added.count == 1, let text = difference.added.first?.text,
      let end = GeneralizedTime(parsing: text)
    else { return false }
    let date = Date(timeIntervalSince1970: Double(end.secondsSince1970))
    return date <= comparison.instant && before.map { date < $0 } ?? true
  }

  /// Whether members go because the row says so of each: by `remove:`, by `null`, or by an end that has come.
  private func takesMembersAway(_ difference: Change.Difference, row: Int) -> Bool {
    var gone = difference.removed
    for value in difference.added {
      guard let now = MemberPeriod(value), let end = now.end, end <= comparison.instant,
        let index = gone.firstIndex(where: { isCurtailed($0, now, end) })
      else { return false }
      gone.remove(at: index)
    }
    return gone.isEmpty || isToldToGo(row)
  }

  private func isCurtailed(_ value: Value, _ now: MemberPeriod, _ end: Date) -> Bool {
    guard let before = MemberPeriod(value), before.member == now.member, before.start == now.start else {
      return false
    }
    return before.end.map { end < $0 } ?? true
  }

  /// Whether a row says in so many words that members go: an attribute that merely is not in the row does not.
  private func isToldToGo(_ row: Int) -> Bool {
    guard let rules = comparison.rulesByKind[desired.rows[row].kind] else { return false }
    return desired.table.withRows { view in
      let speaking = view.attributes(of: row).filter {
        rules[view.name(of: $0)].slot == comparison.rules.member
      }
      return speaking.allSatisfy { attribute in
        switch rules[view.name(of: attribute)].mode {
        case .remove, .merge: true
        case .own: view.values(of: attribute).isEmpty && isWritten(attribute, row, view)
        case .create, .ignore: true
        }
      }
    }
  }

  /// Whether an attribute without values was written, rather than provided by the source and missing in the row.
  private func isWritten(_ attribute: Int, _ row: Int, _ view: EntryTable.Rows) -> Bool {
    if desired.places.mark(row: row, attribute: attribute, in: view) != nil {
      return desired.position(of: row, attribute: attribute, in: view) != desired.position(of: row)
    }
    return !desired.sources.contains { source in
      source.provides.contains { comparison.rules.observedSlot(of: $0) == comparison.rules.member }
    }
  }
}
