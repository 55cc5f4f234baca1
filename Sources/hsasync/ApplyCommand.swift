import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync apply`: makes the directory agree with the desired state.
struct ApplyCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Makes the directory agree with the desired state.",
    discussion: """
      Makes a fresh plan, shows it, and applies it. On a terminal it asks first, unless --yes is given; elsewhere, \
      as from a timer, it does not ask: apply is the word for it.

      Each write carries the condition under which it was planned. Where somebody has changed the same values in \
      the meantime nothing is overwritten: the change is reported as stale, and the next plan has it again. A change \
      that fails does not stop the others, but those that stand on it are skipped. After as many failures as the \
      configuration allows (apply: errors) the rest is not sent.

      Guards look at every plan before the first write: how much it deletes, ends, moves and changes, at each care \
      provider and in all, and what the reading and the desired state are worth. One that trips refuses the whole \
      plan (exit code 3).

      Interrupted (SIGINT, SIGTERM), it sends nothing more, waits for what has been sent, and tells what was done. \
      A second signal ends it at once.

      EXAMPLES
        hsasync apply
        hsasync apply --yes --summary
        hsasync apply --scope SE2321000016-1A2B
        hsasync apply --bind 'cn=admin,o=Region Exempel,c=SE' -W

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions
  @OptionGroup var part: ScopeOptions
  @OptionGroup(title: "Display options") var display: DisplayOptions
  @OptionGroup(title: "Bind options") var bind: BindOptions

  @Flag(name: [.long, .customShort("y")], help: "Do not ask.")
  var yes = false

  @Option(help: "How plan and result are written.")
  var format = Format.text

  func run() async throws {
    let configuration = try source.load(bind)
    let planned = try await PlannedRun(
      configuration, logger: source.logger, instant: Date(), scope: part.parsed())
    if format == .text { try show(planned) }
    guard isWanted(planned) else {
      StandardStream.say(display.language.say("Nothing was written.", "Inget skrevs."))
      throw Ended(code: .changesWaiting)
    }
    let clock = ContinuousClock()
    let started = clock.now
    let result = try await apply(planned)
    try show(result, of: planned, duration: clock.now - started)
    let code = result.exitCode
    if code != .done { throw Ended(code: code) }
    if let code = planned.exitCode { throw Ended(code: code) }
  }

  private func show(_ planned: PlannedRun) throws {
    var out = StandardStream.output
    planned.text(display.style).write(to: &out)
    try out.finish()
  }

  /// Asks where there is somebody to ask and something to ask about.
  private func isWanted(_ planned: PlannedRun) -> Bool {
    guard !yes, !planned.plan.changes.isEmpty, planned.plan.obstacle == nil else { return true }
    guard Terminal.asks, Terminal.showsErrors else { return true }
    let server = VisibleText(planned.plan.proof.origin).text
    let language = display.language
    let count = language.count(planned.plan.changes.count, .change)
    return Terminal.confirms(
      language.say("Apply \(count) to \(server)?", "Ska \(count) göras i \(server)?"), language)
  }

  private func apply(_ planned: PlannedRun) async throws -> ApplyResult {
    let task = Task { try await planned.run.apply(planned.plan) }
    let stopping = display.language.say(
      "Stopping: nothing more is sent; waiting for what has been sent.",
      "Avbryter: inget mer skickas; väntar på det som har skickats.")
    let interruption = Interruption {
      planned.progress.clear()
      StandardStream.say(stopping)
      task.cancel()
    }
    defer {
      withExtendedLifetime(interruption) {}
      planned.progress.clear()
    }
    return try await task.value
  }

  private func show(_ result: ApplyResult, of planned: PlannedRun, duration: Duration) throws {
    var out = StandardStream.output
    switch format {
    case .text:
      guard !planned.plan.changes.isEmpty else { return }
      let isVerbose = display.style.detail >= .verbose
      ApplyText(
        plan: planned.plan, result: result, duration: duration, isVerbose: isVerbose,
        language: display.language
      ).write(to: &out)
    case .json: out.write(ApplyJSON(plan: planned.plan, result: result, profile: planned.profile).text)
    }
    try out.finish()
  }
}
