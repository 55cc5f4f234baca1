import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `A configuration of delegated administrators` {
  private let beginning = """
    server:
      url: ldaps://ek.example.org
      bind: {method: external}
    base: o=Region Exempel,c=SE
    profile: hsa

    """

  private func load(_ text: String) throws -> Configuration {
    let folder = try TemporaryFolder()
    try folder.write("hsasync.yaml", beginning + text)
    try folder.write("profiles/hsa.yaml", Repository.bytes("conf/profiles/hsa.yaml"))
    return try Configuration.load(
      folder.path("hsasync.yaml"), environment: ["STATE_DIRECTORY": folder.path("store")])
  }

  private func faults(_ text: String) throws -> [String] {
    do {
      _ = try load(text)
      return []
    } catch let findings as Findings {
      return findings.all.map { "\($0.position?.line ?? 0) \($0.code)" }
    }
  }

  @Test func `says who acts for whom, and when, and how their cards are judged`() throws {
    let configuration = try load(
      """
      ombud:
        providers:
          - {provider: SE2321000016-4000, prefixes: SE2321000016-4P}
          - {provider: SE2321000016-4100}
        mandates:
          - {person: SE2321000016-9O01, providers: [SE2321000016-4000], from: 2026-01-01, to: 2026-06-30}
        accounts: {anna: SE2321000016-9O01}
        domain: HSA
        approvals: 1
        perMinute: 7
        page: {listen: "0.0.0.0:9443", certificate: c.pem, key: k.pem, issuers: i.pem, revocationLists: l.crl,
          policies: [1.2.752.74.8.1], idle: 5m}

      """)
    let ombud = try #require(configuration.ombud)
    #expect(ombud.providers.map(\.identity.text) == ["SE2321000016-4000", "SE2321000016-4100"])
    #expect(ombud.providers[0].scope.mayCreate(HSAIdentity("SE2321000016-4P17")))
    #expect(!ombud.providers[1].scope.mayCreate(HSAIdentity("SE2321000016-4P17")))
    let mandate = try #require(ombud.mandates.first)
    // Midnight in Sweden, before and after the change of the clocks.
    #expect(mandate.from == ISO8601DateFormatter().date(from: "2025-12-31T23:00:00Z"))
    #expect(mandate.until == ISO8601DateFormatter().date(from: "2026-06-30T22:00:00Z"))
    #expect(ombud.accounts["anna"] == HSAIdentity("SE2321000016-9O01") && ombud.domain == "HSA")
    #expect(ombud.approvals == 1 && ombud.perMinute == 7)
    let page = try #require(ombud.page)
    #expect(page.host == "0.0.0.0" && page.port == 9_443 && page.idle == .seconds(300))
    #expect(page.policies == ["1.2.752.74.8.1"] && page.issuers[0].hasSuffix("/i.pem"))
    // Their files come after the region's own, and there may be none.
    #expect(configuration.desired.map(\.isOptional) == [true, true])
    #expect(configuration.desired[0].declaration.scope == ombud.providers[0].scope)
  }

  @Test func `is told of each fault at its place`() throws {
    let found = try faults(
      """
      ombud:
        providers:
          - {provider: SE2321000016-4000, prefixes: S}
          - {provider: SE2321000016-4000}
          - {provider: ../../etc}
        mandates:
          - {person: anna, providers: [SE2321000016-4000]}
          - {person: SE2321000016-9O01, providers: [SE2321000016-9999], from: yesterday}
          - {person: SE2321000016-9O01, providers: [SE2321000016-4000], from: 2026-02-01, to: 2026-01-01}
          - {person: SE2321000016-9O01}
        page: {listen: ombud.example.org, certificate: c, key: k, issuers: i, policies: SITHS}
        mandate: []

      """)
    let wanted = [
      "8 wrong-prefix", "8 provider-twice", "10 wrong-identity", "12 wrong-identity", "13 provider-unknown",
      "13 wrong-date", "14 mandate-empty", "16 wrong-address", "16 wrong-policy",
    ]
    for fault in wanted { #expect(found.contains(fault), "\(fault) in \(found)") }
    #expect(found.count { $0.contains("missing") } >= 2 && found.contains { $0.hasPrefix("17 ") }, "\(found)")
  }
}
