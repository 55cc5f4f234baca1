import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `Polling a directory` {
  typealias Provider = `Provider settings`

  @Test func `tells what is added, changed and renamed, and leaves who is gone to the comparison`()
    async throws
  {
    let scene = try await LiveScene(provider: Provider.none)
    let index = try await scene.index()
    let follower = scene.follow(index)
    let start = try await follower.refreshed()
    #expect(start.source == .polling && start.refreshed?.1.isComplete == true)
    #expect(start.refreshed?.1.method == .search)
    try await scene.write(
      LiveScene.title(0, 1, "Läkare"), LiveScene.newcomer("ny", unit: 1),
      .rename(
        LiveScene.person(0, 3), newRDN: RelativeDistinguishedName("cn", "Flyttad"), deleteOldRDN: true,
        newSuperior: LiveScene.dn("ou=Enhet 1,\(LiveScene.base)")))
    try await scene.agreement(index)
    #expect(
      follower.knowledge.changed.identities
        == Set(["P0x1", "Pny", "P0x3"].map { HSAIdentity("SE2321000016-\($0)") }))
    try await scene.write(.delete(LiveScene.person(1, 0)), LiveScene.title(1, 1, "Läkare"))
    try await eventually { follower.knowledge.changed.identities.contains(HSAIdentity("SE2321000016-P1x1")) }
    #expect(try index.count == 14)
    await follower.stop()
    // The next connection begins with a read of everything.
    let again = scene.follow(index)
    try await again.refreshed()
    #expect(try LiveScene.content(index) == (try await scene.directory()))
  }

  @Test func `reads what lies under a unit that comes into the base`() async throws {
    let scene = try await LiveScene(persons: [200, 5], provider: Provider.none)
    try await scene.write(LiveScene.move("Enhet 0", from: LiveScene.base, to: LiveScene.outside))
    let index = try await scene.index()
    let follower = scene.follow(index)
    try await follower.refreshed()
    #expect(try index.count == 7)
    try await scene.write(LiveScene.move("Enhet 0", from: LiveScene.outside, to: LiveScene.base))
    try await scene.agreement(index)
    #expect(try index.count == 208)
  }
}
