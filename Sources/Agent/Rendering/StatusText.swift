import Directory
import Foundation
import Reconciler

/// What there is to tell of an agent, in a screenful: a word and what it says on each line.
package struct StatusText {
  let now: Date
  let language: Language
  private let colour: Bool

  package init(at now: Date, language: Language = .english, colour: Bool = false) {
    self.now = now
    self.language = language
    self.colour = colour
  }

  /// Of an agent that runs.
  package func lines(of status: AgentStatus) -> [String] {
    [
      state(status), catalogue(status), status.server.map(server) ?? noServer, entries(status.index),
      desired(status.desired), course(status), times(status), [run(status.lastRun)],
      targets(status.targets), waiting(status.waiting),
    ].flatMap { $0 }
  }

  /// Of one that does not: what the store remembers.
  package func lines(of remembered: RememberedStatus?) -> [String] {
    let agent = line("agent", "agent", say("not running", "körs inte"))
    guard let remembered else { return [agent] }
    return [agent, line("catalogue", "katalog", remembered.base), run(remembered.lastRun)]
      + targets(remembered.targets)
  }

  // MARK: The agent

  private func state(_ status: AgentStatus) -> [String] {
    let (word, since) = (status.state.word(language), say("since", "sedan") + " " + moment(status.since))
    let agent = line("agent", "agent", "\(word) \(since)")
    let reason = status.reason ?? status.state.meaning(language)
    let holder = status.lockHolder.map { line("lock", "lås", say("held by \($0)", "hålls av \($0)")) }
    return [colour ? agent.replacing(word, with: "\u{1B}[\(status.state.colour)m\(word)\u{1B}[0m") : agent]
      + [reason.map { line("why", "varför", $0) }, holder].compactMap { $0 }
  }

  private func catalogue(_ status: AgentStatus) -> [String] {
    let version = status.version.isEmpty ? "" : "hsasync \(status.version), "
    return [
      line("catalogue", "katalog", status.base),
      line("program", "program", version + say("started", "startad") + " " + moment(status.started)),
    ]
  }

  private var noServer: [String] {
    [line("server", "server", say("none at hand", "ingen till hands"))]
  }

  private func server(_ server: AgentStatus.Server) -> [String] {
    let tls = [server.tlsVersion, server.tlsCipher].compactMap { $0 }.joined(separator: " ")
    let skew = server.clockSkew.flatMap { $0 == 0 ? nil : $0 }.map { seconds in
      let by = language.count(abs(seconds), .second)
      return seconds > 0
        ? say("its clock is \(by) ahead", "dess klocka går \(by) före")
        : say("its clock is \(by) behind", "dess klocka går \(by) efter")
    }
    let isPolled = server.source == .polling
    let source = isPolled ? say("polling", "avfrågning") : say("content sync", "innehållssynk (content sync)")
    let polled = line(
      "", "",
      say(
        "! it offers no content sync: deletions wait for the next comparison",
        "! den har ingen content sync: borttag väntar på nästa jämförelse"))
    return [
      line("server", "server", [server.url, tls.isEmpty ? say("no TLS", "ingen TLS") : tls, skew].listed),
      line("identity", "identitet", server.identity),
      line("source", "källa", source + ", " + say("since", "sedan") + " " + moment(server.since)),
    ] + (isPolled ? [polled] : [])
  }

  private func entries(_ index: AgentStatus.Index) -> [String] {
    let all = index.entries.values.reduce(0, +)
    let kinds = Kind.allCases.map { ($0.rawValue, $0.words(language)) } + [("other", say("others", "övriga"))]
    let parts = kinds.compactMap { kind, word -> String? in
      index.entries[kind].flatMap { $0 == 0 ? nil : "\($0.grouped) \(word)" }
    }
    let counted = all.grouped + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    let sound = index.isSound ? nil : say("not all have been seen", "alla har inte setts")
    return [line("entries", "poster", [counted, sound].listed)]
  }

  private func desired(_ desired: AgentStatus.Desired) -> [String] {
    let files =
      "\(language.count(desired.rows, .row)) \(say("in", "i")) \(language.count(desired.files, .file))"
    let since = desired.inForceSince.map { say("in force since", "gäller sedan") + " " + moment($0) }
    let identifier = desired.identifier.isEmpty ? nil : String(desired.identifier.prefix(16))
    var lines = [line("desired", "önskat", [files, identifier, since].listed)]
    if desired.faults > 0 {
      let errors = language.count(desired.faults, .error)
      lines.append(
        line(
          "", "",
          say(
            "! the files have \(errors): the set before stays in force; see hsasync check",
            "! filerna har \(errors): den tidigare uppsättningen gäller; se hsasync check")))
    }
    return lines
  }

  private func course(_ status: AgentStatus) -> [String] {
    let change = status.lastChange.map(moment) ?? say("none seen", "ingen sedd")
    let agreed = status.lastAgreement.map { say("all agreed", "allt stämde") + " " + moment($0) }
    let waits =
      status.queue == 0 && status.lag == 0
      ? say("nothing waits", "inget väntar")
      : say(
        "\(status.queue.grouped) touched, the oldest for \(age(status.lag))",
        "\(status.queue.grouped) berörda, den äldsta i \(age(status.lag))")
    return [
      line("last change", "senast ändrat", [change, agreed].listed), line("lag", "eftersläp", waits),
    ]
  }

  private func times(_ status: AgentStatus) -> [String] {
    let boundary = status.nextBoundary.map(coming) ?? say("none", "ingen")
    let last = status.lastComparison.map { say("last", "senast") + " " + moment($0) }
    let next = status.nextComparison.map { say("next", "nästa") + " " + coming($0) }
    return [
      line("next boundary", "nästa gräns", boundary),
      line(
        "comparison", "jämförelse", last == nil && next == nil ? say("none", "ingen") : [last, next].listed),
    ]
  }

  private func run(_ run: AgentStatus.LastRun?) -> String {
    guard let run else { return line("last run", "senaste körning", say("none", "ingen")) }
    let ended = run.ended.map(moment) ?? say("under way", "pågår")
    let code = run.exitCode.map { say("exit code", "slutkod") + " \($0)" }
    return line("last run", "senaste körning", ["\(run.number)", ended, code].listed)
  }
}

