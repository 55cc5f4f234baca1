import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// 389 Directory Server names entries by its nsUniqueId in a content sync, and by entryUUID only to who does not go on
/// after the refresh ("openldap compat not supported with persistence"): it is polled, with or without its plug-in.
@Suite(
  .enabled("389 Directory Server is tested by make test-389ds") {
    ProcessInfo.processInfo.environment["HSASYNC_TEST_389DS"] == "1" && DirectoryServer389.isInstalled
  })
struct `Following a 389 Directory Server` {
  @Test(.timeLimit(.minutes(5)), arguments: [false, true])
  func `is by polling`(syncs: Bool) async throws {
    let server = try await DirectoryServer389(.region, syncs: syncs)
    var configuration = try `389 Directory Server`.configuration(server)
    configuration.daemon.polling = .milliseconds(200)
    let question = Run(configuration, logger: `389 Directory Server`.logger).question()
    let connection = try await server.connection()
    #expect(try await connection.rootDSE().supportedControls.contains(Control.OID.syncRequest) == syncs)
    let reader = LinkReader(
      profile: configuration.profile, management: configuration.management, rules: nil,
      schema: try await connection.schema())
    let index = try TreeIndex.open(
      server.folder.path("index"),
      binding: IndexBinding(
        servers: [server.ldapi], base: configuration.base, filter: question.filter.description,
        attributes: question.attributes, identity: connection.authorizationIdentity, reading: reader.digest),
      reader: reader)
    let follower = LiveFollower(configuration, index, question)
    let start = try await follower.refreshed()
    #expect(start.source == .polling && start.refreshed?.1.isComplete == true)
    let root = try await server.connection(server.root)
    let name = try Self.anyPerson(index)
    let change = WriteOperation.modify(name, [Modification(.replace, "description", ["Ändrad"])])
    #expect(try await root.perform(change).result == .success)
    try await eventually(within: .seconds(120), "the change") { !follower.knowledge.changed.isEmpty }
    #expect(try index.cookie == nil)
    await follower.stop()
  }

  private static func anyPerson(_ index: TreeIndex) throws -> DistinguishedName {
    var names: [String] = []
    try index.entries(nil) { batch in names += (0..<batch.count).map { batch.dnText($0) } }
    return try DistinguishedName(parsing: try #require(names.first { $0.lowercased().hasPrefix("cn=") }))
  }
}
