/// The words of a plan.
struct PlanWords: Sendable {
  let title: String
  let lead: String
  let heading: String
  let sentence: @Sendable (_ changes: Int, _ roles: Int) -> String
  let changes: @Sendable (Int) -> String
  let roleChanges: @Sendable (Int) -> String
  let guards: String
  let contents: String
  let place: String
  let location: String
  let from: String
  let to: String
  let removed: String
  let added: String
  let removedValues: @Sendable (Int) -> String
  let addedValues: @Sendable (Int) -> String
  let roles: String
  let rolesLead: String
  let person: String
  let effect: String
  let role: String
  let target: String
  let why: String
  let gained: String
  let lost: String
  let carryOut: String
  let carryOutLead: String
  let create: String
  let update: String
  let move: String
  let rename: String
  let reactivate: String
  let deactivate: String
  let archive: String
  let delete: String

  static let swedish = PlanWords(
    title: "Planen just nu",
    lead: "Det här skulle en avstämning ändra om den gjordes nu. Ingenting är ändrat.",
    heading: "Plan",
    sentence: { changes, roles in
      let altered = counted(changes, "ändring", "ändringar")
      return switch (changes, roles) {
      case (0, 0): "Katalogen stämmer redan med önskat läge. Det finns inget att ändra."
      case (_, 0): "\(altered) i katalogen."
      default: "\(altered) i katalogen och \(counted(roles, "ändrad roll", "ändrade roller"))."
      }
    },
    changes: { counted($0, "ändring", "ändringar") },
    roleChanges: { counted($0, "ändrad roll", "ändrade roller") },
    guards: "Spärrar som stoppar planen",
    contents: "Enheter i planen",
    place: "i filen",
    location: "Plats i katalogen",
    from: "från",
    to: "till",
    removed: "tas bort",
    added: "läggs till",
    removedValues: { "\(counted($0, "värde", "värden")) tas bort" },
    addedValues: { "\(counted($0, "värde", "värden")) läggs till" },
    roles: "Roller",
    rolesLead: "Roller som personer får eller mister till följd av ändringarna.",
    person: "Vem",
    effect: "Följd",
    role: "Roll",
    target: "Gäller",
    why: "Varför",
    gained: "får",
    lost: "mister",
    carryOut: "Inför planen",
    carryOutLead: "Planen görs om när avstämningen börjar, så att den bygger på katalogen som den är då.",
    create: "läggs upp",
    update: "ändras",
    move: "flyttas",
    rename: "byter namn",
    reactivate: "återaktiveras",
    deactivate: "inaktiveras",
    archive: "arkiveras",
    delete: "tas bort")

  static let english = PlanWords(
    title: "The plan as of now",
    lead: "This is what a reconcile would change if it were run now. Nothing has been changed.",
    heading: "The plan",
    sentence: { changes, roles in
      let altered = counted(changes, "change", "changes")
      return switch (changes, roles) {
      case (0, 0): "The directory already agrees with the desired state. There is nothing to change."
      case (_, 0): "\(altered) in the directory."
      default: "\(altered) in the directory and \(counted(roles, "role change", "role changes"))."
      }
    },
    changes: { counted($0, "change", "changes") },
    roleChanges: { counted($0, "role change", "role changes") },
    guards: "Guards that hold the plan",
    contents: "Units in the plan",
    place: "in the file",
    location: "Location",
    from: "from",
    to: "to",
    removed: "removed",
    added: "added",
    removedValues: { "\(counted($0, "value", "values")) removed" },
    addedValues: { "\(counted($0, "value", "values")) added" },
    roles: "Roles",
    rolesLead: "Roles that people gain or lose as a consequence of the changes.",
    person: "Person",
    effect: "Effect",
    role: "Role",
    target: "Target",
    why: "Why",
    gained: "gains",
    lost: "loses",
    carryOut: "Carry out the plan",
    carryOutLead: "The plan is made anew when the reconcile starts, to rest on the directory as it is then.",
    create: "create",
    update: "update",
    move: "move",
    rename: "rename",
    reactivate: "reactivate",
    deactivate: "deactivate",
    archive: "archive",
    delete: "delete")

  /// What the action does to the entry.
  func word(for action: PlanView.Action) -> String {
    switch action {
    case .create: create
    case .update: update
    case .move: move
    case .rename: rename
    case .reactivate: reactivate
    case .deactivate: deactivate
    case .archive: archive
    case .delete: delete
    }
  }
}