// What each line is made of.
extension StatusText {
  func say(_ english: @autoclosure () -> String, _ swedish: @autoclosure () -> String) -> String {
    language.say(english(), swedish())
  }

  func line(_ english: String, _ swedish: String, _ text: String) -> String {
    let width = language == .english ? 13 : 15
    return say(english, swedish).padded(to: width) + "  " + VisibleText(text).text
  }

  /// A moment that has been, and how long ago that is.
  func moment(_ date: Date) -> String {
    let ago = age(now.timeIntervalSince(date))
    return "\(clock(date)) (\(say("\(ago) ago", "för \(ago) sedan")))"
  }

  /// A moment to come, and how long it is to that.
  func coming(_ date: Date) -> String {
    "\(clock(date)) (\(say("in", "om")) \(age(date.timeIntervalSince(now))))"
  }

  /// The day is left out where the age leaves no doubt about it.
  private func clock(_ date: Date) -> String {
    let time = RunsText.time(date)
    return abs(date.timeIntervalSince(now)) < 12 * 3_600 ? String(time.suffix(8)) : time
  }

  func age(_ seconds: Double) -> String {
    seconds > 0 && seconds < 1
      ? "\(Int(seconds * 1_000)) ms" : OverdueText.duration(seconds, language)
  }
}

extension [String?] {
  var listed: String { compactMap { $0 }.joined(separator: ", ") }
}

extension Kind {
  /// Several of them.
  fileprivate func words(_ language: Language) -> String {
    switch self {
    case .organisation: language.say("organisations", "organisationer")
    case .unit: language.say("units", "enheter")
    case .function: language.say("functions", "funktioner")
    case .person: language.say("persons", "personer")
    case .commission: language.say("commissions", "uppdrag")
    case .administrativeCommission: language.say("administrative commissions", "administrativa uppdrag")
    }
  }
}
