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

  /// What has happened to the entry afterwards.
  package var word: String {
    switch self {
    case .create: "created"
    case .update: "updated"
    case .move: "moved"
    case .rename: "renamed"
    case .reactivate: "reactivated"
    case .deactivate: "deactivated"
    case .archive: "archived"
    case .delete: "deleted"
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
