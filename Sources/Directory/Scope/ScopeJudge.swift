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
  var reach: ScopeReach<Lookup>

  /// - Parameter lookup: the entries as they are.
  package init(_ scope: ProviderScope, _ lookup: Lookup, profile: Profile, schema: Schema) {
    self.scope = scope
    self.profile = profile
    self.schema = schema
    reach = ScopeReach(lookup, scope)
  }

  /// The code of all findings about what is somebody else's.
  package static var code: String { "outside-scope" }

  /// Whether an attribute (without `remove:`) decides who answers for an entry, or what it is.
  func definesScope(_ attribute: String) -> Bool {
    let name = String(attribute.asciiLowercased.prefix { $0 != ";" })
    return name == profile.responsibleProvider.asciiLowercased || name == "objectclass"
      || name == profile.identity.asciiLowercased
  }

  /// The object classes that make an entry of a kind what it is, and nothing more: neither a care provider nor a care
  /// unit, neither archived nor protected.
  func plainClasses(of kind: Kind) -> Set<String> {
    guard let of = profile[kind] else { return [] }
    let marks = [
      profile.providerClass, profile.careUnitClass, profile.archivedClass, profile.protectedClass,
    ].map(\.asciiLowercased)
    return Set((of.classes + of.recognise).map(\.asciiLowercased)).subtracting(marks)
  }

  func outside(
    _ position: SourcePosition?, _ subject: HSAIdentity?, _ what: String
  ) -> Finding {
    Finding(
      Self.code, at: position, subject: subject, "\(what) is not yours to write or to refer to",
      advice: "leave it out, or ask the region's administrators; whether there is such an entry is not told")
  }
}
