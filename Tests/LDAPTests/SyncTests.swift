import Foundation
import TestKit
import Testing

@testable import LDAP

@Suite struct `Following content` {
  static let base = `Operations on a connection`.base
  static let logged =
    "overlay syncprov\nsyncprov-checkpoint        1000 1\nsyncprov-sessionlog-source cn=log\n"

  /// A server whose sync provider remembers deletions in memory only, in the access log, or not at all.
  static func slapd(persons: Int = 5, log: String? = nil, tcp: Bool = false) async throws -> Slapd {
    var options = Slapd.Options()
    options.listensOnTCP = tcp
    if let log { options.edits = [(logged, "overlay syncprov\nsyncprov-checkpoint 1000 1\n\(log)\n")] }
    return try await Slapd([.base, `Reading a directory`.persons(persons)], options: options)
  }

  static func request(_ cookie: [UInt8]? = nil, patience: Duration = .seconds(90)) -> SyncRequest {
    SyncRequest(
      base: base, filter: .present("sn"), attributes: ["cn", "sn", "entryUUID"], cookie: cookie,
      refreshDeadline: patience)
  }

  static func dn(_ number: Int) throws -> DistinguishedName {
    try DistinguishedName(parsing: "cn=Person \(number),\(Slapd.suffix)")
  }

  static func name(_ number: Int) -> String { "cn=Person \(number),\(Slapd.suffix)" }

  static func person(_ number: Int) throws -> WriteOperation {
    var entry = Entry(dn: try dn(number))
    entry.attributes = [
      Attribute("objectClass", ["inetOrgPerson"]), Attribute("cn", [Value("Person \(number)")]),
      Attribute("sn", ["Ny"]),
    ]
    return .add(entry)
  }

  static func title(_ number: Int, _ title: Value) throws -> WriteOperation {
    .modify(try dn(number), [Modification(.replace, "title", [title])])
  }

  static func write(_ connection: LDAPConnection, _ operations: WriteOperation...) async throws {
    for operation in operations {
      let answer = try await connection.perform(operation)
      guard answer.result == .success else { throw Failure("\(answer)") }
    }
  }

  @Test func `begins with all of it, each entry with its identifier, and a cookie before the end`()
    async throws
  {
    let slapd = try await Self.slapd(persons: 2_345)
    let connection = try await slapd.connection()
    let stream = connection.sync(Self.request())
    var (entries, last, ends) = (0, [UInt8](), 0)
    reading: for try await event in stream {
      switch event {
      case .entries(let table, let identifiers):
        entries += table.count
        #expect(table.count == identifiers.count && table.count <= EntryBatch.mostEntries)
        for (row, identifier) in identifiers.enumerated() {
          #expect(try table.entry(row).text("entryUUID") == identifier.description)
        }
      case .cookie(let cookie): last = cookie
      case .refreshed(let deletes):
        #expect(deletes)
        ends += 1
        break reading
      default: Issue.record("\(event)")
      }
    }
    #expect(entries == 2_345 && ends == 1 && !last.isEmpty && stream.referrals == 0)
  }

  @Test func `goes on with what is added, changed, renamed and deleted, each with its cookie`() async throws {
    let slapd = try await Self.slapd()
    let follower = SyncFollower(try await slapd.connection(), Self.request())
    let start = try await follower.refreshed()
    #expect(start.told == ["entries 5", "cookie", "refreshed deletes"])
    let agent = try await slapd.connection()
    try await Self.write(agent, Self.person(6))
    try await eventually { follower.knowledge.names.contains(Self.name(6)) }
    try await Self.write(agent, Self.title(1, "Läkare"))
    try await eventually { follower.knowledge.told.count { $0 == "entries 1" } == 2 }
    let renamed = RelativeDistinguishedName("cn", "Person 66")
    try await Self.write(
      agent, .rename(Self.dn(6), newRDN: renamed, deleteOldRDN: true, newSuperior: nil), .delete(Self.dn(2)))
    try await eventually { follower.knowledge.told.suffix(2) == ["deleted 1", "cookie"] }
    let end = follower.knowledge
    #expect(end.names == [1, 3, 4, 5, 66].map(Self.name).sorted())
    #expect(end.content.first { $0.value == Self.name(66) }.map { start.content[$0.key] == nil } == true)
    #expect(end.cookie != start.cookie && end.end == nil)
  }

