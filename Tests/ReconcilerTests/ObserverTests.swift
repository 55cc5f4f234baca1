import Directory
import Foundation
import LDAP
import Logging
import TestKit
import Testing

@testable import Reconciler

@Suite struct `Reading the directory` {
  static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  static func configuration(
    _ slapd: Slapd, as account: String = "agent", base: String = Slapd.suffix,
    sentinels: [Configuration.Sentinel] = []
  ) throws -> Configuration {
    let dn = ["agent": Slapd.agentDN, "reader": Slapd.readerDN][account] ?? ""
    let password = Configuration.Bind.Password.file(slapd.folder.path("state/secrets/\(account)"))
    let bind = Configuration.Bind(.simple(dn: dn, password), identity: "dn:" + dn)
    return Configuration(
      file: "hsasync.yaml", server: .init(urls: [slapd.ldapi], bind: bind),
      base: try DistinguishedName(parsing: base), basePosition: SourcePosition(file: "hsasync.yaml", line: 5),
      profile: try Catalogue.profile(), profileFile: "hsa.yaml", sentinels: sentinels)
  }

  /// What a read gives: the proof, and each entry as text in a fixed order.
  static func read(
    _ configuration: Configuration, ways: [SearchRequest.Method]? = nil,
    progress: @escaping ProgressReport = { _ in }
  ) async throws -> (entries: [String], proof: ReadProof) {
    let observer = try await Observer.open(configuration, logger: logger)
    let question = Observer.Question(
      filter: .present("objectClass"),
      attributes: ["objectClass", "hsaIdentity", "title", "entryUUID", "entryCSN"])
    let (entries, proof) = try await observer.read(question, ways: ways, progress: progress) {
      [String]()
    } take: { entries, batch in
      for index in 0..<batch.count { entries.append(text(try batch.entry(index))) }
    }
    await observer.close()
    return (entries.sorted(), proof)
  }

  private static func text(_ entry: Entry) -> String {
    let attributes = entry.attributes.map { "\($0.name)=\($0.values.sorted().map { $0.text ?? "" })" }
    return "\(entry.dn) \(attributes.sorted())"
  }

  @Test func `gives the same by content sync, by one search and by pages`() async throws {
    let slapd = try await Slapd([.region])
    let configuration = try Self.configuration(
      slapd, sentinels: [.identity(HSAIdentity("SE2321000016-1000"))])
    let best = try await Self.read(configuration)
    #expect(best.proof.method == .contentSync)
    #expect(best.proof.isComplete, "\(best.proof.faults)")
    #expect(best.proof.entries == best.entries.count && best.proof.entries > 100)
    #expect(best.proof.authorizationIdentity == "dn:" + Slapd.agentDN)
    #expect(!best.proof.contextBefore.isEmpty && best.proof.contextBefore == best.proof.contextAfter)
    for (way, method) in [(SearchRequest.Method.plain, ReadProof.Method.search), (.paged(7), .pagedSearch)] {
      let other = try await Self.read(configuration, ways: [way])
      #expect(other.proof.method == method && other.proof.isComplete)
      #expect(other.entries == best.entries)
    }
  }

  @Test func `falls back to one search where the database has no content sync`() async throws {
    var options = Slapd.Options()
    options.edits = [
      ("overlay syncprov\nsyncprov-checkpoint        1000 1\nsyncprov-sessionlog-source cn=log\n", "")
    ]
    let slapd = try await Slapd([.region], options: options)
    let told = Told()
    let read = try await Self.read(try Self.configuration(slapd), progress: told.report)
    #expect(read.proof.method == .search && read.proof.isComplete)
    #expect(told.progress.contains { if case .readingAgain(.search) = $0 { true } else { false } })
  }

  @Test func `falls back to pages where one search is limited`() async throws {
    let folder = try TemporaryFolder()
    let limits = try folder.write(
      "limits.conf",
      "limits dn.exact=\"\(Slapd.agentDN)\" size.soft=50 size.hard=50 size.pr=1000 size.prtotal=unlimited\n")
    var options = Slapd.Options()
    options.edits = [("include \(Repository.path("conf/slapd"))/limits.conf", "include \(limits)")]
    let slapd = try await Slapd([.region], options: options)
    let read = try await Self.read(try Self.configuration(slapd))
    #expect(read.proof.method == .pagedSearch && read.proof.isComplete, "\(read.proof)")
    #expect(read.proof.entries > 100)
  }

