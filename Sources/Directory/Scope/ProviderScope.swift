/// The part of a catalogue that a delegated administrator (HSA-ombud) answers for: the entries of some care providers.
///
/// An entry belongs to the care provider that the nearest unit above it names as responsible, or to the one that this
/// unit is (``ScopeReach``).
package struct ProviderScope: Hashable, Sendable {
  /// The HSA-ids of the care providers.
  package var providers: Set<HSAIdentity>
  /// What HSA-ids of entries that the administrator may create begin with, in small letters: whoever hands out HSA-ids
  /// has set them aside for these providers. Empty: none may be created.
  package var prefixes: [String]

  package init(providers: Set<HSAIdentity>, prefixes: [String] = []) {
    self.providers = providers
    self.prefixes = prefixes.map(\.asciiLowercased)
  }

  /// Whether an entry with an HSA-id that nobody has may be created.
  package func mayCreate(_ identity: HSAIdentity) -> Bool {
    prefixes.contains { !$0.isEmpty && identity.normalForm.asciiLowercased.hasPrefix($0) }
  }
}
