/// The words of a plan that waits for approval.
struct HeldWords: Sendable {
  let title: @Sendable (String) -> String
  let since: String
  let askedBy: String
  let progress: @Sendable (_ given: Int, _ needed: Int) -> String
  let approvals: String
  let decision: String
  let ownRequest: String
  let ownRoles: String
  let alreadyApproved: String
  let reason: String
  let reasonHelp: String
  let read: String
  let approve: String
  let cancelReason: String
  let cancelHelp: String
  let cancel: String

  static let swedish = HeldWords(
    title: { "Plan \($0) väntar på godkännande" },
    since: "Stoppad sedan",
    askedBy: "begärd av",
    progress: { "Godkännanden: \($0) av \($1)." },
    approvals: "Givna godkännanden",
    decision: "Ditt beslut",
    ownRequest: "Du har själv begärt ändringen. Någon annan behöver godkänna planen.",
    ownRoles: "Planen ändrar dina egna roller. Någon annan behöver godkänna den.",
    alreadyApproved: "Du har redan godkänt planen. Nästa godkännande behöver komma från någon annan.",
    reason: "Skäl för godkännandet",
    reasonHelp: "En mening om varför ändringarna är riktiga. Den sparas i historiken.",
    read: "Jag har läst hela planen.",
    approve: "Godkänn planen",
    cancelReason: "Skäl för att avbryta",
    cancelHelp: "Planen införs då inte. Den fastställda filen ligger kvar.",
    cancel: "Avbryt planen")

  static let english = HeldWords(
    title: { "Plan \($0) waits for approval" },
    since: "Held since",
    askedBy: "asked for by",
    progress: { "Approvals: \($0) of \($1)." },
    approvals: "Approvals so far",
    decision: "Your decision",
    ownRequest: "You asked for this change yourself. Somebody else has to approve the plan.",
    ownRoles: "The plan changes your own roles. Somebody else has to approve it.",
    alreadyApproved: "You have already approved the plan. The next approval has to come from somebody else.",
    reason: "Reason for approving",
    reasonHelp: "A sentence about why the changes are right. It is kept in the history.",
    read: "I have read the whole plan.",
    approve: "Approve the plan",
    cancelReason: "Reason for cancelling",
    cancelHelp: "The plan is then not carried out. The file in force stays.",
    cancel: "Cancel the plan")

  /// Why the reader may not approve; nothing when they may.
  func sentence(for standing: HeldPlanPage.Standing) -> String? {
    switch standing {
    case .mayApprove: nil
    case .ownRequest: ownRequest
    case .ownRoles: ownRoles
    case .alreadyApproved: alreadyApproved
    }
  }
}
