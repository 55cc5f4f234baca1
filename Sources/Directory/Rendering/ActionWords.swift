extension Change.Action {
  /// The sign in the gutter.
  package var sign: String {
    switch self {
    case .create: "+"
    case .update: "~"
    case .move, .rename: ">"
    case .reactivate: "^"
    case .deactivate: "v"
    case .archive: "#"
    case .delete: "-"
    }
  }

  /// What has happened to the entry, in English.
  package var word: String { word(.english) }

  /// What happens to the entry.
  package func word(_ language: Language) -> String {
    switch self {
    case .create: language.say("created", "skapas")
    case .update: language.say("updated", "ändras")
    case .move: language.say("moved", "flyttas")
    case .rename: language.say("renamed", "byter namn")
    case .reactivate: language.say("reactivated", "återaktiveras")
    case .deactivate: language.say("deactivated", "inaktiveras")
    case .archive: language.say("archived", "arkiveras")
    case .delete: language.say("deleted", "tas bort")
    }
  }

  /// The parameters of the terminal's colour sequence.
  var colour: String {
    switch self {
    case .create, .reactivate: "32"
    case .update: "33"
    case .move, .rename: "36"
    case .deactivate, .archive: "35"
    case .delete: "31"
    }
  }
}

extension Kind {
  /// What people call it.
  package func word(_ language: Language) -> String {
    switch self {
    case .organisation: "organisation"
    case .unit: language.say("unit", "enhet")
    case .function: language.say("function", "funktion")
    case .person: "person"
    case .commission: language.say("commission", "uppdrag")
    case .administrativeCommission: language.say("administrative commission", "administrativt uppdrag")
    }
  }
}
