/// What a plan would change, for reading before it is decided upon.
///
/// The same view is shown of a proposal, of the plan of the moment and of a plan that waits, so that what is
/// approved looks as it did when it was proposed.
struct PlanView: Sendable {
  /// What a change does to an entry.
  enum Action: String, CaseIterable, Sendable {
    case create, update, move, rename, reactivate, deactivate, archive, delete
  }

  /// A limit that the plan passes, and what that means.
  struct Guard: Sendable {
    var sentence: String
    var meaning: String
  }

  /// The values that one attribute loses and gains.
  struct Attribute: Sendable {
    var attribute: String
    var removed: [String]
    var added: [String]
  }

  /// One change of one entry.
  struct Change: Sendable {
    var number: Int
    var action: Action
    /// What kind of entry it is, in a word.
    var kind: String
    var id: String
    /// Absent for protected persons, who are shown by HSA-id alone.
    var name: String?
    /// The place in the file that asks for the change.
    var place: String?
    var why: String
    var attributes: [Attribute]
    /// Where a moved or renamed entry lies, and where it will.
    var movedFrom: String?
    var movedTo: String?
  }

  /// The changes under one unit.
  struct Group: Sendable {
    /// The path of the unit.
    var heading: String
    var changes: [Change]
  }

  /// A role that a person gains or loses.
  struct Role: Sendable {
    var personID: String
    var personName: String?
    var isGained: Bool
    var role: String
    var target: String
    var why: String
  }

  var guards: [Guard]
  var groups: [Group]
  var roles: [Role]
}

/// The plan that a reconcile would carry out at this moment.
struct PlanPage: Page {
  var providerID: String
  var providerName: String
  var plan: PlanView
}

extension PlanPage {
  static let templateName = "plan"

  func title(_ words: Words) -> String { words.plan.title }

  func trail(_ words: Words) -> [PageCrumb] {
    [.home(words), .provider(providerID, providerName)]
  }

  func fields(_ words: Words) -> [String: PageField] {
    [
      "place": .text(PagePath.path("providers", providerID)),
      "plan": .group(plan.fields(words)),
      "hasChanges": .flag(plan.groups.contains { !$0.changes.isEmpty }),
    ]
  }
}
