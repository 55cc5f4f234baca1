/// The words of the history.
struct HistoryWords: Sendable {
  let title: String
  let versions: String
  let events: String
  let serial: String
  let when: String
  let who: String
  let rows: String
  let note: String
  let file: String
  let inForce: String
  let downloadVersion: @Sendable (Int) -> String
  let what: String
  let run: String
  let outcome: String

  static let swedish = HistoryWords(
    title: "Historik",
    versions: "Versioner av filen",
    events: "Händelser",
    serial: "Nummer",
    when: "När",
    who: "Vem",
    rows: "Rader",
    note: "Anteckning",
    file: "Fil",
    inForce: "gäller",
    downloadVersion: { "Hämta version \($0)" },
    what: "Vad",
    run: "Körning",
    outcome: "Utfall")

  static let english = HistoryWords(
    title: "History",
    versions: "Versions of the file",
    events: "Events",
    serial: "Number",
    when: "When",
    who: "Who",
    rows: "Rows",
    note: "Note",
    file: "File",
    inForce: "in force",
    downloadVersion: { "Download revision \($0)" },
    what: "What",
    run: "Run",
    outcome: "Outcome")
}

/// The words of an explanation.
struct ExplainWords: Sendable {
  let title: String
  let lead: String
  let person: String
  let personHelp: String
  let role: String
  let roleHelp: String
  let ask: String
  let answer: String
  let none: String
  let held: String
  let unheld: String

  static let swedish = ExplainWords(
    title: "Förklara roller",
    lead: "Se varför en person har en roll, eller varför den saknas.",
    person: "Personens HSA-id",
    personHelp: "Till exempel SE5590000000-1001.",
    role: "Roll (frivillig)",
    roleHelp: "Lämna tomt för att se alla roller.",
    ask: "Förklara",
    answer: "Roller för",
    none: "Personen har inga roller och ingen regel berör den.",
    held: "har rollen",
    unheld: "har inte rollen")

  static let english = ExplainWords(
    title: "Explain roles",
    lead: "See why a person has a role, or why it is missing.",
    person: "HSA-id of the person",
    personHelp: "For instance SE5590000000-1001.",
    role: "Role (optional)",
    roleHelp: "Leave empty to see all roles.",
    ask: "Explain",
    answer: "Roles of",
    none: "The person has no roles and no rule touches them.",
    held: "has the role",
    unheld: "does not have the role")
}
