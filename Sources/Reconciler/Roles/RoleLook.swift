import Directory
import LDAP

/// How the course of role changes sees what follows from the entries, and what targets hold: by reading all there is, or
/// only what concerns some persons.
package struct RoleLook: Sendable {
  /// What is pushed to. They stay open: whoever gives them ends them.
  let targets: Targets
  /// Whether all who have roles are looked at; a part tells nothing of others, whose overdue losses are kept.
  let isWhole: Bool
  /// Of whom the history tells by which entry they are known; `nil`: of all.
  let persons: Set<HSAIdentity>?
  /// Reads anew.
  let forecast: @Sendable (History?) async throws -> RoleForecast?

  /// What concerns some persons, all day over the same targets.
  ///
  /// - Parameters:
  ///   - persons: who is known by which entry is told of these.
  ///   - targets: are not closed.
  ///   - forecast: reads the entries that the persons' roles follow from, and what targets hold of these persons
  ///     (``Targets/held(of:named:)`` with ``Plan/formerNames`` and ``History/persons(_:)``), each time it is called.
  package static func part(
    _ targets: Targets, of persons: Set<HSAIdentity>? = nil,
    forecast: @escaping @Sendable (History?) async throws -> RoleForecast?
  ) -> RoleLook {
    RoleLook(targets: targets, isWhole: false, persons: persons, forecast: forecast)
  }

  /// All there is, over targets that stay open.
  package static func whole(
    _ targets: Targets, forecast: @escaping @Sendable (History?) async throws -> RoleForecast?
  ) -> RoleLook {
    RoleLook(targets: targets, isWhole: true, persons: nil, forecast: forecast)
  }
}

extension Plan {
  /// The names that entries have now and will not have once the plan is made: groups may hold them by these still.
  package var formerNames: [DistinguishedName] {
    changes.compactMap { $0.newDN == nil && $0.action != .delete ? nil : $0.dn }
  }
}

extension History {
  /// Persons, and what those entries go by at targets that they are known by and that have lost their HSA-id.
  package func persons(_ persons: Set<HSAIdentity>) -> Set<HSAIdentity> {
    persons.union(persons.compactMap { known[$0].map(HSAIdentity.entry) })
  }
}
