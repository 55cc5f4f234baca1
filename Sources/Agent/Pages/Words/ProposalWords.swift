/// The words of an uploaded file.
struct ProposalWords: Sendable {
  let title: @Sendable (String) -> String
  let note: String
  let verdict: @Sendable (_ errors: Int, _ warnings: Int) -> String
  let toDecision: String
  let findings: String
  let error: String
  let warning: String
  let place: String
  let mend: String
  let mendLead: String
  let decision: String
  let decisionLead: String
  let accept: String
  let discard: String

  static let swedish = ProposalWords(
    title: { "Inlämning \($0)" },
    note: "Anteckning:",
    verdict: { errors, warnings in
      let noted = counted(warnings, "varning", "varningar")
      return switch (errors, warnings) {
      case (0, 0): "Filen är granskad och har inga anmärkningar."
      case (0, _): "Filen är granskad och kan fastställas. Den har \(noted)."
      case (_, 0): "Filen kan inte fastställas. Den har \(errors) fel."
      default: "Filen kan inte fastställas. Den har \(errors) fel och \(noted)."
      }
    },
    toDecision: "Till beslutet",
    findings: "Anmärkningar",
    error: "Fel",
    warning: "Varning",
    place: "Rad",
    mend: "Rätta och lämna in igen",
    mendLead: "Rätta felen i filen hos dig och lämna in den på nytt. Katalogen är orörd.",
    decision: "Beslut",
    decisionLead: "När du fastställer filen börjar den gälla och ändringarna i planen införs. "
      + "Stoppas planen av en spärr väntar den på godkännande.",
    accept: "Fastställ och stäm av",
    discard: "Kasta inlämningen")

  static let english = ProposalWords(
    title: { "Upload \($0)" },
    note: "Note:",
    verdict: { errors, warnings in
      let faults = counted(errors, "error", "errors")
      let noted = counted(warnings, "warning", "warnings")
      return switch (errors, warnings) {
      case (0, 0): "The file has been checked and there are no findings."
      case (0, _): "The file has been checked and can be accepted. It has \(noted)."
      case (_, 0): "The file cannot be accepted. It has \(faults)."
      default: "The file cannot be accepted. It has \(faults) and \(noted)."
      }
    },
    toDecision: "Go to the decision",
    findings: "Findings",
    error: "Error",
    warning: "Warning",
    place: "Line",
    mend: "Correct and upload again",
    mendLead: "Correct the errors in your own copy and upload it again. The directory is untouched.",
    decision: "Decision",
    decisionLead: "When you accept the file it comes into force and the changes of the plan are carried out. "
      + "A plan that a guard holds waits for approval.",
    accept: "Take into force and reconcile",
    discard: "Discard the upload")
}
