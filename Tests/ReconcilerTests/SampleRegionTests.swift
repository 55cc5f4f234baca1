import Directory
import Foundation
import LDAP
import Logging
import TestKit
import Testing

@testable import Reconciler

/// The samples of `conf/`, run as they ship: what `make demo` shows.
@Suite struct `The sample region` {
  let slapd: Slapd
  let logger = Logger(label: "sample") { _ in SwiftLogNoOpLogHandler() }

  init() async throws {
    slapd = try await Slapd([.region])
    try slapd.folder.write("credentials/ldap", slapd.password(of: "agent"))
  }

  private func run(_ file: String) throws -> Run {
    let configuration = try Configuration.load(
      Repository.path("conf/\(file)"),
      environment: [
        "HSASYNC_URL": slapd.ldapi, "CREDENTIALS_DIRECTORY": slapd.folder.path("credentials"),
        "STATE_DIRECTORY": slapd.folder.path("store"),
      ])
    return Run(configuration, logger: logger)
  }

  @Test func `is sound, and differs in every way that a plan without absence can show`() async throws {
    let run = try run("hsasync.yaml")
    #expect(try run.check(asOf: Date()).findings.isEmpty)
    let plan = try await run.plan(asOf: Date())
    #expect(plan.findings.isEmpty && plan.proof.isComplete)
    let actions = Set(plan.changes.map(\.action))
    #expect(actions == [.create, .update, .move, .rename, .reactivate, .deactivate])
    #expect(Set(plan.changes.map(\.kind)) == Set(Kind.allCases))
    #expect(plan.changes.contains { $0.isProtected && $0.label == nil })
    #expect(plan.changes.contains { $0.differences.contains { $0.style == .spelling } })
    #expect(plan.changes.contains { $0.differences.contains { !$0.removed.isEmpty && $0.kept > 0 } })
  }

  @Test func `is in agreement after one apply, unique values included`() async throws {
    let run = try run("hsasync.yaml")
    let published = try await published()
    let result = try await run.apply(try await run.plan(asOf: Date()))
    #expect(result.outcomes.allSatisfy { $0.verdict == .applied })
    let again = try await run.plan(asOf: Date())
    #expect(again.changes.isEmpty && again.findings.isEmpty)
    #expect(try await self.published() == published)
    #expect(published.contains("userCertificate;binary::"))
  }

  @Test func `a mail address that somebody changed since the plan is left alone`() async throws {
    let run = try run("hsasync.yaml")
    let plan = try await run.plan(asOf: Date())
    let mail = try #require(
      plan.changes.first { change in
        change.action == .update && change.kind == .function && change.after.isEmpty
          && change.differences.contains { $0.attribute == "mail" && !$0.removed.isEmpty }
      })
    let text = "dn: \(mail.dn)\nchangetype: modify\nreplace: mail\nmail: annan@regionexempel.example\n"
    try await Tool.run("ldapmodify", ["-H", slapd.ldapi, "-Q", "-Y", "EXTERNAL"], input: text)
    let result = try await run.apply(plan)
    #expect(result.outcomes[mail.id].verdict == .stale(.changed))
    let after = try await Tool.run(
      "ldapsearch", ["-H", slapd.ldapi, "-Q", "-Y", "EXTERNAL", "-LLL", "-b", "\(mail.dn)", "mail"])
    #expect(after.output.contains("mail: annan@regionexempel.example"))
  }

  @Test func `what is absent from a complete source is shown, and refused`() async throws {
    let run = try run("absence.yaml")
    let plan = try await run.plan(asOf: Date())
    #expect(plan.findings.isEmpty)
    let absent = plan.changes.filter(\.isByAbsence)
    #expect(Set(absent.map(\.action)) == [.archive, .deactivate, .delete])
    let before = try await published(all: true)
    await #expect { try await run.apply(plan) } throws: { ($0 as? Refusal)?.exitCode == .refused }
    #expect(try await published(all: true) == before)
  }

  /// What the agent must never touch, or everything, as the administrator sees it.
  private func published(all: Bool = false) async throws -> String {
    let attributes = [
      "userCertificate", "cardNumber", "hsaMifareSerialNumber", "validNotAfter", "hsaSystemRole",
    ]
    let filter = all ? "(objectClass=*)" : "(|" + attributes.map { "(\($0)=*)" }.joined() + ")"
    let answer = try await Tool.run(
      "ldapsearch",
      ["-H", slapd.ldapi, "-Q", "-Y", "EXTERNAL", "-LLL", "-o", "ldif_wrap=no", "-b", Slapd.suffix, filter]
        + ["hsaIdentity"] + (all ? ["*", "+"] : attributes))
    return answer.output.split(separator: "\n").filter { !$0.hasPrefix("dn:") }.sorted().joined(
      separator: "\n")
  }
}
