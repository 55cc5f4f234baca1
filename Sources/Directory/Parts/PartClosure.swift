import LDAP

/// Finds, for what has changed, the smallest world in which plan and roles come out as in the whole one.
///
/// What is asked for in doubt is more: an entry that is looked at in vain costs microseconds. Where the tree itself
/// is about to change, or nothing can be told, the whole is planned.
package struct PartClosure<Lookup: EntryLookup> {
  private let lookup: Lookup
  private let profile: Profile
  private let rules: RoleRules?
  private let desired: DesiredIndex
  private let limit: Int

  /// - Parameters:
  ///   - limit: so many entries at most are looked at one by one.
  package init(_ lookup: Lookup, profile: Profile, rules: RoleRules?, desired: DesiredIndex, limit: Int) {
    self.lookup = lookup
    self.profile = profile
    self.rules = rules
    self.desired = desired
    self.limit = limit
  }

  /// What is to be looked at.
  ///
  /// - Throws: what the lookup throws.
  package func part(of touched: Touched) throws -> Part {
    guard !touched.isWhole, !touched.hasStructure else { return .whole(.structure) }
    var search = PartSearch(lookup, profile, rules, desired, limit)
    do {
      try search.run(touched)
    } catch let stop as PartStop {
      return .whole(stop.reason)
    }
    return .some(search.extent)
  }
}

/// Why a part cannot be told from the whole.
struct PartStop: Error {
  var reason: Part.Reason
}

extension RoleRules {
  /// The roles whose holders are counted: whether one person has them depends on who else has.
  package var countedRoles: [RolePattern] {
    constraints.flatMap { constraint in
      if case .maximum = constraint.limit { constraint.roles } else { [RolePattern]() }
    }
  }
}
