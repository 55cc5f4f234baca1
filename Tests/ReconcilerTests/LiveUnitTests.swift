import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

@Suite struct `Units of a thousand that move` {
  typealias Provider = `Provider settings`

  /// What is done to a unit of a thousand.
  static func moves() throws -> [WriteOperation] {
    [
      try LiveScene.move("Enhet 0", from: LiveScene.base, to: "ou=Enhet 1,\(LiveScene.base)"),
      try LiveScene.move(
        "Enhet 0", from: "ou=Enhet 1,\(LiveScene.base)", to: LiveScene.outside, as: "Enhet 0"),
      try LiveScene.move("Enhet 0", from: LiveScene.outside, to: LiveScene.base, as: "Enhet noll"),
    ]
  }

  @Test(arguments: [Provider.logged, Provider.noLog])
  func `are followed within, out of and into the base while we look on`(provider: String) async throws {
    let scene = try await LiveScene(persons: [1_000, 3_300], provider: provider)
    let index = try await scene.index()
    let follower = scene.follow(index)
    try await follower.refreshed()
    for (number, move) in try Self.moves().enumerated() {
      try await scene.write(move)
      try await scene.agreement(index)
      #expect(try index.count == [4_303, 3_302, 4_303][number])
    }
    #expect(follower.knowledge.doubts.isEmpty && follower.knowledge.changed.hasStructure)
  }

  @Test(arguments: [Provider.logged, Provider.noLog])
  func `are followed within, out of and into the base while we do not`(provider: String) async throws {
    let scene = try await LiveScene(persons: [1_000, 3_300], provider: provider)
    let index = try await scene.index()
    let first = scene.follow(index)
    try await first.refreshed()
    await first.stop()
    for move in try Self.moves() {
      try await scene.write(move)
      let follower = scene.follow(index)
      #expect(try await follower.refreshed().doubts.isEmpty)
      #expect(try LiveScene.content(index) == (try await scene.directory()))
      await follower.stop()
    }
  }

  @Test func `are doubted when they are most of what there is`() async throws {
    let scene = try await LiveScene(persons: [60, 10])
    let index = try await scene.index()
    let follower = scene.follow(index)
    try await follower.refreshed()
    try await scene.write(LiveScene.move("Enhet 0", from: LiveScene.base, to: LiveScene.outside))
    try await eventually { !follower.knowledge.doubts.isEmpty }
    // The unit itself is gone by the server's word; of those under it nothing is concluded.
    #expect(try index.count == 72)
    // What else happens is followed, and the doubt is not told again and again.
    try await scene.write(LiveScene.title(1, 1, "Läkare"))
    try await eventually { follower.knowledge.changed.identities.contains(HSAIdentity("SE2321000016-P1x1")) }
    #expect(follower.knowledge.doubts.count == 1)
  }
}
