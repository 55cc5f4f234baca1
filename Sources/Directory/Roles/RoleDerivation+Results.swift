import Foundation
import LDAP

extension RoleDerivation {
  /// Everybody who holds something, by HSA-id.
  package var holders: [HSAIdentity] {
    held.indices.filter { held[$0].contains { $0.refusal < 0 } }.map { entries.identity(Int32($0)) }.sorted()
  }

  /// What a person holds, in order; nothing when there is no such person.
  package func assignments(of person: HSAIdentity) -> [Assignment] {
    guard let number = number(person), Int(number) < held.count else { return [] }
    return held[Int(number)].filter { $0.refusal < 0 }.map { assignment($0, of: number) }.inOrder
  }

  /// What a person would hold if no date had ended or not yet begun: what is lost that stands here was ended by time.
  ///
  /// Constraints hold, but for those that count holders.
  package func assignmentsRegardlessOfTime(of person: HSAIdentity) -> [Assignment] {
    guard let number = number(person) else { return [] }
    var (join, texts, tooMany) = (join(at: .nan), texts, [Int]())
    var found = join.derive(number, entries, &texts, requests, excess: &tooMany)
    limits.apply(to: &found, of: number, entries, texts, requests, at: .nan)
    return found.filter { $0.refusal < 0 }.map { assignment($0, of: number, texts) }.inOrder
  }

  /// What rules gave and constraints refused, with the constraint.
  package func refused(of person: HSAIdentity) -> [(assignment: Assignment, by: RoleConstraint)] {
    guard let number = number(person), Int(number) < held.count else { return [] }
    let all = held[Int(number)].filter { $0.refusal >= 0 }
    let constraints = Dictionary(
      all.map { (assignment($0, of: number), rules.constraints[Int($0.refusal)]) },
      uniquingKeysWith: { first, _ in first })
    return constraints.keys.map(\.self).inOrder.compactMap { one in constraints[one].map { (one, $0) } }
  }

  /// A person who was seen under the bases, once, and is known by no other entryUUID.
  package func person(_ identity: HSAIdentity) -> RolePerson? {
    guard let number = number(identity), let dn = entries.places.name(of: entries[number].place) else {
      return nil
    }
    let isProtected =
      entries[number].marks.contains(.isProtected) || protectedByDesired.contains(identity)
    let unit = entries.unit(above: number)
    var place = Change.Place(unit: unit < 0 ? nil : entries.identity(unit))
    if case .found(let provider) = entries.provider(from: unit) {
      place.provider = entries.identity(provider)
    }
    var person = RolePerson(
      identity: entries.identity(number), dn: dn, entryUUID: entries.uuid(number),
      label: isProtected ? nil : label(number, dn), isProtected: isProtected, place: place)
    person.isOutOfTime = !entries.isValid(number, at: instant.timeIntervalSince1970)
    return person
  }

  private func label(_ person: Int32, _ dn: DistinguishedName) -> String? {
    for slot in entries.slots.labels {
      if let text = entries.values.values(slot, entries.set(person, slot)).first?.text { return text }
    }
    return dn.rdns.first?.pairs.first?.value.text
  }

  /// The HSA-id and entryUUID of every entry that has a part in an assignment: what is remembered as known.
  package var participants: [HSAIdentity: String] {
    var isPart = Array(repeating: false, count: entries.all.count)
    func add(_ entry: Int32) { if entry >= 0 { isPart[Int(entry)] = true } }
    for person in held.indices {
      for one in held[person] where one.refusal < 0 {
        add(Int32(person))
        add(one.commission)
        add(one.function)
        add(one.unit)
        add(one.provider)
        add(one.careUnit)
      }
    }
    var result: [HSAIdentity: String] = [:]
    for entry in isPart.indices where isPart[entry] && entries.isSound(Int32(entry)) {
      if let uuid = entries.uuid(Int32(entry)) { result[entries.identity(Int32(entry))] = uuid }
    }
    return result
  }

  // MARK: Time

  /// What something that begins or ends by itself concerns.
  enum Boundary {
    case entry(Int32)
    /// The number of a person's HSA-id.
    case person(Int32)
  }

  /// When something next begins or ends by itself.
  package func nextBoundary(after instant: Date) -> Date? {
    let after = instant.timeIntervalSince1970
    var next = Double.infinity
    forEachBoundary { moment, _ in if moment > after, moment < next { next = moment } }
    return next.isFinite ? Date(timeIntervalSince1970: next) : nil
  }

  /// Every moment at which something begins or ends, in no order.
  func forEachBoundary(_ body: (Double, Boundary) -> Void) {
    let untilColumns = Set(programs.flatMap { $0.untilDates.map(\.column) }).sorted()
    for index in entries.all.indices {
      let one = entries.all[index]
      guard one.marks.contains([.isThere, .isInside]), one.identity >= 0, one.kind != nil else { continue }
      if one.start.isFinite { body(one.start, .entry(Int32(index))) }
      if one.end.isFinite { body(one.end, .entry(Int32(index))) }
      for column in untilColumns {
        let end = entries.dates.moment(column, entries.set(Int32(index), entries.dates.slot(column)))
        if end.isFinite { body(end, .entry(Int32(index))) }
      }
    }
    for (identity, memberships) in entries.memberships {
      for one in memberships {
        if one.start.isFinite { body(one.start, .person(identity)) }
        if one.end.isFinite { body(one.end, .person(identity)) }
      }
    }
    for (person, request) in requests.all {
      if let from = request.from { body(from.timeIntervalSince1970, .person(person)) }
      if let to = request.to { body(to.timeIntervalSince1970, .person(person)) }
    }
  }
}
