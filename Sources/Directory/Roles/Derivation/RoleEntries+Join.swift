import Foundation
import LDAP

/// Where an upward search for the care provider ends.
enum RoleProviderSearch: Hashable, Sendable {
  case none
  case found(Int32)
  /// The unit names one that does not exist, is no care provider, or is seen twice.
  case bad(namedBy: Int32)
}

extension RoleEntries {
  /// Whether the entry counts at an instant (seconds since 1970; not a number: at any).
  func isValid(_ entry: Int32, at instant: Double) -> Bool {
    guard isSound(entry) else { return false }
    let one = self[entry]
    if one.marks.contains(.isArchived) || one.marks.contains(.isDeletedPerson) && one.kind == .person {
      return false
    }
    guard one.hasReadableDates else { return false }
    return instant.isNaN || one.start <= instant && instant < one.end
  }

  /// The nearest entry above a place, itself not, that is of one of the kinds and has an HSA-id.
  private func nearest(above place: Int32, where isWanted: (RoleEntry) -> Bool) -> Int32 {
    var place = places.parent(place)
    while place >= 0 {
      let entry = places.entry(place)
      if entry >= 0 {
        let one = self[entry]
        guard one.marks.contains(.isInside) else { return -1 }
        let isNamed = one.identity >= 0 || one.marks.contains(.hasSeveralIdentities)
        if isNamed, isWanted(one) { return entry }
      }
      place = places.parent(place)
    }
    return -1
  }

  /// The unit or organisation in which an entry lies, or -1.
  func unit(above entry: Int32) -> Int32 { nearest(above: self[entry].place) { $0.isUnitOrOrganisation } }

  /// The care unit of a commission: the nearest unit above it. An organisation is none.
  func careUnit(ofCommission commission: Int32) -> Int32 {
    let above = nearest(above: self[commission].place) { $0.isUnitOrOrganisation }
    return above >= 0 && self[above].isUnit ? above : -1
  }

  /// The nearest unit or organisation above a person that meets a condition.
  func unit(above entry: Int32, meeting condition: Int) -> Int32 {
    var unit = unit(above: entry)
    while unit >= 0, !meets(unit, condition) { unit = self.unit(above: unit) }
    return unit
  }

  /// The care provider that answers for a unit: the nearest from it upwards that is named, or carries the mark.
  func provider(from unit: Int32) -> RoleProviderSearch {
    var unit = unit
    while unit >= 0 {
      let named = references(unit, slots.responsible)
      if !named.isEmpty {
        guard named.count == 1, let identity = named[0], let entry = entry(of: identity),
          self[entry].marks.contains(.isProvider), isSound(unit)
        else { return .bad(namedBy: unit) }
        return .found(entry)
      }
      if self[unit].marks.contains(.isProvider) {
        return isSound(unit) ? .found(unit) : .bad(namedBy: unit)
      }
      unit = self.unit(above: unit)
    }
    return .none
  }

  /// The care unit to which a unit belongs, or -1: itself, or the one that lists it, or the nearest above.
  func careUnit(of unit: Int32, at instant: Double) -> Int32 {
    guard unit >= 0 else { return -1 }
    if self[unit].marks.contains(.isCareUnit) { return unit }
    let listing = (listers[self[unit].identity] ?? []).filter {
      isSound($0) && self[$0].marks.contains(.isCareUnit) && self[$0].isUnitOrOrganisation
    }
    let valid = listing.filter { isValid($0, at: instant) }
    // A unit has at most one; where two claim it, those that are valid go first, then the HSA-id decides.
    if let first = (valid.isEmpty ? listing : valid).min(by: { identity($0) < identity($1) }) { return first }
    return nearest(above: self[unit].place) { $0.isUnitOrOrganisation && $0.marks.contains(.isCareUnit) }
  }

  /// The commissions that list a person at an instant (not a number: at any), each once, with the period.
  ///
  /// Periods in one commission that hold the instant are one.
  func memberships(of identity: Int32, at instant: Double) -> [RoleMembership] {
    guard let all = memberships[identity] else { return [] }
    var found: [RoleMembership] = []
    for one in all where instant.isNaN || one.start <= instant && instant < one.end {
      if let same = found.firstIndex(where: { $0.commission == one.commission }) {
        found[same].start = min(found[same].start, one.start)
        found[same].end = max(found[same].end, one.end)
      } else {
        found.append(one)
      }
    }
    return found
  }

  /// Functions that name an entry's place.
  func functions(of entry: Int32) -> [Int32] {
    self[entry].place < 0 ? [] : (functionsAtPlace[self[entry].place] ?? [])
  }
}
