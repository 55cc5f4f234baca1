import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

/// A configuration in a folder of its own whose end is given.
private struct AllDayFile {
  let folder: TemporaryFolder

  /// The text begins in line 6.
  init(_ text: String) throws {
    folder = try TemporaryFolder()
    let beginning = """
      server:
        url: ldaps://ek.example.org
        bind: {method: external}
      base: o=Region Exempel,c=SE
      profile: hsa

      """
    try folder.write("hsasync.yaml", beginning + text)
    try folder.write("profiles/hsa.yaml", Repository.bytes("conf/profiles/hsa.yaml"))
  }

  func load(_ environment: [String: String] = [:]) throws(Findings) -> Configuration {
    try Configuration.load(folder.path("hsasync.yaml"), environment: environment)
  }

  /// The findings of a file that must not load, as `line:column code`.
  func faults() -> [String] {
    do {
      _ = try load()
      return []
    } catch {
      return error.all.map { finding in
        let place = finding.position.map { "\($0.line):\($0.column)" } ?? "-"
        return "\(place) \(finding.code)"
      }
    }
  }
}

@Suite struct `A configuration of the agent that runs all day` {
  @Test func `need say nothing`() throws {
    #expect(try AllDayFile("").load().daemon == DaemonSettings())
    #expect(try AllDayFile("daemon:\ncontrol:\nhttp:\n").load().daemon == DaemonSettings())
  }

  @Test func `may say everything`() throws {
    let file = try AllDayFile(
      """
      daemon:
        comparison: "23:05"
        debounce: 250ms
        heartbeat: 10s
        polling: 2m
        longestPause: 10min
        lock: cn=lås,ou=System,o=Region Exempel,c=SE
        lockPatience: 90s
      control:
        socket: ${RUN}/control
        operators: [root, "@hsasync", anna@region.example]
        readers: "@monitor"
        approvals: 2
        perMinute: 5
      http: {listen: "127.0.0.1:1"}
      """)
    let configuration = try file.load(["RUN": "/run/hsasync-norr"])
    let settings = configuration.daemon
    #expect(settings.comparison == 23 * 60 + 5)
    #expect(settings.debounce == .milliseconds(250) && settings.heartbeat == .seconds(10))
    #expect(settings.polling == .seconds(120) && settings.longestPause == .seconds(600))
    #expect(settings.lock?.description == "cn=lås,ou=System,o=Region Exempel,c=SE")
    #expect(settings.lockPatience == .seconds(90))
    #expect(settings.control.socket == "/run/hsasync-norr/control")
    #expect(settings.control.operators == ["root", "@hsasync", "anna@region.example"])
    #expect(settings.control.readers == ["@monitor"])
    #expect(settings.control.approvals == 2 && settings.control.perMinute == 5)
    #expect(settings.http.host == "127.0.0.1" && settings.http.port == 1)
    #expect(configuration.warnings.isEmpty)
  }

