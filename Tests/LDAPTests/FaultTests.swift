import Foundation
import TestKit
import Testing

@testable import LDAP

@Suite struct `When things go wrong` {
  static let base = `Operations on a connection`.base

  static func change(_ number: Int) -> WriteOperation {
    .modify(base, [Modification(.replace, "description", [Value("nummer \(number)")])])
  }

  static func timed<Result>(_ body: () async throws -> Result) async rethrows -> (Result, Duration) {
    let begin = ContinuousClock.now
    let result = try await body()
    return (result, ContinuousClock.now - begin)
  }

  @Test
  func `a frozen server: reads end at their deadline, writes with an unknown outcome, and it goes on after`()
    async throws
  {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    slapd.signal(SIGSTOP)
    let (read, time) = await Self.timed {
      await #expect(throws: LDAPError.self) {
        try await connection.entry(Self.base, deadline: .milliseconds(200))
      }
    }
    #expect(read?.code == .deadlineExceeded)
    #expect(time < .seconds(120))
    let write = await #expect(throws: LDAPError.self) {
      try await connection.perform(Self.change(1), deadline: .milliseconds(200))
    }
    #expect(write?.code == .unknownOutcome)
    slapd.signal(SIGCONT)
    #expect(try await connection.perform(Self.change(2)).result == .success)
  }

  @Test
  func
    `cancellation on a frozen server is at once: unknown for a write that was sent, cancelled for the rest`()
    async throws
  {
    let slapd = try await Slapd()
    var configuration = try slapd.configuration
    configuration.window = 2
    let connection = try await LDAPConnection.open(configuration, bind: try slapd.agent)
    slapd.signal(SIGSTOP)
    let sent = [1, 2].map { number in Task { try await connection.perform(Self.change(number)) } }
    try await eventually { await connection.load.sent == 2 }
    let waiting = Task { try await connection.perform(Self.change(3)) }
    let read = Task { try await connection.entry(Self.base) }
    try await eventually { await connection.load.waiting == 2 }
    let ((), time) = try await Self.timed {
      waiting.cancel()
      read.cancel()
      try await eventually { await connection.load.waiting == 0 }
      for task in sent { task.cancel() }
      for task in sent {
        let error = await #expect(throws: LDAPError.self) { try await task.value }
        #expect(error?.code == .unknownOutcome)
      }
      let unsent = await #expect(throws: LDAPError.self) { try await waiting.value }
      #expect(unsent?.code == .cancelled)
      let reading = await #expect(throws: LDAPError.self) { try await read.value }
      #expect(reading?.code == .cancelled)
    }
    #expect(time < .seconds(120))
    slapd.signal(SIGCONT)
  }

  @Test func `a task that is cancelled already sends nothing`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await connection.perform(Self.change(1))
    }
    task.cancel()
    let error = await #expect(throws: LDAPError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(try await connection.entry(Self.base)?["description"] == [])
  }

  @Test func `cancellation abandons a search at the server`() async throws {
    var options = Slapd.Options()
    options.logLevel = "stats"
    let slapd = try await Slapd([.base, `Reading a directory`.persons(20_000)], options: options)
    let connection = try await slapd.connection()
    let task = Task {
      for try await _ in connection.search(SearchRequest(base: Self.base)) {
        try await Task.sleep(for: .seconds(60))
      }
    }
    try await eventually { slapd.log.contains("SRCH base=\"o=Region Exempel,c=SE\"") }
    task.cancel()
    await #expect(throws: (any Error).self) { try await task.value }
    try await eventually { slapd.log.contains("ABANDON msg=") }
  }

  @Test
  func `a killed server: all that is outstanding fails at once, later calls too, and never anonymously`()
    async throws
  {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    slapd.signal(SIGSTOP)
    let writes = (1...100).map { number in Task { try await connection.perform(Self.change(number)) } }
    let reads = (1...3).map { _ in Task { try await connection.entry(Self.base) } }
    try await eventually {
      let load = await connection.load
      return load.sent == 64 && load.waiting == 39
    }
    let ((), time) = await Self.timed {
      slapd.stop()
      var unknown = 0
      for task in writes {
        let error = await #expect(throws: LDAPError.self) { try await task.value }
        #expect([.unknownOutcome, .connectionLost].contains(error?.code))
        if error?.code == .unknownOutcome { unknown += 1 }
      }
      // 64 were in the window, the three reads among them or not; those behind it were never sent.
      #expect((61...64).contains(unknown))
      for task in reads {
        let error = await #expect(throws: LDAPError.self) { try await task.value }
        #expect(error?.code == .connectionLost)
      }
    }
    #expect(time < .seconds(120))
    for _ in 1...3 {
      let later = await #expect(throws: LDAPError.self) { try await connection.whoAmI() }
      #expect(later?.code == .connectionLost)
    }
    let write = await #expect(throws: LDAPError.self) { try await connection.perform(Self.change(1)) }
    #expect(write?.code == .connectionLost)
  }

  @Test func `a connection that is cut in the middle of an answer fails the search, whatever came before`()
    async throws
  {
    var options = Slapd.Options()
    options.listensOnTCP = true
    let slapd = try await Slapd([.base, `Reading a directory`.persons(2_000)], options: options)
    let proxy = try Proxy(toURL: try #require(slapd.ldap), down: .init(cutAfter: 100_001))
    var configuration = LDAPConfiguration(urls: [try LDAPURL("ldap://127.0.0.1:\(proxy.port)")])
    configuration.allowsPlainText = true
    let connection = try await LDAPConnection.open(configuration, bind: try slapd.agent)
    let error = await #expect(throws: LDAPError.self) {
      for try await _ in connection.search(SearchRequest(base: Self.base)) {}
    }
    #expect(error?.code == .connectionLost)
  }

  @Test func `a server that falls silent in the middle of a message is given up at the deadline`()
    async throws
  {
    var options = Slapd.Options()
    options.listensOnTCP = true
    let slapd = try await Slapd([.base, `Reading a directory`.persons(2_000)], options: options)
    let proxy = try Proxy(toURL: try #require(slapd.ldap), down: .init(silentAfter: 100_001))
    var configuration = LDAPConfiguration(urls: [try LDAPURL("ldap://127.0.0.1:\(proxy.port)")])
    configuration.allowsPlainText = true
    let connection = try await LDAPConnection.open(configuration, bind: try slapd.agent)
    let (error, time) = await Self.timed {
      await #expect(throws: LDAPError.self) {
        let request = SearchRequest(base: Self.base, deadline: .milliseconds(500))
        for try await _ in connection.search(request) {}
      }
    }
    #expect(error?.code == .deadlineExceeded)
    #expect(time < .seconds(120))
  }

  @Test func `a frozen server that takes in no more octets does not hold up the thread beyond the deadline`()
    async throws
  {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    slapd.signal(SIGSTOP)
    let large = WriteOperation.modify(
      Self.base,
      [
        Modification(
          .add, "description", (0..<4_000).map { Value("\($0) " + String(repeating: "x", count: 1_000)) })
      ])
    let (error, time) = await Self.timed {
      await #expect(throws: LDAPError.self) {
        try await connection.perform(large, deadline: .milliseconds(500))
      }
    }
    #expect(error?.code == .unknownOutcome)
    #expect(time < .seconds(120))
  }

  @Test(arguments: [
    Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02, 0x01, 0x01],
    [0x30, 0x03, 0x02, 0x01, 0x01],
    [0x30, 0x0c, 0x02, 0x01, 0x01, 0x61, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x7f, 0x04, 0x00],
    [UInt8](repeating: 0xff, count: 64), [UInt8](repeating: 0, count: 64), [0x30, 0x80, 0, 0], [0x30, 0],
  ])
  func `a server that answers with garbage is told so, or given up, and crashes nothing`(octets: [UInt8])
    async throws
  {
    let server = try ScriptedServer(sending: octets)
    var configuration = LDAPConfiguration(urls: [try LDAPURL("ldap://127.0.0.1:\(server.port)")])
    configuration.allowsPlainText = true
    configuration.operationTimeout = .milliseconds(500)
    let bind = BindMethod.simple(dn: "cn=x", password: try Secret([120]))
    let error = await #expect(throws: LDAPError.self) {
      try await LDAPConnection.open(configuration, bind: bind)
    }
    #expect([.malformedAnswer, .deadlineExceeded, .connectionLost].contains(error?.code))
  }

  @Test func `more operations than the window are sent as answers come`() async throws {
    let slapd = try await Slapd()
    var configuration = try slapd.configuration
    configuration.window = 4
    let connection = try await LDAPConnection.open(configuration, bind: try slapd.agent)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 1...50 { group.addTask { try await connection.compare(Self.base, "o", "region exempel") } }
      for try await isEqual in group {
        #expect(isEqual)
        #expect(await connection.load.sent <= 4)
      }
    }
  }

  @Test func `a closed connection says so, twice closed as well`() async throws {
    let slapd = try await Slapd()
    let connection = try await slapd.connection()
    await connection.close()
    await connection.close()
    let error = await #expect(throws: LDAPError.self) { try await connection.whoAmI() }
    #expect(error?.code == .connectionLost)
  }

  @Test func `a hundred connections opened and dropped leave no descriptor behind`() async throws {
    let slapd = try await Slapd()
    for _ in 1...10 { _ = try await slapd.connection() }
    func sockets() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
    let before = try sockets()
    for _ in 1...100 { _ = try await slapd.connection().whoAmI() }
    try await eventually(within: .seconds(60), "the end of the connections' threads") {
      try sockets() <= before + 20
    }
  }
}
