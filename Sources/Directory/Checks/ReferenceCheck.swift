import LDAP

extension DesiredCheck {
  /// Checks a value that refers to another entry.
  mutating func checkReference(
    _ octets: UnsafeRawBufferPointer, _ form: Profile.ReferenceForm, _ rule: AttributeRule,
    _ place: ValuePlace,
    _ table: EntryTable.Rows
  ) {
    switch form {
    case .identity: checkIdentity(octets, rule, place, table)
    case .memberPeriod: checkMember(octets, rule, place, table)
    case .name: break
    }
  }

  private mutating func checkIdentity(
    _ octets: UnsafeRawBufferPointer, _ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows
  ) {
    guard HSAIdentity.isWellFormed(octets, prefixes: profile.identityPrefixes) else {
      return report(
        "wrong-identity", place, table,
        "`\(name(rule))` refers to something that does not have the form of an HSA-id",
        "copy it from the catalogue")
    }
    guard !isKnown(octets) else { return }
    report(
      "unknown-reference", absence, place, table, "`\(name(rule))` refers to an HSA-id that \(nowhere)",
      "correct the HSA-id, or add its entry first")
  }

  /// `HSA-id;start;end`, either end left out where it is open.
  private mutating func checkMember(
    _ octets: UnsafeRawBufferPointer, _ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows
  ) {
    let parts = octets.split(separator: 0x3B, maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 1 else {
      return report(
        "wrong-member", place, table, "a value of `\(name(rule))` is not `HSA-id;start;end`",
        "write it so, or use `members:`")
    }
    checkIdentity(UnsafeRawBufferPointer(rebasing: parts[0]), rule, place, table)
    guard parts.count == 3 else { return }
    var times: [GeneralizedTime] = []
    for part in parts[1...] where !part.isEmpty {
      do throws(CivilTime.Fault) {
        times.append(try CivilTime.instant(generalizedTime: String(decoding: part, as: UTF8.self)))
      } catch {
        let (code, message, advice) = error.explanation
        report(code, place, table, "a period in `\(name(rule))`: \(message)", advice)
      }
    }
    guard times.count == 2, times[1] <= times[0] else { return }
    report(
      "end-before-start", place, table, "the membership's end is not after its start",
      "correct one of the dates")
  }

  /// Checks that the entry above exists and is one that can have others beneath it.
  mutating func checkParent(_ row: Int) {
    let number = state.rows[row].parent
    guard number != DesiredState.noParent, case .identity(let parent) = state.parents[Int(number)] else {
      return
    }
    var text = parent.text
    let (isWellFormed, known, kind) = text.withUTF8 { octets in
      let octets = UnsafeRawBufferPointer(octets)
      return (
        HSAIdentity.isWellFormed(octets, prefixes: profile.identityPrefixes), isKnown(octets),
        rowKind(octets)
      )
    }
    if !isWellFormed {
      reportParent(
        "wrong-identity", .error, row, "the parent does not have the form of an HSA-id",
        "copy it from the catalogue")
    } else if !known {
      reportParent(
        "unknown-parent", absence, row, "the parent is an HSA-id that \(nowhere)",
        "correct it, or add the unit first")
    } else if let kind, !kind.isContainer {
      reportParent(
        "wrong-parent", .error, row, "the parent is no organisation or unit",
        "name the unit under which the entry lies")
    }
  }

  private mutating func reportParent(
    _ code: String, _ severity: Finding.Severity, _ row: Int, _ message: String, _ advice: String
  ) {
    findings.append(
      Finding(
        code, severity, at: state.position(of: row), subject: state.identity(of: row), message, advice: advice
      ))
  }

  /// Reports each circle of parents once, at the row of it that was written first.
  mutating func checkCycles() {
    // 0: not visited; otherwise the number of the walk that visited the row.
    var walk = Array(repeating: 0, count: state.rows.count)
    for start in state.rows.indices where walk[start] == 0 {
      var row: Int? = start
      while let current = row, walk[current] == 0 {
        walk[current] = start + 1
        row = rowAbove(current)
      }
      if let meeting = row, walk[meeting] == start + 1 { reportCycle(through: meeting) }
    }
  }

  private mutating func reportCycle(through row: Int) {
    var members = [row]
    while let above = rowAbove(members[members.count - 1]), above != row { members.append(above) }
    guard let first = members.min(by: { state.position(of: $0) < state.position(of: $1) }) else { return }
    let above = rowAbove(first).map { state.position(of: $0) }
    findings.append(
      Finding(
        "parent-cycle", at: state.position(of: first), and: above, subject: state.identity(of: first),
        "following the parents from here leads back here, over \(members.count) row(s)",
        advice: "correct the parent of one of them"))
  }

  private func rowAbove(_ row: Int) -> Int? {
    let number = state.rows[row].parent
    guard number != DesiredState.noParent, case .identity(let parent) = state.parents[Int(number)] else {
      return nil
    }
    return identities.find(parent.text).map { rowOfIdentity[$0] }
  }

  private func isKnown(_ octets: UnsafeRawBufferPointer) -> Bool {
    identities.find(octets) != nil || observed?.find(octets) != nil || neighbours?.kind(of: octets) != nil
  }

  /// The kind of the row that has an HSA-id.
  private func rowKind(_ octets: UnsafeRawBufferPointer) -> Kind? {
    if let number = identities.find(octets) { return state.rows[rowOfIdentity[number]].kind }
    return neighbours?.kind(of: octets)
  }

  /// How much it matters that something is not found: without the directory's HSA-ids, nobody can know.
  private var absence: Finding.Severity { observed == nil ? .warning : .error }
  private var nowhere: String {
    observed == nil ? "the desired state does not have" : "neither the desired state nor the directory has"
  }
}
