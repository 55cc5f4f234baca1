import Directory
import Foundation
import LDAP
import Logging
import TestKit
import Testing

@testable import Reconciler

/// The sample region with its own configuration, against a server of its own.
struct Sample {
  let slapd: Slapd
  let run: Run
  static let instant = Date(timeIntervalSince1970: 1_795_000_000)

  init(_ configuration: String = "conf/hsasync.yaml", progress: @escaping ProgressReport = { _ in })
    async throws
  {
    slapd = try await Slapd([.region])
    run = try Self.run(slapd, Repository.path(configuration), progress)
  }

  static func run(_ slapd: Slapd, _ path: String, _ progress: @escaping ProgressReport = { _ in }) throws
    -> Run
  {
    let credentials = try slapd.folder.folder("credentials")
    try slapd.folder.write("credentials/ldap", slapd.password(of: "agent"))
    let environment = [
      "HSASYNC_URL": slapd.ldapi, "CREDENTIALS_DIRECTORY": credentials,
      "STATE_DIRECTORY": slapd.folder.path("store"),
    ]
    return Run(
      try Configuration.load(path, environment: environment),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, progress: progress)
  }
}

@Suite struct `A run on the sample region` {
  @Test(.timeLimit(.minutes(10))) func `plans, applies, and is then in agreement`() async throws {
    let told = Told()
    let sample = try await Sample(progress: told.report)
    let plan = try await sample.run.plan(asOf: Sample.instant)
    #expect(plan.proof.method == .contentSync && plan.proof.isComplete)
    #expect(plan.proof.clockSkew.map { abs($0) <= 1 } == true && plan.proof.readAt != nil)
    #expect(!plan.changes.isEmpty && !plan.findings.haveErrors)
    let result = try await sample.run.apply(plan)
    #expect(result.exitCode == .done, "\(result.outcomes.filter { !$0.isApplied })")
    let second = try await sample.run.plan(asOf: Sample.instant)
    #expect(second.changes.isEmpty, "\(second.changes.map { ($0.identity, $0.differences) })")
    #expect(told.progress.contains { if case .desired(let rows, _) = $0 { rows > 50 } else { false } })
    #expect(told.progress.contains { if case .connected = $0 { true } else { false } })
  }

  @Test func `plans the same from an export of the directory`() async throws {
    let sample = try await Sample()
    let live = try await sample.run.plan(asOf: Sample.instant)
    let ldif = try await Tool.run(
      "ldapsearch",
      [
        "-LLL", "-o", "ldif-wrap=no", "-H", sample.slapd.ldapi, "-x", "-D", Slapd.agentDN, "-y",
        sample.slapd.agentPasswordFile, "-b", "c=SE", "(objectClass=*)", "*", "+",
      ])
    let file = try sample.slapd.folder.write("export.ldif", ldif.output)
    let offline = try await sample.run.plan(asOf: Sample.instant, observed: file)
    #expect(offline.proof.method == .file && offline.proof.isComplete, "\(offline.proof.faults)")
    #expect(offline.proof.entries == live.proof.entries)
    #expect(offline.changes.map(\.operation) == live.changes.map(\.operation))
    #expect(offline.changes.map(\.precondition) == live.changes.map(\.precondition))
    let refusal = await #expect(throws: Refusal.self) { try await sample.run.apply(offline) }
    #expect(refusal?.code == .observedFromFile)
  }

