import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `Following the directory into the index` {
  typealias Provider = `Provider settings`

  static func identity(_ name: String) -> HSAIdentity { HSAIdentity("SE2321000016-P\(name)") }

  @Test func `takes in all of it, then each change, and tells whom it touches`() async throws {
    let scene = try await LiveScene()
    let index = try await scene.index()
    let follower = scene.follow(index)
    let start = try await follower.refreshed()
    #expect(start.source == .contentSync && start.doubts.isEmpty)
    let (touched, proof) = try #require(start.refreshed)
    #expect(touched.isWhole && proof.isComplete && proof.method == .contentSync, "\(proof)")
    #expect(proof.entries == 13 && proof.clockSkew != nil)
    #expect(try index.count == 13)
    #expect(!proof.contextBefore.isEmpty && proof.authorizationIdentity == "dn:" + Slapd.agentDN)
    #expect(try LiveScene.content(index) == (try await scene.directory()))

    try await scene.write(LiveScene.title(0, 1, "Läkare"))
    try await eventually { follower.knowledge.changed.identities == [Self.identity("0x1")] }
    try await scene.write(LiveScene.newcomer("ny", unit: 1), .delete(LiveScene.person(1, 2)))
    try await eventually {
      follower.knowledge.changed.identities.isSuperset(of: ["ny", "1x2"].map(Self.identity))
    }
    try await scene.write(
      .rename(
        LiveScene.person(0, 3), newRDN: RelativeDistinguishedName("cn", "Flyttad"), deleteOldRDN: true,
        newSuperior: LiveScene.dn("ou=Enhet 1,\(LiveScene.base)")))
    try await scene.agreement(index)
    let end = await follower.stop()
    #expect(end.doubts.isEmpty && end.error is CancellationError)
    #expect(!end.changed.isWhole)
  }

  @Test func `a restart with nothing changed touches nobody`() async throws {
    let scene = try await LiveScene()
    let first = scene.follow(try await scene.index())
    try await first.refreshed()
    await first.stop()
    let index = try await scene.index()
    let again = try await scene.follow(index).refreshed()
    let (touched, proof) = try #require(again.refreshed)
    #expect(touched.isEmpty && proof.isComplete && proof.entries == 13)
  }

  @Test(arguments: [Provider.logged, Provider.sessionLog(100), Provider.sessionLog(2), Provider.noLog])
  func `goes on after a restart of ours, and touches just what changed meanwhile`(provider: String)
    async throws
  {
    let scene = try await LiveScene(provider: provider)
    let first = scene.follow(try await scene.index())
    try await first.refreshed()
    await first.stop()
    try await scene.write(
      LiveScene.title(0, 0, "Läkare"), .delete(LiveScene.person(0, 1)), .delete(LiveScene.person(1, 1)),
      LiveScene.newcomer("ny", unit: 1),
      .rename(
        LiveScene.person(1, 3), newRDN: RelativeDistinguishedName("cn", "Flyttad"), deleteOldRDN: true,
        newSuperior: LiveScene.dn("ou=Enhet 0,\(LiveScene.base)")))
    let index = try await scene.index()
    let follower = scene.follow(index)
    let again = try await follower.refreshed()
    let (touched, proof) = try #require(again.refreshed)
    #expect(touched.identities == Set(["0x0", "0x1", "1x1", "ny", "1x3"].map(Self.identity)))
    #expect(!touched.isWhole && proof.isComplete && again.doubts.isEmpty)
    #expect(try LiveScene.content(index) == (try await scene.directory()))
  }

  @Test(arguments: [Provider.logged, Provider.sessionLog(100)])
  func `goes on after a restart of the server`(provider: String) async throws {
    let scene = try await LiveScene(provider: provider)
    let index = try await scene.index()
    let first = scene.follow(index)
    try await first.refreshed()
    scene.slapd.stop()
    let error = try #require(try await first.ended().error as? LDAPError)
    #expect(error.code == .connectionLost)
    let server = try await scene.slapd.startAgain()
    let admin = try await scene.slapd.connection(try scene.slapd.admin)
    for operation in try [LiveScene.title(0, 0, "Läkare"), .delete(LiveScene.person(0, 1))] {
      #expect(try await admin.perform(operation).result == .success)
    }
    let second = scene.follow(index)
    let (touched, proof) = try #require(try await second.refreshed().refreshed)
    #expect(touched.identities == Set(["0x0", "0x1"].map(Self.identity)) && proof.isComplete)
    #expect(try LiveScene.content(index) == (try await scene.directory()))
    withExtendedLifetime(server) {}
  }

  @Test func `a server that stands still is noticed by the heartbeat`() async throws {
    var scene = try await LiveScene()
    scene.configuration.daemon.heartbeat = .milliseconds(200)
    let follower = scene.follow(try await scene.index())
    try await follower.refreshed()
    scene.slapd.signal(SIGSTOP)
    let error = try #require(try await follower.ended().error as? LDAPError)
    #expect(error.code == .deadlineExceeded && error.operation == "whoami")
    scene.slapd.signal(SIGCONT)
  }

  @Test func `a directory that is older than its cookie is doubted and read anew`() async throws {
    let scene = try await LiveScene()
    let index = try await scene.index()
    let first = scene.follow(index)
    try await first.refreshed()
    await first.stop()
    try index.store(cookie: Array("rid=000,csn=29991231235959.000000Z#000000#000#000000".utf8))
    let follower = scene.follow(index)
    let again = try await follower.refreshed()
    #expect(again.doubts.count == 1 && again.refreshed?.1.isComplete == true)
    #expect(try index.cookie != nil && again.refreshed?.0.isEmpty == true)
  }

  @Test func `a directory whose contextCSN is older than it was is doubted`() async throws {
    let scene = try await LiveScene()
    let index = try await scene.index()
    let first = scene.follow(index)
    try await first.refreshed()
    await first.stop()
    try index.set(LiveLook.contextKey, Data("29991231235959.000000Z#000000#000#000000".utf8))
    let again = try await scene.follow(index).refreshed()
    #expect(again.doubts.count == 1)
    let third = scene.follow(index)
    #expect(try await third.refreshed().doubts.isEmpty)
  }

  @Test func `seeded changes and stops at any moment leave nothing behind`() async throws {
    var random = SeededGenerator(seed: 5)
    let scene = try await LiveScene(persons: [20, 20], provider: Provider.sessionLog(10))
    for round in 0..<6 {
      let index = try await scene.index()
      let follower = scene.follow(index)
      for step in 0..<12 {
        let (unit, person) = (Int.random(in: 0...1, using: &random), Int.random(in: 0..<20, using: &random))
        switch Int.random(in: 0..<3, using: &random) {
        case 0: _ = try await scene.admin.perform(LiveScene.title(unit, person, Value("T\(round)x\(step)")))
        case 1: _ = try await scene.admin.perform(.delete(LiveScene.person(unit, person)))
        default: _ = try await scene.admin.perform(LiveScene.newcomer("n\(round)x\(step)", unit: unit))
        }
      }
      if round == 5 { try await scene.agreement(index) }
      await follower.stop()
    }
  }
}

/// Random numbers that are the same each time.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 31)
  }
}
