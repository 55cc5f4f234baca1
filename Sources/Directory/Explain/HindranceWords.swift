/// What keeps the next plan from changing an entry, in words.
struct HindranceWords {
  let language: Language

  func text(of hindrance: Explanation.Hindrance) -> String {
    switch hindrance {
    case .errors(let count):
      language.say(
        "there is no plan: the desired state has \(language.count(count, .error))",
        "det finns ingen plan: det önskade läget har \(language.count(count, .error))")
    case .guards(let verdicts):
      language.say("guards hold the plan back: ", "spärrar håller tillbaka planen: ")
        + Set(verdicts.map(\.name.rawValue)).sorted().joined(separator: ", ")
    case .held(let run, let since):
      language.say(
        "on hold since run \(run) was undone (\(CivilTime.shown(since)))",
        "undantagen sedan körning \(run) ångrades (\(CivilTime.shown(since)))")
    case .incompleteRead:
      language.say(
        "not everything was read: nothing follows from what was not seen",
        "allt lästes inte: av det som inte sågs följer ingenting")
    case .notManaged(let kind):
      language.say(
        "nothing of the kind \(kind.word(.english)) is managed",
        "inget av sorten \(kind.word(.swedish)) sköts av agenten")
    case .noSourceSpeaks:
      language.say(
        "no source says that it has all of this kind, so that nothing follows from its absence",
        "ingen källa säger sig ha alla av sorten, så av att raden saknas följer ingenting")
    case .keptWhenAbsent:
      language.say(
        "absent entries of this kind are kept (absent: keep)",
        "poster av sorten behålls när raden saknas (absent: keep)")
    case .ambiguous(let count):
      language.say(
        "\(count.grouped) entries have this HSA-id, and none of them is changed",
        "\(count.grouped) poster har detta HSA-id, och ingen av dem ändras")
    }
  }

  /// What can be done about it; `nil` where nothing need be.
  func advice(for hindrance: Explanation.Hindrance, _ identity: HSAIdentity) -> String? {
    let id = VisibleText(identity.text).text
    return switch hindrance {
    case .errors: language.say("see `hsasync check`", "se `hsasync check`")
    case .guards: language.say("see `hsasync plan --verbose`", "se `hsasync plan --verbose`")
    case .held: "hsasync release \(id)"
    case .incompleteRead: language.say("see `hsasync check --server`", "se `hsasync check --server`")
    case .notManaged:
      language.say(
        "add the kind to `manage` in the configuration", "lägg till sorten under `manage` i konfigurationen")
    case .ambiguous:
      language.say("take the HSA-id from all but one of them", "ta bort HSA-id:t från alla utom en")
    case .noSourceSpeaks, .keptWhenAbsent: nil
    }
  }
}
