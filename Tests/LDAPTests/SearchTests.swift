import Foundation
import TestKit
import Testing

@testable import LDAP

@Suite struct `Reading a directory` {
  static let base = Operations.base

  typealias Operations = `Operations on a connection`

  static func read(_ connection: LDAPConnection, _ request: SearchRequest) async throws -> (
    [String: Entry], SearchOutcome
  ) {
    let stream = connection.search(request)
    var found: [String: Entry] = [:]
    for try await batch in stream {
      for index in 0..<batch.count {
        var entry = try batch.entry(index)
        entry.attributes = entry.attributes.map { Attribute($0.name, $0.values.sorted()) }.sorted {
          $0.name < $1.name
        }
        #expect(found.updateValue(entry, forKey: batch.dnText(index)) == nil)
      }
    }
    return (found, try stream.outcome())
  }

  /// 150 MB of persons.
  static var large: Slapd.Content {
    let value = String(repeating: "x", count: 100_000)
    let entries = (1...1_500).map { number in
      "dn: cn=Person \(number),o=Region Exempel,c=SE\nobjectClass: inetOrgPerson\ncn: Person \(number)\nsn: N\ndescription: \(value)\n"
    }
    return .text(entries.joined(separator: "\n"))
  }

  static func persons(_ count: Int) -> Slapd.Content {
    .text(
      (1...count).map { number in
        """
        dn: cn=Person \(number),o=Region Exempel,c=SE
        objectClass: inetOrgPerson
        cn: Person \(number)
        sn: Nummer \(number)
        description: Åsa
        description: andra värdet \(number)

        """
      }.joined(separator: "\n"))
  }

