/// How much a plan may do before somebody is asked; on by default, and nowhere to be switched off.
///
/// What is written for a care provider goes before what is written for a kind, and that before what is written for
/// all; a figure that is written nowhere is the standard one for the population's size (``GuardLimit/standard(_:of:)``).
package struct GuardSettings: Hashable, Sendable {
  /// What somebody wrote of a limit.
  package struct Figures: Hashable, Sendable {
    package var count: Int?
    package var percent: Int?

    package init(count: Int? = nil, percent: Int? = nil) {
      self.count = count
      self.percent = percent
    }
  }
  package typealias Table = [GuardVerdict.Name: Figures]

  /// For the whole, and wherever nothing nearer is written.
  package var everywhere: Table = [:]
  package var kinds: [Kind: Table] = [:]
  package var providers: [HSAIdentity: Table] = [:]
  /// How many plans' worth may be applied within 24 hours; at least 1.
  package var plansADay = 2
  /// How many plans' worth may be applied within 7 days; at least ``plansADay``.
  package var plansAWeek = 4
  /// How far clocks may disagree, in seconds.
  package var clocks = 300
  /// Roles that nobody is given without somebody having been asked.
  package var sensitiveRoles: [RolePattern] = []
  /// Attributes whose values are memberships, in small letters.
  package var memberAttributes: Set<String> = ["hsacommissionmember"]

  package init() {}

  /// The guards that have limits of count and percentage.
  static let counted: [GuardVerdict.Name] = [
    .deleted, .deactivated, .moved, .updated, .membersRemoved, .ended, .rolesLost, .rolesGranted, .rolesEnded,
    .desiredShrank, .observedShrank,
  ]

  /// The limit of a guard for the whole, for a kind, or for a kind at a care provider.
  package func limit(
    _ name: GuardVerdict.Name, kind: Kind? = nil, provider: HSAIdentity? = nil, of population: Int
  ) -> GuardLimit {
    var limit = GuardLimit.standard(name, of: population)
    for table in [everywhere, kind.flatMap { kinds[$0] }, provider.flatMap { providers[$0] }] {
      guard let figures = table?[name] else { continue }
      limit.count = figures.count ?? limit.count
      limit.percent = figures.percent ?? limit.percent
    }
    return limit
  }

  /// How many plans' worth a window allows.
  func plans(in window: GuardVerdict.Window) -> Int {
    switch window {
    case .plan: 1
    case .day: plansADay
    case .week: plansAWeek
    }
  }
}
