import Directory
import Foundation
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

/// Keeps what was intended and what became of it, and refuses when told to.
final class RecordingRoleJournal: RoleJournal {
  struct Records: Sendable {
    var intended: [RoleChange] = []
    var settled: [(RoleChange, RoleOutcome)] = []
    /// How many more calls are taken before the disk is full.
    var room = Int.max
    /// Called once, when something has been written down and not been sent yet.
    var next: (@Sendable () async throws -> Void)?
    /// Called once, when so many have ended.
    var end: (count: Int, body: @Sendable () -> Void)?
  }
  private let records = Mutex(Records())

  var intended: [RoleChange] { records.withLock(\.intended) }
  var settled: [(RoleChange, RoleOutcome)] { records.withLock(\.settled) }

  func refuse(after calls: Int) { records.withLock { $0.room = calls } }

  func onIntent(_ body: @escaping @Sendable () async throws -> Void) { records.withLock { $0.next = body } }

  func intend(_ changes: [RoleChange]) async throws(Refusal) {
    let (isTaken, next) = records.withLock { records in
      records.room -= 1
      if records.room >= 0 { records.intended += changes }
      defer { records.next = nil }
      return (records.room >= 0, records.next)
    }
    do { try await next?() } catch { Issue.record("what was to happen meanwhile did not: \(error)") }
    guard isTaken else { throw Refusal(.storeUnavailable, .tryAgain, "the disk is full") }
  }

  func onEnd(of count: Int, _ body: @escaping @Sendable () -> Void) {
    records.withLock { $0.end = (count, body) }
  }

  func settled(_ changes: [RoleChange], _ outcomes: [RoleOutcome]) async {
    let body = records.withLock { records -> (@Sendable () -> Void)? in
      records.settled += zip(changes, outcomes)
      guard let end = records.end, records.settled.count >= end.count else { return nil }
      records.end = nil
      return end.body
    }
    body?()
  }
}

/// A private directory with persons, and targets in it.
struct TargetBench {
  static let roles = "ou=Roller,\(Slapd.suffix)"
  static let ours = ["NPÖ;*", "Vaccinera;*"].map { RolePattern($0) }
  let catalogue: Catalogue
  let journal = RecordingRoleJournal()

  init(persons: Int, options: Slapd.Options = Slapd.Options()) async throws {
    catalogue = try await Catalogue(persons: persons, options: options)
  }

  static func base() throws -> DistinguishedName { try DistinguishedName(parsing: Slapd.suffix) }

  func attributeTarget(
    _ attribute: String = "hsaSystemRole", _ settings: Applier.Settings = Applier.Settings(),
    url: String? = nil, patience: Duration = .seconds(20), progress: @escaping ProgressReport = { _ in }
  ) throws -> AttributeTarget {
    let applier = try catalogue.applier(settings, url: url, patience: patience, progress: progress)
    return AttributeTarget(
      AttributeSettings(attribute: attribute), form: RoleTargetForm(name: "ek", owns: Self.ours),
      base: try Self.base(), profile: catalogue.profile, applier: applier, open: applier.open)
  }

  func groupTarget(
    empty: GroupSettings.Empty = .delete, objectClass: String = "groupOfNames", member: String = "member",
    _ settings: Applier.Settings = Applier.Settings(), url: String? = nil,
    progress: @escaping ProgressReport = { _ in }
  ) throws -> GroupTarget {
    let applier = try catalogue.applier(settings, url: url, progress: progress)
    var groups = GroupSettings(base: try DistinguishedName(parsing: Self.roles))
    groups.empty = empty
    groups.objectClass = objectClass
    groups.memberAttribute = member
    let form = RoleTargetForm(
      name: "grupper", owns: [RolePattern("hsasync-*")], style: .value(pattern: "hsasync-{role}"))
    return GroupTarget(
      groups, form: form, base: try Self.base(), profile: catalogue.profile, applier: applier,
      open: applier.open)
  }

  // MARK: Changes

  func gain(_ value: String, _ number: Int, at target: any RoleTarget) async throws -> RoleChange {
    let person = try await catalogue.person(number)
    return Self.gain(value, person, at: target)
  }

  static func gain(_ value: String, _ person: Entry, at target: any RoleTarget) -> RoleChange {
    RoleChange(
      target: target.form.name, .gain, person: HSAIdentity(person.text("hsaIdentity") ?? ""), role: value,
      value: value, holder: person.dn.description, entryUUID: person.text("entryUUID"))
  }

  static func loss(_ held: HeldRole, at target: any RoleTarget) -> RoleChange {
    RoleChange(
      target: target.form.name, .loss, person: held.person, role: held.value, value: held.value,
      cause: .noRule, holder: held.holder, entryUUID: held.entryUUID)
  }

  /// Everybody in the catalogue who has an HSA-id, by it.
  func people() async throws -> [Entry] {
    let stream = catalogue.admin.search(
      SearchRequest(
        base: try Self.base(), filter: "(objectClass=person)", attributes: ["hsaIdentity", "entryUUID"]))
    var people: [Entry] = []
    for try await batch in stream { people += try (0..<batch.count).map(batch.entry) }
    return people.sorted { ($0.text("hsaIdentity") ?? "") < ($1.text("hsaIdentity") ?? "") }
  }

  // MARK: What came of it

  /// Gives a person values as somebody else would.
  func set(_ values: [String], _ number: Int) async throws {
    let modification = Modification(.add, "hsaSystemRole", values.map { Value($0) })
    try await catalogue.change(.modify(Catalogue.dn(number), [modification]))
  }

  func roles(_ number: Int) async throws -> Set<Value> {
    Set(try await catalogue.person(number)["hsaSystemRole"])
  }

  func group(_ name: String) async throws -> Entry? {
    try await catalogue.entry(try Self.groupDN(name))
  }

  static func groupDN(_ name: String) throws -> DistinguishedName {
    try DistinguishedName(parsing: roles).child(RelativeDistinguishedName("cn", Value(name)))
  }

  /// Makes a group as somebody else would.
  func make(_ name: String, _ members: [DistinguishedName], objectClass: String = "groupOfNames") async throws
  {
    let entry = Entry(
      dn: try Self.groupDN(name),
      attributes: [
        Attribute("objectClass", [Value(objectClass)]), Attribute("cn", [Value(name)]),
        Attribute("member", members.map { Value($0.description) }),
      ])
    try await catalogue.change(.add(entry))
  }

  /// What the agent has had written: `type name` and each changed value, from the server's own log.
  func writes() async throws -> [Entry] {
    let filter: Filter = .and([
      .equal("reqAuthzID", Value(Slapd.agentDN)),
      .or(["modify", "add", "delete"].map { .equal("reqType", Value($0)) }),
      .equal("reqResult", "0"),
    ])
    let log = DistinguishedName([RelativeDistinguishedName("cn", "log")])
    let stream = catalogue.admin.search(
      SearchRequest(
        base: log, scope: .oneLevel, filter: filter, attributes: ["reqType", "reqDN", "reqMod"]))
    var writes: [Entry] = []
    for try await batch in stream { writes += try (0..<batch.count).map(batch.entry) }
    return writes
  }

  /// The values of an attribute that the agent has added (`+`) and taken away (`-`), each with its sign.
  func written(_ attribute: String) async throws -> [String] {
    try await writes().flatMap { write in
      write["reqMod"].compactMap(\.text).filter { $0.hasPrefix("\(attribute):") }.map {
        String($0.dropFirst(attribute.utf8.count + 1))
      }
    }.sorted()
  }
}

extension [RoleOutcome] {
  var verdicts: [RoleOutcome.Verdict] { map(\.verdict) }
}
