/// What a commission lets its members do: `activity;type;scope`, such as `Läsa;alla;SJF`.
package struct CommissionRight: Hashable, Sendable {
  package enum Scope: Hashable, Sendable {
    /// The commission's own care unit (VE).
    case unit
    /// The whole care provider (VG).
    case provider
    /// Other care providers (SJF).
    case others
    case identity(HSAIdentity)
  }
  /// `Läsa`, `Skriva` or `Signera`, in small letters.
  package var activity: String
  /// The type of information, in small letters; `alla` is all of them.
  package var type: String
  package var scope: Scope

  package init(activity: String, type: String, scope: Scope) {
    self.activity = activity
    self.type = type
    self.scope = scope
  }
}
