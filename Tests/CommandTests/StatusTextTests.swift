import Directory
import Foundation
import TestKit
import Testing

@testable import Agent

/// What `hsasync status` shows of an agent.
@Suite struct StatusTextTests {
  static let now = Date(timeIntervalSince1970: 1_795_337_123)

  private static func ago(_ seconds: Double) -> Date { now.addingTimeInterval(-seconds) }

  /// Much is amiss with it.
  static var troubled: AgentStatus {
    var status = AgentStatus(
      state: .quarantined, since: ago(7_500), reason: nil, version: "0.1.0", started: ago(90_000),
      base: "o=Region Exempel,c=SE",
      server: AgentStatus.Server(
        url: "ldaps://ek.example.org", tlsVersion: "TLSv1.3", tlsCipher: "TLS_AES_256_GCM_SHA384",
        identity: "dn:cn=hsasync,ou=System,o=Region Exempel,c=SE", source: .polling, since: ago(400),
        clockSkew: -2),
      index: AgentStatus.Index(), desired: AgentStatus.Desired(), lag: 0.25, queue: 1_234, waiting: [],
      targets: [])
    status.index.entries = ["person": 18_211, "unit": 700, "other": 3]
    status.desired.files = 10
    status.desired.rows = 19_000
    status.desired.identifier = "serial 42"
    status.desired.inForceSince = ago(86_400)
    status.desired.faults = 3
    status.lastChange = ago(14)
    status.lastAgreement = ago(7_500)
    status.nextBoundary = now.addingTimeInterval(11_000)
    status.nextComparison = now.addingTimeInterval(60_000)
    status.waiting = [
      AgentStatus.Waiting(
        code: "7F3A-91C2", digest: String(repeating: "7f", count: 32), since: ago(7_500), changes: 41,
        roles: 1,
        guards: ["deactivated persons at SE2321000016-4000: 3 of 7 (42.9 %), limit 1 or 50 %"],
        approvals: ["anna@host"])
    ]
    status.targets = [
      AgentStatus.Target(name: "hsaSystemRole", lastRead: ago(30), failures: 0, overdue: 0),
      AgentStatus.Target(
        name: "journal", lastFailed: ago(61), fault: "unavailable", failures: 4, overdue: 2,
        oldestOverdue: ago(11_520)),
    ]
    status.lastRun = AgentStatus.LastRun(number: 12, ended: ago(7_501), exitCode: 3)
    status.lockHolder = "other.example.org"
    return status
  }

  private func text(_ language: Language) -> String {
    let lines = StatusText(at: Self.now, language: language).lines(of: Self.troubled)
    // Moments are told in the machine's own time zone.
    return lines.joined(separator: "\n").replacing(
      /[0-9]{2}:[0-9]{2}:[0-9]{2}/, with: "08:45:23"
    ).replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}/, with: "2026-11-22") + "\n"
  }

  @Test(arguments: Language.allCases)
  func `all that is amiss is on one screen, in both languages`(language: Language) throws {
    let text = text(language)
    #expect(text.split(separator: "\n").count <= 24)
    try Golden(name: "status.\(language.rawValue).txt").expect(text)
  }

  @Test(.enabled("python3 with jsonschema is not installed") { await PlanFileFormatTests.hasValidator() })
  func `it is as the schema says, and says it of an agent that does not run too`() async throws {
    let remembered = RememberedStatus(
      base: "c=SE", targets: Self.troubled.targets, lastRun: Self.troubled.lastRun)
    for json in [
      StatusJSON.text(of: Self.troubled), StatusJSON.text(of: remembered),
      StatusJSON.text(of: nil as RememberedStatus?),
    ] {
      let faults = try await PlanFileFormatTests.faults(in: json, schema: "schemas/status.schema.json")
      #expect(faults == "", "\(json)")
    }
  }

  @Test func `what comes from elsewhere cannot forge a line`() {
    var status = Self.troubled
    status.reason = "x\u{1B}[2J\nlast run  none"
    let lines = StatusText(at: Self.now, colour: true).lines(of: status)
    #expect(lines.count { $0.hasPrefix("last run") } == 1)
    #expect(!lines.contains { $0.contains("\u{1B}[2J") || $0.contains("\n") })
  }
}
