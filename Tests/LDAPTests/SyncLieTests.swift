import Foundation
import Synchronization
import TestKit
import Testing

@testable import LDAP

@Suite struct `A provider that lies` {
  typealias Sync = `Following content`

  static let state = "1.3.6.1.4.1.4203.1.9.1.2"

  /// A server with a liar before it, a connection through the liar, and what was known before it lied.
  struct Scene {
    let slapd: Slapd
    let liar: LyingServer
    let start: SyncFollower.Knowledge

    /// What comes of following on from the start through the liar.
    func follow(_ cookie: [UInt8]?) async throws -> SyncFollower {
      SyncFollower(try await connection(), Sync.request(cookie), after: start)
    }

    func connection() async throws -> LDAPConnection {
      var configuration = LDAPConfiguration(urls: [try LDAPURL(liar.url)])
      configuration.allowsPlainText = true
      return try await LDAPConnection.open(configuration, bind: try slapd.agent)
    }
  }

  static func scene(persons: Int = 600, changes: Bool = true) async throws -> Scene {
    let slapd = try await Sync.slapd(persons: persons, log: "", tcp: true)
    let first = SyncFollower(try await slapd.connection(), Sync.request())
    let start = try await first.refreshed()
    if changes { try await Sync.write(try await slapd.connection(), Sync.title(1, "Läkare")) }
    return Scene(slapd: slapd, liar: try LyingServer(beforeURL: try #require(slapd.ldap)), start: start)
  }

  @Test(arguments: [
    [], [0x30], [0x30, 0], [0xff, 0xff, 0xff], [0x30, 0x03, 0x0a, 0x01, 0x01],
    [0x30, 0x06, 0x0a, 0x01, 0x01, 0x04, 0x01, 0x07], [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x0a],
    [0x30, 21, 0x0a, 1, 9, 4, 16] + [UInt8](repeating: 7, count: 16),
    [0x30, 24, 0x0a, 1, 1, 4, 16] + [UInt8](repeating: 7, count: 16) + [4, 9, 9],
  ])
  func `garbage in the state of an entry ends it`(value: [UInt8]) async throws {
    let scene = try await Self.scene(persons: 3)
    scene.liar.set { message in
      guard message.control(Self.state) != nil else { return .truth }
      var lie = message
      lie.setControl(Self.state, value)
      return .instead(lie.encoded)
    }
    let follower = try await scene.follow(nil)
    #expect(try await follower.ended().error?.code == .malformedAnswer)
  }

  @Test func `an entry without a state ends it`() async throws {
    let scene = try await Self.scene(persons: 3)
    scene.liar.set { message in
      guard message.isEntry, message.control(Self.state) != nil else { return .truth }
      var lie = message
      lie.node.nodes.removeLast()
      return .instead(lie.encoded)
    }
    let follower = try await scene.follow(nil)
    #expect(try await follower.ended().error?.code == .malformedAnswer)
  }

  @Test func `a present list that is cut by a closed connection ends nothing but the connection`()
    async throws
  {
    let scene = try await Self.scene()
    let lists = Counter()
    scene.liar.set { message in
      message.presentList == nil || lists.next() == 1 ? .truth : .cut
    }
    let follower = try await scene.follow(scene.start.cookie)
    let end = try await follower.ended()
    #expect(end.error?.code == .connectionLost)
    #expect(!end.isRefreshed && end.content.count == 600)
    #expect(!end.told.contains("cookie"))
  }

  @Test func `a present list with garbage in it ends it, with nothing concluded`() async throws {
    let scene = try await Self.scene()
    scene.liar.set { message in
      guard var list = message.presentList, list.count > 1 else { return .truth }
      list[1] = BERNode(0x04, [1, 2, 3])
      var lie = message
      lie.presentList = list
      return .instead(lie.encoded)
    }
    let end = try await scene.follow(scene.start.cookie).ended()
    #expect(end.error?.code == .malformedAnswer)
    #expect(!end.isRefreshed && end.content.count == 600)
  }

  @Test func `an empty cookie is handed on as one`() async throws {
    let scene = try await Self.scene(persons: 3)
    scene.liar.set { message in
      guard let info = message.syncInfo, [0xa1, 0xa2].contains(info.tag) else { return .truth }
      return .instead(message.info(BERNode(info.tag, nodes: [BERNode(0x04, [])])))
    }
    let end = try await scene.follow(nil).refreshed()
    #expect(end.told == ["entries 3", "empty cookie", "refreshed deletes"])
  }

  @Test func `an end of one phase is not the end of the refresh`() async throws {
    let scene = try await Self.scene(persons: 3)
    scene.liar.set { message in
      guard let info = message.syncInfo, info.tag == 0xa2 else { return .truth }
      let more = BERNode(0xa2, nodes: [BERNode(0x01, [0])])
      let gone = BERNode(
        0xa3,
        nodes: [
          BERNode(0x01, [0xff]), BERNode(0x31, nodes: [BERNode(0x04, [UInt8](repeating: 7, count: 16))]),
        ])
      let done = BERNode(0xa1, info.octets)
      return .instead(message.info(more) + message.info(gone) + message.info(done))
    }
    let follower = try await scene.follow(scene.start.cookie)
    let end = try await follower.refreshed()
    #expect(end.told.suffix(3) == ["deleted 1", "cookie", "refreshed"])
    #expect(end.told.filter { $0.hasPrefix("refreshed") }.count == 1 && end.end == nil)
  }

  @Test func `a server that does not go on after the refresh ends it, and one that says no fails it`()
    async throws
  {
    let scene = try await Self.scene(persons: 3)
    let done = BERNode(0x30, nodes: [BERNode(0x04, Array("c".utf8)), BERNode(0x01, [0xff])])
    scene.liar.set { message in
      message.syncInfo == nil ? .truth : .instead(message.ending(0, done: done))
    }
    let end = try await scene.follow(nil).ended()
    #expect(end.error == nil && end.told == ["entries 3", "cookie", "refreshed deletes"])
    scene.liar.set { message in message.syncInfo == nil ? .truth : .instead(message.ending(0)) }
    #expect(try await scene.follow(nil).ended().error?.code == .malformedAnswer)
    scene.liar.set { message in message.syncInfo == nil ? .truth : .instead(message.ending(4096)) }
    let required = try await scene.follow(nil).ended()
    #expect(required.error?.result == .syncRefreshRequired && !required.isRefreshed)
  }

  @Test(arguments: [
    [], [0x30, 0], [0xa3, 0], [0xa3, 2, 0x31, 9], [0xa1, 3, 4, 9, 9], [0xa2, 3, 1, 1, 0, 0],
  ])
  func `an information that is none ends it`(value: [UInt8]) async throws {
    let scene = try await Self.scene(persons: 3)
    scene.liar.set { message in
      guard message.syncInfo != nil else { return .truth }
      var lie = message
      lie.node.nodes[1].nodes[1] = BERNode(0x81, value)
      return .instead(lie.encoded)
    }
    #expect(try await scene.follow(nil).ended().error?.code == .malformedAnswer)
  }
}

/// Counts from 1, for scripts that do something else each time.
private final class Counter: Sendable {
  private let state = Mutex(0)
  func next() -> Int {
    state.withLock { count in
      count += 1
      return count
    }
  }
}
