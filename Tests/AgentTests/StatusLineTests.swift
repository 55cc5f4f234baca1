import Directory
import Foundation
import Testing

@testable import Agent

@Suite struct `The line for the service manager` {
  private let now = Date(timeIntervalSince1970: 1_800_000_000)

  private func status(_ state: AgentState, _ change: (inout AgentStatus) -> Void = { _ in }) -> AgentStatus {
    var status = AgentStatus(
      state: state, since: now.addingTimeInterval(-3_720), version: "1", started: now,
      base: "o=Region Exempel,c=SE",
      index: AgentStatus.Index(), desired: AgentStatus.Desired(), lag: 0, queue: 0, waiting: [], targets: [])
    change(&status)
    return status
  }

  private func lines(_ status: AgentStatus) -> [String] {
    [Language.english, .swedish].map { StatusLine(status, at: now, language: $0).text }
  }

  @Test func `says that all is well`() {
    let status = status(.inSync) {
      $0.index.entries = ["person": 18_000, "unit": 211]
      $0.lastChange = now.addingTimeInterval(-14)
    }
    #expect(
      lines(status) == [
        "in sync, 18 211 entries, last change 14 s ago", "i fas, 18 211 poster, senast ändrat för 14 s sedan",
      ])
  }

  @Test func `says what is wrong, since when, and what waits`() {
    let waiting = AgentStatus.Waiting(
      code: "7F3A-91C2", digest: "", since: now, changes: 47, roles: 0, guards: ["x"], approvals: [])
    let target = AgentStatus.Target(
      name: "journal", lastRead: nil, lastFailed: nil, fault: "unavailable", failures: 3, overdue: 2,
      oldestOverdue: now)
    let status = status(.quarantined) {
      $0.index.entries = ["person": 1]
      $0.waiting = [waiting]
      $0.targets = [target, target]
      $0.desired.faults = 3
      $0.queue = 1_234
    }
    #expect(
      lines(status) == [
        "quarantined, for 1 h 2 min, 1 entry, 1 234 queued, 1 plan waits for approval, "
          + "the new desired state is not in force: 3 wrong, 4 overdue at targets",
        "i karantän, sedan 1 tim 2 min, 1 post, 1 234 i kö, 1 plan väntar på godkännande, "
          + "det nya önskade läget gäller inte: 3 fel, 4 försenade i målen",
      ])
  }

  @Test func `tells no name, of nobody and nothing`() {
    let status = status(.degraded) {
      $0.reason = "cn=Anna Berg is away"
      $0.lockHolder = "agent@host"
      $0.server = AgentStatus.Server(
        url: "ldaps://ek.example.org", tlsVersion: nil, tlsCipher: nil, identity: "dn:cn=hsasync",
        source: .polling,
        since: now, clockSkew: nil)
    }
    #expect(lines(status) == ["degraded, for 1 h 2 min", "begränsad, sedan 1 tim 2 min"])
  }
}