  @Test func `refuses an export that is cut off or no LDIF, with its line`() async throws {
    let sample = try await Sample()
    for (text, line) in [("dn: o=Region Exempel,c=SE\nobjectClass", 2), ("<html>\n", 1), ("", 1)] {
      let file = try sample.slapd.folder.write("bad.ldif", text)
      let refusal = await #expect(throws: Refusal.self) {
        try await sample.run.plan(asOf: Sample.instant, observed: file)
      }
      #expect(refusal?.exitCode == .desiredStateWrong)
      #expect(
        refusal?.findings.first?.position?.line == line, "\(text): \(String(describing: refusal?.findings))")
    }
  }

  @Test func `refuses a plan that a guard holds back, before the first write`() async throws {
    let sample = try await Sample()
    var configuration = sample.run.configuration
    configuration.guards.everywhere[.updated] = .init(count: 1)
    let run = Run(configuration, logger: sample.run.logger)
    let before = try await sample.context()
    let plan = try await run.plan(asOf: Sample.instant)
    #expect(plan.tripped.contains { $0.name == .updated && $0.subject == .everything && $0.limitCount == 1 })
    let refusal = await #expect(throws: Refusal.self) { try await run.apply(plan) }
    #expect(refusal?.code == .guardTripped && refusal?.exitCode == .refused)
    #expect(
      refusal?.findings.contains { $0.code == "guard-updated" && $0.message.hasSuffix("limit 1 or 40 %") }
        == true)
    #expect(try await sample.context() == before)
  }

  @Test func `shows changes by absence and refuses to make them`() async throws {
    let sample = try await Sample("conf/absence.yaml")
    let before = try await sample.context()
    let plan = try await sample.run.plan(asOf: Sample.instant)
    #expect(plan.changes.contains { $0.isByAbsence })
    let refusal = await #expect(throws: Refusal.self) { try await sample.run.apply(plan) }
    #expect(refusal?.exitCode == .refused)
    #expect(try await sample.context() == before)
  }

  @Test(arguments: [
    ("", "file-empty"), ("persons:\n\t- x\n", "yaml-tab"), ("persons: &a [*a]\n", "yaml-anchor"),
    ("persons: [{hsaIdentity: SE2321000016-7X3K, parent: SE2321000016-1000, givenName: \"A", "yaml-syntax"),
    ("persons: []\npersons: []\n", "yaml-duplicate-key"), ("- x\n", "yaml-shape"),
    ("\u{0}", "yaml-control-character"),
  ])
  func `stops at a desired state that is not sound, and writes nothing`(text: String, code: String)
    async throws
  {
    let sample = try await Sample()
    let desired = try sample.slapd.folder.write("desired/bad.yaml", text)
    var configuration = sample.run.configuration
    configuration.desired.append(.init(paths: [desired], position: SourcePosition(file: "c.yaml", line: 1)))
    let run = Run(configuration, logger: sample.run.logger)
    let before = try await sample.context()
    let refusal = await #expect(throws: Refusal.self) { try await run.plan(asOf: Sample.instant) }
    #expect(refusal?.exitCode == .desiredStateWrong)
    #expect(
      refusal?.findings.contains { $0.code == code } == true, "\(String(describing: refusal?.findings))")
    #expect(refusal?.findings.contains { $0.position?.file == desired } == true)
    #expect(try run.check(asOf: Sample.instant).exitCode == .desiredStateWrong)
    #expect(try await sample.context() == before)
  }

  @Test func `checks the sample without a server`() async throws {
    let environment = ["HSASYNC_URL": "ldapi://%2Fnone", "CREDENTIALS_DIRECTORY": "/none"]
    let configuration = try Configuration.load(Repository.path("conf/hsasync.yaml"), environment: environment)
    let check = try Run(configuration, logger: Logger(label: "test")).check(asOf: Sample.instant)
    #expect(check.exitCode == .done, "\(check.findings.filter { $0.severity == .error })")
    #expect(check.rows > 50 && check.files > 5)
  }
}

extension Sample {
  /// The directory's newest change.
  func context() async throws -> [Value] {
    let connection = try await slapd.connection(slapd.admin)
    let suffix = DistinguishedName([RelativeDistinguishedName("c", "SE")])
    return try await connection.entry(suffix, attributes: ["contextCSN"])?["contextCSN"] ?? []
  }
}

@Suite struct `A check of a live server` {
  @Test(.timeLimit(.minutes(10))) func `finds the shipped setup good, and changes nothing`() async throws {
    let sample = try await Sample()
    let before = try await sample.context()
    let check = try await sample.run.checkServer()
    #expect(check.exitCode == .done, "\(check.items.filter { $0.verdict == .bad })")
    #expect(Set(check.items.map(\.section)) == Set(ServerCheck.Section.allCases))
    #expect(
      check.items.contains {
        $0.section == .reading && $0.text.contains("content sync") && $0.verdict == .good
      })
    #expect(check.items.contains { $0.text.hasPrefix("the server's clock ") && $0.verdict == .good })
    #expect(
      check.items.contains { $0.section == .rights && $0.text == "entries may be added under the base" })
    #expect(try await sample.context() == before)
  }

  @Test func `names the attributes that may not be written and those the schema lacks`() async throws {
    let sample = try await Sample()
    var configuration = sample.run.configuration
    configuration.management.kinds[.person]?.own += ["altSecurityIdentities", "noSuchAttribute"]
    let check = try await Run(configuration, logger: sample.run.logger).checkServer()
    #expect(check.exitCode == .someFailed)
    let bad = check.items.filter { $0.verdict == .bad }.map(\.text)
    #expect(bad.contains("person: the agent may not write altSecurityIdentities"), "\(bad)")
    #expect(bad.contains("the schema has no attribute noSuchAttribute"), "\(bad)")
  }

  @Test func `finds the limits of an account that has some`() async throws {
    let sample = try await Sample()
    var configuration = sample.run.configuration
    configuration.server.bind = .init(
      .simple(dn: Slapd.readerDN, .file(sample.slapd.folder.path("state/secrets/reader"))))
    let check = try await Run(configuration, logger: sample.run.logger).checkServer()
    #expect(check.items.contains { $0.section == .reading && $0.verdict == .bad })
    #expect(check.items.contains { $0.section == .rights && $0.verdict == .bad })
  }
}
