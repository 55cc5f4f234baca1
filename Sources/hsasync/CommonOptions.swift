import ArgumentParser
import Directory
import Foundation
import LDAP
import Logging
import Reconciler

/// Which configuration.
struct ConfigurationOptions: ParsableArguments {
  enum LogLevel: String, ExpressibleByArgument, CaseIterable { case error, warning, info, debug }

  @Option(name: [.long, .customShort("c")], help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config = "/etc/hsasync/hsasync.yaml"

  @Option(
    help: ArgumentHelp(
      "What is logged on standard error; without it warnings, and of a service what it does.",
      valueName: "level"))
  var logLevel: LogLevel?

  /// Logs go to standard error; they tell nobody's data.
  var logger: Logger { logger(.warning) }

  /// - Parameter usual: the level where none is asked for.
  func logger(
    _ usual: Logger.Level,
    _ handler: (String) -> any LogHandler = { StreamLogHandler.standardError(label: $0) }
  ) -> Logger {
    var logger = Logger(label: "hsasync", factory: handler)
    logger.logLevel = logLevel.flatMap { Logger.Level(rawValue: $0.rawValue) } ?? usual
    return logger
  }

  /// The configuration, with the operator's own bind if one was asked for.
  ///
  /// - Parameter bindsAsAgent: whether the agent's own password is needed. Where it is not, a shell without the
  ///   service's credentials will do.
  func load(_ bind: BindOptions? = nil, bindsAsAgent: Bool = true) throws -> Configuration {
    var environment = ProcessInfo.processInfo.environment
    if !bindsAsAgent || bind?.name != nil, environment["CREDENTIALS_DIRECTORY"] == nil {
      environment["CREDENTIALS_DIRECTORY"] = "/run/credentials/hsasync.service"
    }
    var configuration: Configuration
    do {
      configuration = try Configuration.load(config, environment: environment)
    } catch {
      throw WrongFiles(error, .configurationWrong)
    }
    try bind?.replaceBind(of: &configuration)
    return configuration
  }
}

/// The operator's own bind in place of the agent's.
struct BindOptions: ParsableArguments {
  @Option(
    name: .customLong("bind"),
    help: ArgumentHelp("Bind as this one instead of the one in the configuration.", valueName: "dn"))
  var name: String?

  @Flag(name: .customShort("W"), help: "Ask for the password of --bind on the terminal.")
  var asksPassword = false

  @Option(help: ArgumentHelp("Read the password of --bind from a file.", valueName: "file"))
  var passwordFile: String?

  func validate() throws {
    if name == nil, asksPassword || passwordFile != nil {
      throw ValidationError("-W and --password-file give the password of --bind DN, which is missing.")
    }
    if name != nil, asksPassword == (passwordFile != nil) {
      throw ValidationError("--bind needs one of -W (ask for the password) and --password-file FILE.")
    }
    if let name, (try? DistinguishedName(parsing: name)) == nil {
      throw ValidationError(
        "--bind is not a distinguished name; write it as in cn=admin,o=Region Exempel,c=SE.")
    }
  }

  func replaceBind(of configuration: inout Configuration) throws {
    guard let name else { return }
    configuration.server.bind = Configuration.Bind(.simple(dn: name, try password()))
  }

  private func password() throws -> Configuration.Bind.Password {
    if let passwordFile { return .file(passwordFile) }
    guard let typed = Terminal.secret("Password for \(VisibleText(name ?? "").text): "), !typed.isEmpty else {
      throw ValidationError("No password was given; -W needs a terminal, else use --password-file FILE.")
    }
    return .given(try Secret(typed))
  }
}

/// Which part of the tree.
struct ScopeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only what lies at or below this entry.", valueName: "hsaid|dn"))
  var scope: String?

  func validate() throws { _ = try parsed() }

  /// A text with `=` is a name, any other an HSA-id.
  func parsed() throws -> Comparison.Scope? {
    guard let scope else { return nil }
    guard scope.contains("=") else { return .identity(HSAIdentity(scope)) }
    guard let name = try? DistinguishedName(parsing: scope) else {
      throw ValidationError("--scope is neither an HSA-id nor a distinguished name.")
    }
    return .name(name)
  }
}

/// In which language people are spoken to.
struct LanguageOptions: ParsableArguments {
  @Option(
    name: .customLong("language"),
    help: ArgumentHelp(
      "The language of text for people; without it that of the locale (LC_ALL, LC_MESSAGES, LANG).",
      valueName: "en|sv"))
  private var chosen: Language?

  var language: Language { chosen ?? Terminal.language(ProcessInfo.processInfo.environment) }
}

extension Language: ExpressibleByArgument {}

/// How a result is shown.
struct DisplayOptions: ParsableArguments {
  enum Detail: String, EnumerableFlag {
    case summary, verbose, full

    static func help(for value: Detail) -> ArgumentHelp? {
      switch value {
      case .summary: "Show counts by kind only."
      case .verbose: "Show longer lists of values, whole names, and the order of the changes."
      case .full: "Show everything."
      }
    }

    static func name(for value: Detail) -> NameSpecification {
      value == .verbose ? [.long, .customShort("v")] : .long
    }
  }

  enum Colour: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  @Flag(exclusivity: .exclusive) var detail: Detail?

  @Option(help: "When to colour; auto: on a terminal, unless NO_COLOR is set.")
  var colour = Colour.auto

  @OptionGroup var spoken: LanguageOptions

  @Flag(help: "Show personal numbers; never those of protected persons.")
  var reveal = false

  var language: Language { spoken.language }

  /// The style of a plan on standard output.
  var style: PlanText.Style {
    let detail: PlanText.Detail =
      switch detail {
      case nil: .normal
      case .summary: .summary
      case .verbose: .verbose
      case .full: .full
      }
    return PlanText.Style(
      width: Terminal.width, colour: isColoured, detail: detail, language: language, reveal: reveal)
  }

  /// Whether standard output is coloured.
  var isColoured: Bool {
    switch colour {
    case .auto: Terminal.isColoured(Terminal.showsOutput)
    case .always: true
    case .never: false
    }
  }
}

/// A moment as people write it: `2027-01-01` (its beginning, Europe/Stockholm) or `2027-01-01T08:00:00+01:00`.
struct Moment: ExpressibleByArgument {
  let date: Date

  init?(argument: String) {
    guard let date = Moment.day(argument) ?? (try? Date(argument, strategy: .iso8601)) else { return nil }
    self.date = date
  }

  private static func day(_ text: String) -> Date? {
    guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/) else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    guard let zone = TimeZone(identifier: "Europe/Stockholm") else { return nil }
    calendar.timeZone = zone
    let components = DateComponents(year: Int(match.1), month: Int(match.2), day: Int(match.3))
    guard let date = calendar.date(from: components) else { return nil }
    // 2027-02-30 would become the second of March.
    let read = calendar.dateComponents([.year, .month, .day], from: date)
    return read == DateComponents(year: components.year, month: components.month, day: components.day)
      ? date : nil
  }
}
