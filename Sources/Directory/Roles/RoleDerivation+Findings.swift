import Foundation
import LDAP

extension RoleDerivation {
  /// Commissions withheld for a bad mandatory value, entries seen twice, come in another's place, or outside the bases,
  /// dates and memberships that cannot be read; each with how many people it takes something from.
  package var findings: [Finding] {
    var found: [Finding] = []
    for index in entries.all.indices where entries.all[index].marks.contains(.isThere) {
      found += findings(of: Int32(index))
    }
    found += withheld.map(finding)
    found += excessFindings
    return found.sorted {
      ($0.code, $0.subject?.normalForm ?? "", $0.message) < (
        $1.code, $1.subject?.normalForm ?? "", $1.message
      )
    }
  }

  /// A commission that gives nobody anything.
  struct Withheld {
    var commission: Int32
    var fault: RoleCommission.Fault
    /// How many valid people are members now.
    var people: Int
  }

  /// The commissions that are valid by themselves and give nobody anything, in no order.
  var withheld: [Withheld] {
    var join = join(at: moment)
    return entries.members.keys.compactMap { commission in
      guard entries.isValid(commission, at: moment),
        let fault = join.commission(commission, entries).fault
      else { return nil }
      return Withheld(commission: commission, fault: fault, people: memberCount(commission))
    }
  }

  /// How many valid people are members of a commission now.
  private func memberCount(_ commission: Int32) -> Int {
    let now = (entries.members[commission] ?? []).filter { $0.start <= moment && moment < $0.end }
    return Set(now.map(\.identity)).count { identity in
      entries.entry(of: identity).map { entries[$0].kind == .person && entries.isValid($0, at: moment) }
        ?? false
    }
  }

  private func finding(_ withheld: Withheld) -> Finding {
    let (commission, fault) = (entries.identity(withheld.commission), withheld.fault)
    let place: String =
      switch fault.subject {
      case .unit: fault.entry == withheld.commission ? "it" : "its unit \(entries.identity(fault.entry))"
      case .provider: "its care provider \(entries.identity(fault.entry))"
      case .commission, .person, .function: "it"
      }
    return Finding(
      "commission-withheld", .warning, subject: commission,
      "The commission gives nobody anything: \(fault.attribute) of \(place) is missing, malformed or points at what "
        + "is not there; that takes rights from \(RoleDerivation.people(withheld.people))",
      advice: "Correct \(fault.attribute) in the directory")
  }

  private static func people(_ count: Int) -> String { count == 1 ? "1 person" : "\(count) people" }

  private func findings(of entry: Int32) -> [Finding] {
    let one = entries[entry]
    guard one.identity >= 0 else {
      return one.marks.contains([.isInside, .hasSeveralIdentities])
        ? [
          Finding(
            "identity-several", .warning, subject: entries.identity(entry),
            "An entry has more than one HSA-id, and gives nothing", advice: "Keep one HSA-id in the entry")
        ] : []
    }
    guard one.marks.contains(.isInside) else { return outside(entry) }
    let isSuspect = one.twin >= 0 || entries.isStranger(entry) || !one.hasReadableDates
    // Most have nothing wrong; only units, functions and commissions are few enough to be looked at closely always.
    guard isSuspect || one.kind != .person || hasUntilDates else { return [] }
    let identity = entries.identity(entry)
    var found: [Finding] = []
    if entries.firstOfIdentity[Int(one.identity)] == entry, one.twin >= 0 {
      found.append(
        Finding(
          "identity-twice", .warning, subject: identity,
          "\(entries.twins(of: one.identity).count) entries have this HSA-id, so none of them gives anything; "
            + "\(affected(entries.twins(of: one.identity)))",
          advice: "Remove the HSA-id from all but the right entry"))
    }
    if entries.isStranger(entry) {
      found.append(
        Finding(
          "identity-replaced", .warning, subject: identity,
          "An entry has come in another's place: it has the HSA-id and not the entryUUID that is known, so it gives "
            + "nothing; \(affected([entry]))",
          advice: "See that it is the right one, then hsasync adopt \(identity.normalForm)"))
    }
    if one.kind != nil { found += unreadable(entry, identity) }
    return found
  }

  /// An entry outside of the bases is nobody's business, unless it looks like one that lies under them or a commission
  /// lists it.
  private func outside(_ entry: Int32) -> [Finding] {
    let identity = entries[entry].identity
    let inside = entries.firstOfIdentity[Int(identity)]
    let isListed = inside < 0 && entries.memberships[identity] != nil && entries[entry].kind == .person
    guard inside >= 0 || isListed else { return [] }
    return [
      Finding(
        "outside-bases", .warning, subject: entries.identity(entry),
        inside >= 0
          ? "An entry outside of the rules' bases has the HSA-id of one under them; it gives nothing"
          : "A commission lists a person who lies outside of the rules' bases and so gets nothing",
        advice: "Look at where the entry comes from")
    ]
  }

  private var hasUntilDates: Bool { programs.contains { !$0.untilDates.isEmpty } }

  private func unreadable(_ entry: Int32, _ identity: HSAIdentity) -> [Finding] {
    var found: [Finding] = []
    let one = entries[entry]
    let names = [(one.start, entries.attributes.start), (one.end, entries.attributes.end)]
    var attributes = names.filter { $0.0.isNaN }.map(\.1)
    for program in programs {
      for (subject, column) in program.untilDates where one.kind.map({ subject.kinds.contains($0) }) ?? false
      {
        let slot = entries.dates.slot(column)
        if entries.dates.moment(column, entries.set(entry, slot)).isNaN {
          attributes.append(entries.values.names[slot])
        }
      }
    }
    for attribute in Set(attributes.map(\.asciiLowercased)).sorted() {
      let name = attributes.first { $0.asciiLowercased == attribute } ?? attribute
      found.append(
        Finding(
          "date-unreadable", .warning, subject: identity,
          "\(name) cannot be read as a date, so nothing that it limits is given; \(affected([entry]))",
          advice: "Write it as yyyyMMddHHmmssZ"))
    }
    if let count = entries.badMembers[entry] {
      found.append(
        Finding(
          "membership-unreadable", .warning, subject: identity,
          "\(count) \(count == 1 ? "value" : "values") of \(entries.attributes.members ?? "") cannot be read and "
            + "\(count == 1 ? "gives" : "give") nobody anything",
          advice: "Write each as HSA-id;start;end"))
    }
    return found
  }

  private func affected(_ changed: [Int32]) -> String {
    var dirty = RoleDirty(entries, requests)
    for entry in changed { dirty.add(entry, entries) }
    return "it concerns \(RoleDerivation.people(dirty.persons.count))"
  }

  private var excessFindings: [Finding] {
    var people: [Int: Int] = [:]
    for rules in excess.values { for rule in Set(rules) { people[rule, default: 0] += 1 } }
    return people.keys.sorted().map { rule in
      Finding(
        "too-many-roles", .warning, at: rules.rules[rule].position,
        "The rule \(rules.rules[rule].name) would give \(RoleDerivation.people(people[rule] ?? 0)) more than "
          + "\(RoleJoin.mostRoles) roles at once, and so gives them none",
        advice: "Use attributes with fewer values in the role's text")
    }
  }
}
