/// The words of a provider's page.
struct ProviderWords: Sendable {
  let identity: String
  let file: String
  let noFile: String
  let inForce: String
  let uploaded: String
  let version: @Sendable (Int) -> String
  let mandate: String
  let mandateGiven: String
  let openEnded: String
  let upload: String
  let uploadLead: String
  let fileField: String
  let fileHelp: String
  let noteField: String
  let noteHelp: String
  let uploadButton: String
  let reconcile: String
  let reconcileHelp: String
  let planNow: String
  let planNowHelp: String
  let download: String
  let downloadHelp: String
  let explain: String
  let explainHelp: String
  let waiting: String
  let plan: String
  let since: String
  let underWay: String
  let proposals: String
  let errors: @Sendable (Int) -> String
  let latest: String
  let allHistory: String
  let noHistory: String

  static let swedish = ProviderWords(
    identity: "Vårdgivare med HSA-id",
    file: "Fastställd fil",
    noFile: "Ingen fil är fastställd ännu.",
    inForce: "Det som gäller nu",
    uploaded: "Inlämnad",
    version: { "version \($0)" },
    mandate: "Ditt uppdrag",
    mandateGiven: "Uppdraget gavs genom",
    openEnded: "tills vidare",
    upload: "Lämna in en ny fil",
    uploadLead: "Filen granskas genast. "
      + "Ingenting ändras i katalogen förrän du har sett planen och fastställt filen.",
    fileField: "Fil med önskat läge",
    fileHelp: "YAML (.yaml, .yml) eller LDIF (.ldif).",
    noteField: "Anteckning (frivillig)",
    noteHelp: "Till exempel varför filen lämnas in. Den visas i historiken.",
    uploadButton: "Lämna in och granska",
    reconcile: "Stäm av katalogen",
    reconcileHelp: "Inför det som skiljer mellan katalogen och den fastställda filen.",
    planNow: "Visa planen just nu",
    planNowHelp: "Vad en avstämning skulle ändra. Ingenting ändras av att du tittar.",
    download: "Hämta nuvarande läge som fil",
    downloadHelp: "Katalogens innehåll i samma form som önskat läge. En bra början på nästa fil.",
    explain: "Förklara en persons roller",
    explainHelp: "Varför någon har en roll, eller inte har den.",
    waiting: "Väntar på godkännande",
    plan: "Plan",
    since: "sedan",
    underWay: "Pågår",
    proposals: "Inlämnat men inte fastställt",
    errors: { $0 == 0 ? "Utan fel." : counted($0, "fel.", "fel.") },
    latest: "Senaste händelserna",
    allHistory: "Hela historiken och alla versioner av filen",
    noHistory: "Ingenting har hänt ännu.")

  static let english = ProviderWords(
    identity: "Care provider with HSA-id",
    file: "File in force",
    noFile: "No file is in force yet.",
    inForce: "What holds now",
    uploaded: "Uploaded",
    version: { "revision \($0)" },
    mandate: "Your mandate",
    mandateGiven: "Given by",
    openEnded: "until further notice",
    upload: "Upload a new file",
    uploadLead: "The file is checked at once. "
      + "Nothing changes in the directory until you have seen the plan and accepted the file.",
    fileField: "Desired-state file",
    fileHelp: "YAML (.yaml, .yml) or LDIF (.ldif).",
    noteField: "Note (optional)",
    noteHelp: "For instance why the file is uploaded. It is shown in the history.",
    uploadButton: "Upload and check",
    reconcile: "Reconcile the directory",
    reconcileHelp: "Carries out what differs between the directory and the file in force.",
    planNow: "Show the plan as of now",
    planNowHelp: "What a reconcile would change. Looking changes nothing.",
    download: "Download the current state as a file",
    downloadHelp: "The content of the directory in the form of a desired state. A good start for a new file.",
    explain: "Explain a person’s roles",
    explainHelp: "Why somebody has a role, or has not.",
    waiting: "Waiting for approval",
    plan: "Held plan",
    since: "since",
    underWay: "Under way",
    proposals: "Uploaded but not in force",
    errors: { $0 == 0 ? "No errors." : counted($0, "error.", "errors.") },
    latest: "Latest events",
    allHistory: "The whole history and all versions of the file",
    noHistory: "Nothing has happened yet.")
}
