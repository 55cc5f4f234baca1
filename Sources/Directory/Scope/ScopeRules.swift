import LDAP

/// What decides who answers for an entry, or what it is: the region's to write, whoever asks.
package struct ScopeRules: Sendable {
  let profile: Profile

  package init(_ profile: Profile) { self.profile = profile }

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

  /// Whether a change is of who acts for a care provider, moves or ends one, or writes what decides who answers for an entry.
  func touchesScope(_ change: Change, of scope: ProviderScope) -> Bool {
    if change.kind == .administrativeCommission { return true }
    if scope.providers.contains(change.identity), change.action != .update { return true }
    switch change.operation {
    case .add(let entry):
      let plain = plainClasses(of: change.kind)
      return entry.attributes.contains { attribute in
        guard attribute.name.equalsIgnoringASCIICase("objectClass") else {
          return attribute.name.equalsIgnoringASCIICase(profile.responsibleProvider)
        }
        return !attribute.values.allSatisfy { plain.contains(($0.text ?? "").asciiLowercased) }
      }
    case .modify(_, let modifications): return modifications.contains { definesScope($0.attribute) }
    case .rename, .delete: return false
    }
  }

  package func outside(_ change: Change) -> Finding {
    outside(change.position, change.identity, "change \(change.id + 1)")
  }

  /// What is refused is refused in these words, whether or not there is anything.
  func outside(_ position: SourcePosition?, _ subject: HSAIdentity?, _ what: String) -> Finding {
    Finding(
      Self.code, at: position, subject: subject, "\(what) is not yours to write or to refer to",
      advice: "leave it out, or ask the region's administrators; whether there is such an entry is not told")
  }
}
