import Directory
import Foundation
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

@Suite struct `A directory that lies to the index` {
  typealias Provider = `Provider settings`

  /// A scene whose index was filled honestly, and that then is followed through a liar.
  static func scene(persons: [Int] = [150, 150], sentinels: Bool = true) async throws -> (
    LiveScene, LyingServer
  ) {
    var scene = try await LiveScene(
      persons: persons, provider: Provider.noLog, tcp: true, sentinels: sentinels)
    let first = scene.follow(try await scene.index())
    try await first.refreshed()
    await first.stop()
    try await scene.write(LiveScene.title(0, 0, "Läkare"))
    let liar = try LyingServer(beforeURL: try #require(scene.slapd.ldap))
    scene.configuration.server.urls = [liar.url]
    scene.configuration.server.allowsPlainText = true
    return (scene, liar)
  }

  @Test func `half of the present list missing: nobody is taken for gone`() async throws {
    let (scene, liar) = try await Self.scene()
    liar.set { message in
      guard let list = message.presentList else { return .truth }
      var lie = message
      lie.presentList = Array(list.prefix(list.count / 2))
      return .instead(lie.encoded)
    }
    let index = try await scene.index()
    let follower = scene.follow(index)
    let end = try await follower.refreshed()
    #expect(end.refreshed?.0.identities == [HSAIdentity("SE2321000016-P0x0")])
    #expect(end.doubts.isEmpty)
    #expect(try LiveScene.content(index) == (try await scene.directory()))
  }

  @Test(arguments: [true, false])
  func `everything gone, by direct looks too: doubted, and nothing is changed`(sentinels: Bool) async throws {
    let (scene, liar) = try await Self.scene(sentinels: sentinels)
    let switched = Switch()
    liar.set { message in
      if var list = message.presentList {
        switched.on()
        list.removeLast(list.count - 1)
        var lie = message
        lie.presentList = list
        return .instead(lie.encoded)
      }
      return switched.isOn && message.isEntry && message.control("1.3.6.1.4.1.4203.1.9.1.2") == nil
        ? .instead([]) : .truth
    }
    let index = try await scene.index()
    let before = try index.count
    let follower = scene.follow(index)
    let end = try await follower.refreshed()
    #expect(end.doubts.count == 1 && end.doubts.first?.contains("sentinel") == sentinels)
    #expect(try index.count == before)
    await follower.stop()
    // Told the truth again, nothing of it is left.
    liar.set { _ in .truth }
    let again = scene.follow(index)
    #expect(try await again.refreshed().doubts.isEmpty)
    #expect(try LiveScene.content(index) == (try await scene.directory()))
  }

  @Test func `everything said to be deleted: nobody who is there goes`() async throws {
    let (scene, liar) = try await Self.scene()
    let index = try await scene.index()
    let uuids = try Self.uuids(index)
    liar.set { message in
      guard message.syncInfo?.tag == 0xa2 else { return .truth }
      let set = BERNode(0x31, nodes: uuids.map { BERNode(0x04, $0.bytes) })
      return .instead(message.info(BERNode(0xa3, nodes: [BERNode(0x01, [0xff]), set])) + message.encoded)
    }
    let follower = scene.follow(index)
    let end = try await follower.refreshed()
    #expect(end.doubts.isEmpty)
    #expect(try LiveScene.content(index) == (try await scene.directory()))
  }

  @Test func `an empty cookie is not kept, and what was not sent is looked for`() async throws {
    let (scene, liar) = try await Self.scene()
    liar.set { message in
      guard let info = message.syncInfo, [0xa1, 0xa2].contains(info.tag) else { return .truth }
      return .instead(message.info(BERNode(0xa1, nodes: [BERNode(0x04, [])])))
    }
    let index = try await scene.index()
    try await scene.write(.delete(LiveScene.person(1, 1)))
    let follower = scene.follow(index)
    try await follower.refreshed()
    #expect(try index.cookie == nil)
    #expect(try LiveScene.content(index) == (try await scene.directory()))
  }

  @Test func `a refresh that must begin anew does, without loss`() async throws {
    let (scene, liar) = try await Self.scene()
    let switched = Switch()
    liar.set { message in
      guard message.syncInfo != nil, !switched.isOn else { return .truth }
      switched.on()
      return .instead(message.ending(4096))
    }
    let index = try await scene.index()
    let follower = scene.follow(index)
    let end = try await follower.refreshed()
    #expect(end.doubts.isEmpty && end.refreshed?.1.isComplete == true && switched.isOn)
    #expect(try index.cookie != nil)
    #expect(try LiveScene.content(index) == (try await scene.directory()))
  }

  @Test func `a present list cut by a closed connection concludes nothing`() async throws {
    let (scene, liar) = try await Self.scene()
    liar.set { $0.presentList == nil ? .truth : .cut }
    let index = try await scene.index()
    let (before, cookie) = (try index.count, try index.cookie)
    let error = try #require(try await scene.follow(index).ended().error as? LDAPError)
    #expect(error.code == .connectionLost)
    #expect(try index.count == before && index.cookie == cookie)
  }

  private static func uuids(_ index: TreeIndex) throws -> [EntryUUID] {
    var uuids: [EntryUUID] = []
    try index.entries(nil) { uuids += try $0.entryUUIDs() }
    return uuids
  }
}

/// Something that has happened, or not yet.
private final class Switch: Sendable {
  private let state = Mutex(false)
  var isOn: Bool { state.withLock { $0 } }
  func on() { state.withLock { $0 = true } }
}
