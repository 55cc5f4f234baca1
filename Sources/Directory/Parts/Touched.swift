import Foundation

/// What has changed since the last time everything agreed.
package struct Touched: Hashable, Sendable, Codable {
  /// The HSA-ids of entries or rows that have become others, have come or have gone.
  package var identities: Set<HSAIdentity> = []
  /// Those of them that are or were units or organisations, or lie where one has come, gone or moved; what hangs on
  /// them is touched too.
  package var hasStructure = false
  /// Whether everything has to be looked at: a first look, new rules, a doubt.
  package var isWhole = false

  package init(_ identities: Set<HSAIdentity> = [], hasStructure: Bool = false, isWhole: Bool = false) {
    self.identities = identities
    self.hasStructure = hasStructure
    self.isWhole = isWhole
  }

  package static let whole = Touched(isWhole: true)

  package var isEmpty: Bool { identities.isEmpty && !isWhole && !hasStructure }

  package mutating func formUnion(_ other: Touched) {
    identities.formUnion(other.identities)
    hasStructure = hasStructure || other.hasStructure
    isWhole = isWhole || other.isWhole
  }
}