  @Test func `tells all its faults at once, each at its place`() throws {
    let faults = try AllDayFile(
      """
      daemon: {comparison: 2.30, debounce: 2h, heartbeat: 0s, polling: 30, longestPause: "5 weeks", lock: here}
      control: {operators: [" "], readers: ["@"], approvals: 3, perMinute: 0, socket: []}
      http: {listen: localhost}
      daemons: {}
      """
    ).faults()
    #expect(
      faults == [
        "6:22 wrong-time-of-day", "6:38 wrong-duration", "6:53 wrong-duration", "6:66 wrong-duration",
        "6:84 wrong-duration", "6:101 wrong-name", "7:22 wrong-caller", "7:38 wrong-caller",
        "7:56 wrong-number", "7:70 wrong-number", "7:81 yaml-shape", "8:16 wrong-address",
        "9:1 unknown-key",
      ])
  }

  @Test func `suggests the key that was meant`() throws {
    for (text, key) in [
      ("daemon: {debonce: 50ms}", "debounce"), ("control: {operator: root}", "operators"),
      ("http: {listn: x}", "listen"), ("deamon: {}", "daemon"),
    ] {
      do {
        _ = try AllDayFile(text).load()
        Issue.record("it loaded: \(text)")
      } catch let error as Findings {
        #expect(error.all.map(\.advice) == ["did you mean `\(key)`?"])
      }
    }
  }

  @Test(arguments: ["24:00", "12:60", "2:30", "02:30:00", "0230"])
  func `has no such time of day`(text: String) throws {
    #expect(try AllDayFile("daemon: {comparison: \"\(text)\"}").faults() == ["6:22 wrong-time-of-day"])
  }

  @Test func `has a socket whose path the kernel takes`() throws {
    let longest = "/" + String(repeating: "x", count: 106)
    let socket = try AllDayFile("control: {socket: \(longest)}").load().daemon.control.socket
    #expect(socket == longest)
    #expect(
      try AllDayFile("control: {socket: \(longest)x}").faults() == ["6:19 socket-path-too-long"])
  }

  @Test func `warns when nobody could approve what a guard holds`() throws {
    for (operators, codes) in [
      ("[root]", ["approvals-unreachable"]), ("[]", ["approvals-unreachable"]), ("[anna]", []),
      ("[\"@hsasync\"]", []),
    ] {
      let configuration = try AllDayFile("control: {approvals: 2, operators: \(operators)}").load()
      #expect(configuration.warnings.map(\.code) == codes)
    }
  }

  @Test(arguments: ["127.0.0.1:9640", "127.9.9.9", "[::1]:9640", "[::ffff:127.0.0.1]:80"])
  func `may answer monitoring on this machine`(text: String) throws {
    let configuration = try AllDayFile("http: {listen: \"\(text)\"}").load()
    #expect(configuration.daemon.http.host != nil)
    #expect(configuration.warnings.isEmpty)
  }

  @Test(arguments: ["0.0.0.0:9640", "10.1.2.3:9640", "[::]:9640", "[2001:db8::1]", "[::ffff:10.0.0.1]:80"])
  func `warns when monitoring is answered beyond this machine`(text: String) throws {
    let configuration = try AllDayFile("http: {listen: \"\(text)\"}").load()
    #expect(configuration.daemon.http.host != nil)
    #expect(configuration.warnings.map(\.code) == ["http-open"])
    #expect(configuration.warnings.first?.position?.line == 6)
  }

  @Test(arguments: [
    "::1:9640", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+5", ":9640", "9640", "127.1:5", "[::1",
    "[::1]9640",
  ])
  func `listens on no such address`(text: String) throws {
    #expect(try AllDayFile("http: {listen: \"\(text)\"}").faults() == ["6:16 wrong-address"])
  }

  @Test func `compares everything once a night, also when the clocks change`() throws {
    let settings = DaemonSettings()
    for (after, expected) in [
      ("2026-01-10T12:00:00Z", "2026-01-11T01:30:00Z"), ("2026-01-11T01:30:00Z", "2026-01-12T01:30:00Z"),
      // 02:30 does not exist: 03:00, which is 01:00 in Greenwich.
      ("2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
      // 02:30 comes twice: once is enough.
      ("2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"), ("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
    ] {
      let next = settings.nextComparison(after: try Date(after, strategy: .iso8601))
      #expect(next.formatted(.iso8601) == expected, "after \(after)")
    }
  }

  @Test func `is told in the sample`() throws {
    let environment = ["HSASYNC_URL": "ldapi://%2Ftmp%2Fx", "CREDENTIALS_DIRECTORY": "/run/x"]
    let sample = try Configuration.load(Repository.path("conf/hsasync.yaml"), environment: environment)
    #expect(sample.daemon.control.operators == ["root", "@hsasync"])
    #expect(sample.daemon.comparison == 150)
  }
}
