import Foundation
import LDAP

/// Why an entry is as it is, and what the next plan would make of it: what is desired and where it says so, what is
/// observed, who owns what, whether they agree.
package struct Explanation: Sendable {
  /// How the agent stands to an attribute of this entry.
  package enum Owner: String, CaseIterable, Hashable, Sendable {
    /// The values are exactly those desired.
    case own
    /// Set when the entry is created, never after.
    case create
    /// Our values among others'.
    case merge
    /// What the entry is known by.
    case identity
    /// Made by the server or published by SITHS: it can never be owned.
    case never
    /// Nobody gave it to the agent: it is neither compared nor written.
    case untouched
  }

  /// Whether what is desired and what is observed are the same, as the server sees it.
  package enum Agreement: String, CaseIterable, Hashable, Sendable {
    case agrees
    /// The same under the matching rule, and spelled otherwise.
    case spelling
    case differs
    /// Nothing is desired of it, or it is not the agent's.
    case notCompared
  }

  /// A value that a row wants, or wants taken away, and where it says so.
  package struct Wanted: Hashable, Sendable {
    package var value: Value
    package var position: SourcePosition
  }

  /// All there is to say of one attribute.
  package struct Attribute: Sendable {
    /// The server's name.
    package var name: String
    package var owner: Owner
    /// Where the configuration says so.
    package var ownedAt: SourcePosition?
    /// The values that the row wants; `nil`: it does not mention the attribute, empty: it shall have none.
    package var desired: [Wanted]?
    /// Where the row mentions the attribute.
    package var desiredAt: SourcePosition?
    /// The values that the row wants taken away.
    package var removed: [Wanted]
    package var observed: [Value]
    package var matching: MatchingRule
    /// Without one the values are replaced as a whole, under the entry's CSN.
    package var hasEquality: Bool
    package var agreement: Agreement
  }

  /// What keeps the next plan from being made, applied, or from containing a change that one might expect.
  package enum Hindrance: Hashable, Sendable {
    /// The desired state has so many errors: there is no plan.
    case errors(Int)
    /// Guards have tripped.
    case guards([GuardVerdict])
    /// An undo left the entry as it is.
    case held(run: Int, since: Date)
    /// Not everything was seen: nothing follows from what was not.
    case incompleteRead
    /// Nothing of this kind is managed.
    case notManaged(Kind)
    /// No row wants the entry, and no source says that it has all of its kind.
    case noSourceSpeaks
    /// Absent from a complete source, and the policy is to keep it.
    case keptWhenAbsent
    /// Several entries have the HSA-id.
    case ambiguous(Int)
  }

  /// What an earlier run did to the entry.
  package struct Past: Hashable, Sendable {
    package var run: Int
    package var at: Date
    package var action: Change.Action
    /// The word of the outcome: `applied`, `stale`, …
    package var outcome: String
    /// The attributes that were written.
    package var attributes: [String]

    package init(run: Int, at: Date, action: Change.Action, outcome: String, attributes: [String]) {
      self.run = run
      self.at = at
      self.action = action
      self.outcome = outcome
      self.attributes = attributes
    }
  }

  /// What an explanation is made of.
  package struct Sources: Sendable {
    package var desired: DesiredState
    /// The entries with the HSA-id, with all their attributes: one, none, or several.
    package var observed: [Entry]
    package var profile: Profile
    package var management: Management
    package var schema: Schema
    /// The next plan; `nil` when the desired state is wrong.
    package var plan: Plan?
    /// All that was found about the desired state and the plan.
    package var findings: [Finding]
    package var history: History?
    package var past: [Past]

    package init(
      desired: DesiredState, observed: [Entry], profile: Profile, management: Management, schema: Schema,
      plan: Plan?, findings: [Finding], history: History? = nil, past: [Past] = []
    ) {
      self.desired = desired
      self.observed = observed
      self.profile = profile
      self.management = management
      self.schema = schema
      self.plan = plan
      self.findings = findings
      self.history = history
      self.past = past
    }
  }

  package let identity: HSAIdentity
  /// What the row says it is, else what its classes say.
  package private(set) var kind: Kind?
  /// Nothing but the HSA-id and the names of attributes may be shown.
  package private(set) var isProtected = false
  /// Where the desired state has it; `nil` when it does not.
  package private(set) var row: SourcePosition?
  /// The source of that row, or the sources that say they have all of its kind.
  package private(set) var sources: [String] = []
  /// Under what the row wants it.
  package private(set) var parent: DesiredState.Parent?
  package private(set) var names: [DistinguishedName] = []
  package private(set) var attributes: [Attribute] = []
  /// What the next plan would do to it.
  package private(set) var changes: [Change] = []
  package private(set) var findings: [Finding] = []
  package private(set) var hindrances: [Hindrance] = []
  package private(set) var past: [Past] = []
  /// Another HSA-id that is nearly this one, where there is nothing by this one.
  package private(set) var suggestion: HSAIdentity?
  let disclosed: Plan?

  /// Whether there is nothing by this HSA-id, neither desired nor observed.
  package var isUnknown: Bool { row == nil && names.isEmpty }

  /// - Parameter attribute: the one attribute to explain, by any of its names; `nil`: all.
  package init(of identity: HSAIdentity, attribute: String? = nil, _ sources: Sources) {
    self.identity = identity
    disclosed = sources.plan
    names = sources.observed.map(\.dn)
    past = sources.past
    changes = sources.plan?.changes.filter { $0.identity == identity } ?? []
    findings = sources.findings.filter { $0.subject == identity }.inOrder
    let reader = ExplanationReader(identity, sources, changes: changes)
    row = reader.row.map { sources.desired.position(of: $0) }
    kind = reader.kind
    parent = reader.parent
    isProtected = reader.isProtected || changes.contains(where: \.isProtected)
    self.sources = reader.speaking
    attributes = reader.attributes(only: attribute)
    hindrances = reader.hindrances
    if isUnknown { suggestion = reader.suggestion }
  }
}
