import LDAP

/// Judges what a delegated administrator wants by the part of the catalogue that is the administrator's: rows of a
/// desired state, and the changes of a plan.
///
/// What is refused is refused in one way: who asks after an entry of somebody else learns nothing of whether it exists.
/// The same is judged when it is asked for, when it is planned and when it is written.
package struct ScopeJudge<Lookup: EntryLookup> {
  let scope: ProviderScope
  let profile: Profile
  let schema: Schema
  let rules: ScopeRules
  var reach: ScopeReach<Lookup>

  /// - Parameter lookup: the entries as they are.
  package init(_ scope: ProviderScope, _ lookup: Lookup, profile: Profile, schema: Schema) {
    self.scope = scope
    self.profile = profile
    self.schema = schema
    rules = ScopeRules(profile)
    reach = ScopeReach(lookup, scope)
  }

  /// The code of all findings about what is somebody else's.
  package static var code: String { ScopeRules.code }

  func definesScope(_ attribute: String) -> Bool { rules.definesScope(attribute) }

  func plainClasses(of kind: Kind) -> Set<String> { rules.plainClasses(of: kind) }

  func outside(_ position: SourcePosition?, _ subject: HSAIdentity?, _ what: String) -> Finding {
    rules.outside(position, subject, what)
  }
}
