import Directory

// What a command that writes can do by itself, and not through the agent.
extension RunningAgent {
  /// - Parameter instead: what to do in place of choosing a part.
  static func refuse(
    _ selection: SelectionOptions, instead: String = "Ask for one entry's part by hsasync reconcile"
  ) throws {
    try refuse([
      (selection.only != nil, "--only", instead), (selection.except != nil, "--except", instead),
      (selection.kind != nil, "--kind", instead), (selection.endings, "--endings", instead),
      (selection.noDeletions, "--no-deletions", instead),
    ])
  }

  static func refuse(_ bind: BindOptions, _ display: DisplayOptions, _ format: ApplyCommand.Format) throws {
    try refuse([
      (bind.name != nil, "--bind", "Leave it out: the agent writes as itself, for the one who asks"),
      (display.reveal, "--reveal", "Leave it out: what goes over its socket is masked"),
      (format == .ndjson, "--format ndjson", "Read the audit log in the store, or use --format json"),
    ])
  }

  static func refuse(_ part: ScopeOptions, savedPlan: String?) throws {
    try refuse([
      (
        savedPlan != nil, "a saved plan",
        "Approve one that it holds (hsasync approve CODE), or let it make its own (hsasync reconcile)"
      ),
      (
        part.scope != nil, "--scope",
        "Ask for hsasync reconcile with --unit, --provider or --person"
      ),
    ])
  }
}
