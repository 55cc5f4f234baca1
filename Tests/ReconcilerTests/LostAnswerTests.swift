import Directory
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `An answer that is lost` {
  private func settings(window: Int) -> Applier.Settings {
    var settings = Applier.Settings()
    settings.window = window
    return settings
  }

  @Test(.timeLimit(.minutes(10)), arguments: [1, 5, 6, 7, 8])
  func `is settled as applied, and nothing is written twice`(k: Int) async throws {
    var options = Slapd.Options()
    options.listensOnTCP = true
    let catalogue = try await Catalogue(persons: 7, options: options)
    var made = HandMade()
    for number in 0..<6 { made.update(try await catalogue.person(number), "title", to: "Läkare") }
    let unit = try DistinguishedName(parsing: Catalogue.unit)
    made.createPerson(50, in: unit)
    made.move(try await catalogue.person(0), to: RelativeDistinguishedName("cn", "Person noll"), after: [0])
    made.delete(try await catalogue.person(6))
    let plan = made.plan
    let proxy = try Proxy(toURL: catalogue.slapd.ldap ?? "")
    // The answers to connecting come through; that to the k-th write does not.
    let applier = try catalogue.applier(settings(window: 1), url: "ldap://127.0.0.1:\(proxy.port)") {
      progress in
      switch progress {
      case .applied(_, done: k, of: _): proxy.set(down: .init(cutAfter: 0))
      case .reconnecting: proxy.set()
      default: break
      }
    }
    let result = try await applier.apply(plan)
    #expect(result.outcomes.map(\.verdict) == Array(repeating: .applied, count: 9), "\(result.outcomes)")
    #expect(result.outcomes.count(where: \.wasUnknown) == 1)
    // The move, which has to wait for the first change, is sent last.
    #expect(result.outcomes[k == 7 ? 8 : k == 8 ? 7 : k].wasUnknown)
    #expect(result.outcomes.allSatisfy { $0.attempts == 1 })
    #expect(try await catalogue.writes("modify", at: Catalogue.dn(2)) == 1)
    #expect(try await catalogue.writes("add", at: unit.child(.init("cn", "Person 50"))) == 1)
  }
}