  @Test func `is incomplete when a limit cuts it`() async throws {
    let slapd = try await Slapd([.region])
    let configuration = try Self.configuration(slapd, as: "reader")
    for ways in [nil, [SearchRequest.Method.plain]] as [[SearchRequest.Method]?] {
      let read = try await Self.read(configuration, ways: ways)
      #expect(!read.proof.isComplete && !read.proof.finished)
      #expect(
        read.proof.faults.contains { $0.code == .cutShort && $0.text.contains("LimitExceeded") },
        "\(read.proof.faults)")
    }
  }

  @Test func `tells nothing of the clock where the server does not show it`() async throws {
    let slapd = try await Slapd()
    let agent = try await Self.read(try Self.configuration(slapd))
    #expect(agent.proof.clockSkew.map { abs($0) <= 1 } == true)
    let reader = try await Self.read(try Self.configuration(slapd, as: "reader"))
    #expect(reader.proof.clockSkew == nil && reader.proof.readAt != nil)
  }

  @Test func `is incomplete when a sentinel is hidden`() async throws {
    let catalogue = try await Catalogue(persons: 3)
    let name = try Catalogue.dn(1)
    try await catalogue.change(.modify(name, [Modification(.add, "objectClass", ["hsaConfidentialPerson"])]))
    let sentinels: [Configuration.Sentinel] = [
      .identity(HSAIdentity("se2321000016-p0")), .identity(HSAIdentity("SE2321000016-P1")), .name(name),
      .name(try Catalogue.dn(2)),
    ]
    let agent = try await Self.read(try Self.configuration(catalogue.slapd, sentinels: sentinels))
    #expect(agent.proof.isComplete, "\(agent.proof.faults)")
    let reader = try await Self.read(
      try Self.configuration(catalogue.slapd, as: "reader", sentinels: sentinels))
    #expect(reader.proof.finished && !reader.proof.isComplete)
    #expect(
      reader.proof.faults.map { $0.text.prefix { $0 != ":" } } == [
        "sentinel 2 of 4 was not among the entries read", "sentinel 3 of 4 cannot be read",
      ])
  }

  @Test func `is incomplete when a referral stands for entries elsewhere`() async throws {
    let referral = """
      dn: ou=Annan,\(Slapd.suffix)
      objectClass: referral
      objectClass: extensibleObject
      ou: Annan
      ref: ldap://127.0.0.1:1/ou=Annan,\(Slapd.suffix.replacing(" ", with: "%20"))

      """
    let slapd = try await Slapd([.base, .text(referral)])
    for ways in [nil, [.plain], [.paged(100)]] as [[SearchRequest.Method]?] {
      let read = try await Self.read(try Self.configuration(slapd), ways: ways)
      #expect(!read.proof.isComplete, "\(read.proof)")
    }
  }

  @Test func `needs a base that the server holds and that is there`() async throws {
    let slapd = try await Slapd()
    for (base, code) in [
      ("o=Region Exempel,c=NO", "base-outside-naming-contexts"),
      ("ou=Ingen,o=Region Exempel,c=SE", "base-missing"),
    ] {
      do {
        _ = try await Self.read(try Self.configuration(slapd, base: base))
        Issue.record("\(base) was read")
      } catch let refusal as Refusal {
        #expect(refusal.findings.map(\.code) == [code])
        #expect(refusal.findings.first?.position?.line == 5)
        #expect(refusal.exitCode == .configurationWrong)
        #expect(!refusal.description.contains("Exempel"))
      }
    }
  }

  @Test func `tells a wrong password from a directory that is away`() async throws {
    let slapd = try await Slapd()
    var configuration = try Self.configuration(slapd)
    let wrong = try slapd.folder.write("wrong", "not-the-password")
    configuration.server.bind.method = .simple(dn: Slapd.agentDN, .file(wrong))
    let refused = await #expect(throws: LDAPError.self) { try await Self.read(configuration) }
    #expect(refused.map { ExitCode($0) } == .notPermitted)
    configuration.server.urls = ["ldapi://%2Fnonexistent%2Fldapi"]
    let away = await #expect(throws: LDAPError.self) { try await Self.read(configuration) }
    #expect(away.map { ExitCode($0) } == .directoryUnavailable)
    configuration = try Self.configuration(slapd)
    configuration.server.bind.identity = "dn:cn=somebody else,c=SE"
    let other = await #expect(throws: LDAPError.self) { try await Self.read(configuration) }
    #expect(other.map { ExitCode($0) } == .notPermitted)
  }

  @Test func `throws when the server dies under it`() async throws {
    let catalogue = try await Catalogue(persons: 5000)
    let slapd = catalogue.slapd
    let error = await #expect(throws: LDAPError.self) {
      try await Self.read(try Self.configuration(slapd), ways: [.paged(10)]) { progress in
        if case .reading = progress { slapd.stop() }
      }
    }
    #expect(error.map { ExitCode($0) } == .directoryUnavailable)
  }
}

@Suite struct `The parts of a proof` {
  @Test func `show a directory that went back in time`() {
    let first = "20261121230048.996639Z#000000#000#000000"
    let later = "20261121230049.000000Z#000000#000#000000"
    let other = "20261121230010.000000Z#000000#001#000000"
    #expect(!ContextState([first]).isBehind(ContextState([first])))
    #expect(!ContextState([later, other]).isBehind(ContextState([first])))
    #expect(ContextState([first]).isBehind(ContextState([later])))
    #expect(ContextState([later]).isBehind(ContextState([first, other])))
    #expect(!ContextState(["garbage"]).isBehind(ContextState([])))
  }

  @Test func `show how far two clocks of whole seconds differ`() {
    let asked = Date(timeIntervalSince1970: 1_000.9)
    let answered = Date(timeIntervalSince1970: 1_002.1)
    for (shown, skew) in [
      (1_000, 0), (1_001, 0), (1_002, 0), (999, -1), (1_003, 1), (1_400, 398), (0, -1_000),
    ] {
      let found = DirectoryClock.skew(
        GeneralizedTime(secondsSince1970: Int64(shown)), asked: asked, answered: answered)
      #expect(found == skew, "\(shown)")
    }
  }

  @Test func `find sentinels by value without regard to letter case`() throws {
    var builder = EntryTableBuilder()
    builder.append(
      Entry(dn: try Catalogue.dn(1), attributes: [Attribute("HSAIDENTITY", ["SE1-A", "SE1-B"])]))
    let batch = builder.take()
    var watch = SentinelWatch([
      .value(attribute: "hsaIdentity", Array("se1-b".utf8)),
      .value(attribute: "hsaIdentity", Array("SE1".utf8)),
      .name(Array(try Catalogue.dn(1).description.uppercased().utf8)), .unreadable,
    ])
    watch.look(at: batch)
    #expect(watch.faults.map { $0.text.prefix(15) } == ["sentinel 2 of 4", "sentinel 4 of 4"])
  }
}
