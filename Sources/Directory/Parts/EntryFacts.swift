import Foundation
import LDAP

/// What ties an entry to others, so that a change is followed to all that depends on it.
package struct EntryLink: Hashable, Sendable {
  /// What an entry names another by.
  package enum Sort: Int, CaseIterable, Hashable, Sendable, Codable {
    /// A commission's member: the HSA-id of a person.
    case member = 1
    /// The responsible care provider: an HSA-id.
    case provider = 2
    /// A unit's care units: HSA-ids.
    case unitMember = 3
    /// Any other attribute whose values are HSA-ids.
    case identity = 4
    /// An attribute whose values are names (DN): what is named, in normal form.
    case name = 5
    /// A value that only one entry may have, or by which rows without HSA-id are correlated: the attribute's name in
    /// small letters, `=`, and the value in its normal form.
    case value = 6
  }
  package var sort: Sort
  /// The HSA-id in normal form, the name's normal form, or the value.
  package var target: String

  package init(_ sort: Sort, _ target: String) {
    self.sort = sort
    self.target = target
  }
}

/// What an index keeps of an entry beside its content.
package struct EntryFacts: Hashable, Sendable {
  /// In normal form; `nil` for an entry without HSA-id.
  package var identity: HSAIdentity?
  /// `nil` for an entry of no kind that the profile knows.
  package var kind: Kind?
  /// Whether it may hold other entries.
  package var isContainer: Bool
  /// Whether it carries the care provider's mark.
  package var isProvider: Bool
  package var links: [EntryLink]
  /// The instants at which what follows from the entry becomes another by itself, sorted.
  package var boundaries: [Date]

  package init(
    identity: HSAIdentity? = nil, kind: Kind? = nil, isContainer: Bool = false, isProvider: Bool = false,
    links: [EntryLink] = [], boundaries: [Date] = []
  ) {
    self.identity = identity
    self.kind = kind
    self.isContainer = isContainer
    self.isProvider = isProvider
    self.links = links
    self.boundaries = boundaries
  }
}