  @Test func `other operations go on beside it, and silence after the refresh is no fault`() async throws {
    let slapd = try await Self.slapd()
    let connection = try await slapd.connection()
    let follower = SyncFollower(connection, Self.request(patience: .milliseconds(200)))
    _ = try await follower.refreshed()
    for _ in 1...8 {
      #expect(try await connection.whoAmI() == "dn:" + Slapd.agentDN)
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(try await connection.entry(Self.dn(1)) != nil)
    #expect(follower.knowledge.end == nil)
    #expect(await connection.load.sent == 1)
    await follower.stop()
    #expect(follower.knowledge.error?.code == .cancelled)
    try await eventually { await connection.load.sent == 0 }
    #expect(try await connection.whoAmI() == "dn:" + Slapd.agentDN)
  }

  @Test func `a refresh that falls silent is given up at its deadline`() async throws {
    let slapd = try await Self.slapd()
    let connection = try await slapd.connection()
    slapd.signal(SIGSTOP)
    let follower = SyncFollower(connection, Self.request(patience: .milliseconds(200)))
    #expect(try await follower.ended().error?.code == .deadlineExceeded)
    slapd.signal(SIGCONT)
  }

  @Test func `goes on from a cookie within the log with just what changed`() async throws {
    let slapd = try await Self.slapd(log: "syncprov-sessionlog 100")
    let agent = try await slapd.connection()
    let first = SyncFollower(try await slapd.connection(), Self.request())
    let start = try await first.refreshed()
    await first.stop()
    try await Self.write(agent, .delete(Self.dn(1)), Self.title(2, "Läkare"), Self.person(9))
    let second = SyncFollower(try await slapd.connection(), Self.request(start.cookie), after: start)
    let end = try await second.refreshed()
    #expect(end.told.sorted() == ["cookie", "deleted 1", "entries 2", "refreshed deletes"])
    #expect(end.names == [2, 3, 4, 5, 9].map(Self.name))
    // Up to date: nothing is told, and no cookie.
    let third = SyncFollower(try await slapd.connection(), Self.request(end.cookie), after: end)
    let same = try await third.refreshed()
    #expect(same.told.last == "refreshed deletes" && same.told.allSatisfy { !$0.hasPrefix("entries") })
    #expect(same.names == end.names)
  }

  @Test(arguments: ["syncprov-sessionlog 2", ""])
  func `goes on from a cookie beyond the log with a list of all that is present`(log: String) async throws {
    let slapd = try await Self.slapd(persons: 600, log: log)
    let agent = try await slapd.connection()
    let first = SyncFollower(try await slapd.connection(), Self.request())
    let start = try await first.refreshed()
    await first.stop()
    for number in 1...4 { try await Self.write(agent, .delete(Self.dn(number))) }
    try await Self.write(agent, Self.title(5, "Läkare"))
    let second = SyncFollower(try await slapd.connection(), Self.request(start.cookie), after: start)
    let end = try await second.refreshed()
    #expect(end.told.suffix(2) == ["cookie", "refreshed"])
    #expect(end.told.contains("entries 1") && end.told.contains { $0.hasPrefix("present") })
    #expect(end.content.count == 596 && end.names.contains(Self.name(5)))
    try await Self.write(agent, .delete(Self.dn(6)))
    try await eventually { second.knowledge.content.count == 595 }
  }

  @Test(arguments: ["rid=000,csn=garbage", "garbage"])
  func `a cookie that is none brings all of it, as if that were what changed`(cookie: String) async throws {
    let slapd = try await Self.slapd()
    let follower = SyncFollower(try await slapd.connection(), Self.request(Array(cookie.utf8)))
    let knowledge = try await follower.refreshed()
    #expect(knowledge.told.first == "entries 5" && knowledge.told.last == "refreshed deletes")
  }

  @Test func `a cookie newer than the server is refused with 53`() async throws {
    let slapd = try await Self.slapd()
    let cookie = Array("rid=000,csn=29991231235959.000000Z#000000#000#000000".utf8)
    let follower = SyncFollower(try await slapd.connection(), Self.request(cookie))
    let error = try #require(try await follower.ended().error)
    #expect(error.code == .operationFailed && error.result == .unwillingToPerform)
  }

  @Test func `a server without content sync refuses it with 12`() async throws {
    var options = Slapd.Options()
    options.edits = [(Self.logged, "")]
    let slapd = try await Slapd([.base], options: options)
    let follower = SyncFollower(try await slapd.connection(), Self.request())
    let error = try #require(try await follower.ended().error)
    #expect(error.code == .operationFailed && error.result == .unavailableCriticalExtension)
  }

  @Test func `a provider that stops is noticed at once, and after its start the sync goes on`() async throws {
    let slapd = try await Self.slapd()
    let follower = SyncFollower(try await slapd.connection(), Self.request())
    let start = try await follower.refreshed()
    slapd.stop()
    #expect(try await follower.ended().error?.code == .connectionLost)
    let again = try await slapd.startAgain()
    let agent = try await slapd.connection()
    try await Self.write(agent, .delete(Self.dn(3)), Self.title(4, "Läkare"))
    let second = SyncFollower(try await slapd.connection(), Self.request(start.cookie), after: start)
    #expect(try await second.refreshed().names == [1, 2, 4, 5].map(Self.name))
    withExtendedLifetime(again) {}
  }

  @Test func `what stands on another server is counted`() async throws {
    let referral = """
      dn: ou=Annan,\(Slapd.suffix)
      objectClass: referral
      objectClass: extensibleObject
      ou: Annan
      ref: ldap://127.0.0.1:1/ou=Annan,\(Slapd.suffix.replacing(" ", with: "%20"))

      """
    let slapd = try await Slapd([.base, .text(referral)])
    let follower = SyncFollower(
      try await slapd.connection(),
      SyncRequest(base: Self.base, filter: .present("objectClass"), attributes: ["cn"]))
    #expect(try await follower.refreshed().referrals == 1)
  }
}
