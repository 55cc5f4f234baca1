import Directory

extension AgentState {
  /// What the agent is doing, for people.
  package func word(_ language: Language) -> String {
    switch self {
    case .starting: language.say("starting", "startar")
    case .standby: language.say("standing by", "avvaktar")
    case .inSync: language.say("in sync", "i fas")
    case .reconciling: language.say("reconciling", "åtgärdar")
    case .waitingForApproval: language.say("waiting for a second approval", "väntar på ett andra godkännande")
    case .quarantined: language.say("quarantined", "i karantän")
    case .degraded: language.say("degraded", "begränsad")
    case .stopping: language.say("stopping", "avslutar")
    }
  }

  /// What the state means where no other reason is known.
  func meaning(_ language: Language) -> String? {
    switch self {
    case .starting:
      language.say(
        "the whole of the directory has not been seen yet", "hela katalogen har inte setts ännu")
    case .standby:
      language.say("another agent holds this catalogue's lock", "en annan agent har katalogens lås")
    case .quarantined:
      language.say(
        "a guard has tripped: nothing is written but endings that somebody has said",
        "en spärr har löst ut: inget skrivs utom avslut som någon har sagt")
    case .waitingForApproval, .inSync, .reconciling, .degraded, .stopping: nil
    }
  }

  /// The parameters of the terminal's colour sequence.
  var colour: String {
    switch self {
    case .inSync: "32"
    case .starting, .reconciling, .standby, .stopping: "33"
    case .waitingForApproval, .quarantined, .degraded: "31"
    }
  }
}