  @Test func `plain, paged and by content sync give the same entries`() async throws {
    let slapd = try await Slapd([.base, Self.persons(2_345)])
    let connection = try await slapd.connection()
    let methods: [SearchRequest.Method] = [.plain, .paged(100), .paged(5_000), .contentSync()]
    var all: [[String: Entry]] = []
    for method in methods {
      let request = SearchRequest(
        base: Self.base, filter: .present("sn"), attributes: ["cn", "sn", "description", "entryUUID"],
        method: method)
      let (found, outcome) = try await Self.read(connection, request)
      #expect(found.count == 2_345)
      #expect(outcome.entries == 2_345)
      #expect(outcome.isComplete)
      #expect((outcome.syncCookie != nil) == (method == .contentSync()))
      all.append(found)
    }
    for found in all.dropFirst() { #expect(found == all[0]) }
    #expect(all[0].values.allSatisfy { $0["description"].count == 2 && $0["entryUUID"].count == 1 })
  }

  @Test func `a content sync goes on from its cookie with what was changed and deleted since`() async throws {
    let slapd = try await Slapd([.base, Self.persons(5)])
    let connection = try await slapd.connection()
    func sync(_ cookie: [UInt8]?) async throws -> ([String: Entry], SearchOutcome) {
      let request = SearchRequest(
        base: Self.base, filter: .present("sn"), attributes: ["cn", "entryUUID"],
        method: .contentSync(cookie: cookie))
      return try await Self.read(connection, request)
    }
    let (first, start) = try await sync(nil)
    #expect(start.sync?.refreshDeletes == true)
    let gone = try #require(first["cn=Person 1,\(Slapd.suffix)"])
    _ = try await connection.perform(.delete(gone.dn))
    let changed = try #require(first["cn=Person 2,\(Slapd.suffix)"])
    _ = try await connection.perform(.modify(changed.dn, [Modification(.replace, "title", ["Läkare"])]))
    let (second, end) = try await sync(start.syncCookie)
    #expect(Array(second.keys) == ["cn=Person 2,\(Slapd.suffix)"])
    #expect(end.isComplete)
    #expect(end.syncCookie != start.syncCookie)
    #expect(try Self.isGone(gone, end))
    #expect(try !Self.isGone(try #require(first["cn=Person 3,\(Slapd.suffix)"]), end))

    let next = try #require(first["cn=Person 4,\(Slapd.suffix)"])
    _ = try await connection.perform(.delete(next.dn))
    let (third, last) = try await sync(end.syncCookie)
    #expect(third.isEmpty)
    #expect(try Self.isGone(next, last))
  }

  /// Whether a content sync told that an entry is gone: by naming it, or by naming all others.
  private static func isGone(_ entry: Entry, _ outcome: SearchOutcome) throws -> Bool {
    let sync = try #require(outcome.sync)
    let identifier = try #require(UUID(uuidString: entry.text("entryUUID") ?? "")).uuid
    let octets = withUnsafeBytes(of: identifier) { Array($0) }
    return sync.deleted.contains(octets)
      || !sync.refreshDeletes && !sync.present.isEmpty && !sync.present.contains(octets)
  }

  @Test func `a size limit, ours or the server's, shows as incomplete`() async throws {
    let slapd = try await Slapd([.base, Self.persons(150)])
    let agent = try await slapd.connection()
    let (ten, limited) = try await Self.read(
      agent, SearchRequest(base: Self.base, filter: .present("sn"), sizeLimit: 10))
    #expect(ten.count == 10)
    #expect(limited.result == .sizeLimitExceeded)
    #expect(!limited.isComplete)
    let reader = try await slapd.connection(try slapd.reader)
    let (hundred, hard) = try await Self.read(reader, SearchRequest(base: Self.base, filter: .present("sn")))
    #expect(hundred.count == 100)
    #expect(hard.result == .sizeLimitExceeded)
    #expect(!hard.isComplete)
  }

  @Test func `referrals are counted and never followed`() async throws {
    let referral = """
      dn: ou=Annanstans,o=Region Exempel,c=SE
      objectClass: referral
      objectClass: extensibleObject
      ou: Annanstans
      ref: ldap://127.0.0.1:1/ou=Annanstans,o=Region%20Exempel,c=SE

      """
    let slapd = try await Slapd([.base, Self.persons(3), .text(referral)])
    let connection = try await slapd.connection()
    let (found, outcome) = try await Self.read(
      connection, SearchRequest(base: Self.base, filter: .present("sn")))
    #expect(found.count == 3)
    #expect(outcome.referrals == 1)
    #expect(outcome.result == .success)
    #expect(!outcome.isComplete)
    let below = try DistinguishedName(parsing: "cn=x,ou=Annanstans,\(Slapd.suffix)")
    let error = await #expect(throws: LDAPError.self) { try await connection.entry(below) }
    #expect(error?.result == .referral)
    let itself = SearchRequest(
      base: Self.base, filter: .equal("objectClass", "referral"), controls: [.manageDsaIT])
    let (managed, complete) = try await Self.read(connection, itself)
    #expect(managed.count == 1)
    #expect(complete.isComplete)
  }

  @Test func `a base that does not exist is an error with the result, and no data in it`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let base = try DistinguishedName(parsing: "ou=Hemlig,\(Slapd.suffix)")
    let error = await #expect(throws: LDAPError.self) {
      try await Self.read(connection, SearchRequest(base: base))
    }
    #expect(error?.code == .operationFailed)
    #expect(error?.result == .noSuchObject)
    #expect(error?.description.contains("Exempel") == false)
    #expect(error?.debugDescription.lowercased().contains("o=region exempel") == true)
  }

  @Test func `a consumer that lags gets everything, and what waits for it is bounded`() async throws {
    let slapd = try await Slapd([.base, Self.large])
    let connection = try await slapd.connection()
    let stream = connection.search(SearchRequest(base: Self.base, filter: .present("sn")))
    var count = 0
    var isFirst = true
    for try await batch in stream {
      count += batch.count
      guard isFirst else { continue }
      isFirst = false
      // 150 MB are on their way: the server must be made to wait when 64 MiB lie here.
      let channel = stream.channel
      try await eventually(within: .seconds(60), "a full channel") {
        channel.waitingBytes >= EntryChannel.mostBytes
      }
      #expect(channel.isFull)
      #expect(channel.waitingBytes < EntryChannel.mostBytes + 16 << 20)
    }
    #expect(count == 1_500)
    #expect(try stream.outcome().isComplete)
  }

  @Test func `leaving the loop early abandons the search`() async throws {
    var options = Slapd.Options()
    options.logLevel = "stats"
    // More than lies here unread: the server cannot have ended when the loop is left.
    let slapd = try await Slapd([.base, Self.large], options: options)
    let connection = try await slapd.connection()
    for try await batch in connection.search(SearchRequest(base: Self.base)) where batch.count > 0 { break }
    try await eventually { slapd.log.contains("ABANDON msg=") }
    #expect(try await connection.entry(Self.base) != nil)
  }
}
