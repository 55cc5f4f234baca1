/// The words around every page.
struct FrameWords: Sendable {
  let tagline: String
  let skip: String
  let signedIn: String
  let language: String
  let other: String
  let trail: String
  let success: String
  let info: String
  let problem: String
  let foot: String

  static let swedish = FrameWords(
    tagline: "för HSA-ombud",
    skip: "Hoppa till innehållet",
    signedIn: "Inloggad som",
    language: "Språk",
    other: "In English",
    trail: "Du är här",
    success: "Klart.",
    info: "Observera.",
    problem: "Det gick inte.",
    foot: "Allt du gör här sparas i vårdgivarens historik med ditt namn och HSA-id.")

  static let english = FrameWords(
    tagline: "for HSA delegates",
    skip: "Skip to content",
    signedIn: "Signed in as",
    language: "Language",
    other: "På svenska",
    trail: "You are here",
    success: "Done.",
    info: "Please note.",
    problem: "That did not work.",
    foot: "Everything you do here is kept in the provider’s history with your name and HSA-id.")

  /// What a notice of this kind begins with.
  func word(for kind: PageFrame.Notice.Kind) -> String {
    switch kind {
    case .success: success
    case .info: info
    case .problem: problem
    }
  }
}

/// The words of the first page.
struct HomeWords: Sendable {
  let title: String
  let none: String
  let plans: String
  let plansWaiting: @Sendable (Int) -> String
  let findingsLabel: String
  let findings: @Sendable (Int) -> String
  let agrees: String
  let working: String
  let waits: String
  let problem: String
  let noFile: String

  static let swedish = HomeWords(
    title: "Mina vårdgivare",
    none: "Du har inget giltigt uppdrag som HSA-ombud för någon vårdgivare.",
    plans: "Väntar på godkännande",
    plansWaiting: { counted($0, "plan", "planer") },
    findingsLabel: "Anmärkningar på filen",
    findings: { counted($0, "anmärkning", "anmärkningar") },
    agrees: "Stämmer",
    working: "Arbetar",
    waits: "Väntar",
    problem: "Åtgärd krävs",
    noFile: "Ingen fil")

  static let english = HomeWords(
    title: "My care providers",
    none: "You hold no valid mandate as HSA delegate for any care provider.",
    plans: "Waiting for approval",
    plansWaiting: { counted($0, "held plan", "held plans") },
    findingsLabel: "Findings in the file",
    findings: { counted($0, "finding", "findings") },
    agrees: "In agreement",
    working: "Working",
    waits: "Waiting",
    problem: "Needs attention",
    noFile: "No file")

  /// The state in a word or two.
  func word(for state: HomePage.State) -> String {
    switch state {
    case .agrees: agrees
    case .working: working
    case .waits: waits
    case .problem: problem
    case .noFile: noFile
    }
  }
}
