import Directory
import LDAP

extension ConfigurationReader {
  /// What only the agent that runs all day needs: `daemon:`, `control:` and `http:`.
  mutating func readAllDay(_ mapping: inout YAMLMapping) -> DaemonSettings {
    var settings = DaemonSettings()
    mapping.mapping("daemon") { readDaemon(&$0, &settings) }
    mapping.mapping("control") { settings.control = readControl(&$0) }
    mapping.mapping("http") { settings.http = readHTTP(&$0) }
    return settings
  }

  private mutating func readDaemon(_ mapping: inout YAMLMapping, _ settings: inout DaemonSettings) {
    settings.comparison = timeOfDay("comparison", in: &mapping) ?? settings.comparison
    settings.debounce =
      duration("debounce", .zero ... .seconds(60), in: &mapping) ?? settings.debounce
    settings.heartbeat =
      duration("heartbeat", .seconds(1) ... .seconds(3_600), in: &mapping) ?? settings.heartbeat
    settings.polling =
      duration("polling", .seconds(1) ... .seconds(3_600), in: &mapping) ?? settings.polling
    settings.longestPause =
      duration("longestPause", .seconds(1) ... .seconds(3_600), in: &mapping) ?? settings.longestPause
    settings.lock = name("lock", in: &mapping)
    settings.lockPatience =
      duration("lockPatience", .seconds(10) ... .seconds(3_600), in: &mapping) ?? settings.lockPatience
  }

  private mutating func readControl(_ mapping: inout YAMLMapping) -> DaemonSettings.Control {
    var control = DaemonSettings.Control()
    control.socket = readSocket(&mapping)
    control.operators = readCallers("operators", in: &mapping)
    control.readers = readCallers("readers", in: &mapping)
    control.approvals = mapping.integer("approvals", in: 1...2) ?? control.approvals
    control.perMinute = mapping.integer("perMinute", in: 1...10_000) ?? control.perMinute
    let people = Set(control.operators).union(["root"])
    if control.approvals > people.count, !people.contains(where: { $0.hasPrefix("@") }) {
      report(
        "approvals-unreachable", mapping.position(of: "approvals"),
        "\(control.approvals) persons must approve what a guard holds, and only root is an operator",
        "name more of them under `operators`, as users or as @group", severity: .warning)
    }
    return control
  }

  /// The socket's path; `sun_path` of unix(7) holds 107 octets and an end.
  private mutating func readSocket(_ mapping: inout YAMLMapping) -> String? {
    guard let path = path("socket", in: &mapping) else { return nil }
    guard path.utf8.count > 107 else { return path }
    report(
      "socket-path-too-long", mapping.position(of: "socket"),
      "the path of a socket has at most 107 octets, and this one has \(path.utf8.count)",
      "name one in /run, such as /run/hsasync/control")
    return nil
  }

  /// Users, and groups as `@group`. Whether the machine knows them is seen when they call: a configuration is
  /// checked on other machines too.
  private mutating func readCallers(_ key: String, in mapping: inout YAMLMapping) -> [String] {
    let position = mapping.position(of: key)
    return mapping.strings(key).compactMap { text in
      let name = text.hasPrefix("@") ? text.dropFirst() : text[...]
      let isName = name.utf8.allSatisfy { $0 > 32 && $0 != 127 && !":/,".utf8.contains($0) }
      guard isName, !name.isEmpty, name.first != "@", name.utf8.count <= 256 else {
        report(
          "wrong-caller", position, "\(Spelling.shown(text)) in `\(key)` is neither a user nor a group",
          "write a user's name, or a group's as \"@group\"")
        return nil
      }
      return text
    }
  }

  /// A time of day, written `02:30`, in minutes after midnight.
  private mutating func timeOfDay(_ key: String, in mapping: inout YAMLMapping) -> Int? {
    guard let text = mapping.string(key) else { return nil }
    if let match = text.wholeMatch(of: /([0-9]{2}):([0-9]{2})/), let hour = Int(match.1),
      let minute = Int(match.2), hour < 24, minute < 60
    {
      return hour * 60 + minute
    }
    report(
      "wrong-time-of-day", mapping.position(of: key), "`\(key)` must be a time of day from 00:00 to 23:59",
      "write it as \"02:30\"; it is meant in Europe/Stockholm")
    return nil
  }

  /// A stretch of time, written `50ms`, `30s`, `5m` (or `5min`) or `1h`.
  private mutating func duration(
    _ key: String, _ range: ClosedRange<Duration>, in mapping: inout YAMLMapping
  ) -> Duration? {
    guard let text = mapping.string(key) else { return nil }
    let units = ["ms": 1, "s": 1_000, "m": 60_000, "min": 60_000, "h": 3_600_000]
    if let match = text.wholeMatch(of: /([0-9]{1,9}) *([a-z]+)/), let count = Int(match.1),
      let unit = units[String(match.2)], range.contains(.milliseconds(count * unit))
    {
      return .milliseconds(count * unit)
    }
    report(
      "wrong-duration", mapping.position(of: key),
      "`\(key)` must be a time from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))",
      "write it as 50ms, 30s, 5m or 1h")
    return nil
  }

  private static func text(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    return seconds >= 3_600 ? "\(seconds / 3_600)h" : "\(seconds)s"
  }
}
