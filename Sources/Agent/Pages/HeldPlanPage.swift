import Foundation

/// A plan that a guard held, and the decision about it.
struct HeldPlanPage: Page {
  /// What the reader may do, and if nothing, why.
  enum Standing: String, CaseIterable, Sendable {
    case mayApprove, ownRequest, ownRoles, alreadyApproved
  }

  /// An approval that has been given.
  struct Approval: Sendable {
    var by: String
    var at: Date
    var reason: String
  }

  var code: String
  var providerID: String
  var providerName: String
  var since: Date
  var askedBy: String
  var approvals: [Approval]
  var approvalsNeeded: Int
  var standing: Standing
  var mayCancel: Bool
  /// The guards that hold it are its ``PlanView/guards``.
  var plan: PlanView
}

extension HeldPlanPage {
  static let templateName = "held"

  func title(_ words: Words) -> String { words.held.title(code) }

  func trail(_ words: Words) -> [PageCrumb] {
    [.home(words), .provider(providerID, providerName)]
  }

  func fields(_ words: Words) -> [String: PageField] {
    [
      "code": .text(code),
      "place": .text(PagePath.path("plans", code)),
      "since": .time(since),
      "askedBy": .text(askedBy),
      "progress": .text(words.held.progress(approvals.count, approvalsNeeded)),
      "hasApprovals": .flag(!approvals.isEmpty),
      "approvals": .groups(approvals) {
        ["by": .text($0.by), "at": .time($0.at), "reason": .text($0.reason)]
      },
      "mayApprove": .flag(standing == .mayApprove),
      "mayCancel": .flag(mayCancel),
      "standing": .optional(words.held.sentence(for: standing)),
      "plan": .group(plan.fields(words)),
    ]
  }
}
