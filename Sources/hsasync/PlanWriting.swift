import Directory
import Reconciler

/// Where a plan is written, and how.
struct PlanWriting {
  let format: PlanFormat?
  /// The file; `nil`: standard output.
  let output: String?
  /// Whether what must not be shared is left out of a saved plan.
  let redact: Bool
  let display: DisplayOptions

  func write(_ planned: PlannedRun) throws {
    let format = format ?? PlanFormat(of: output) ?? .text
    guard let output else {
      var out = StandardStream.output
      try write(planned, as: format, isRedacted: !display.reveal, to: &out)
      return try out.finish()
    }
    var file = MemoryStream()
    try write(planned, as: format, isRedacted: redact, to: &file)
    try OutputFile.write(file.bytes, to: output)
    StandardStream.say(planned.summary(display.language))
  }

  private func write(
    _ planned: PlannedRun, as format: PlanFormat, isRedacted: Bool, to out: inout some ByteStream
  ) throws {
    switch format {
    case .text: planned.text(display.style).write(to: &out)
    case .markdown: planned.markdown(display.style).write(to: &out)
    case .json: PlanFile(planned.plan, profile: planned.profile).write(to: &out, redacted: isRedacted)
    case .ldif: out.write(try PlanLDIF(planned.plan, profile: planned.profile).bytes)
    }
  }
}
