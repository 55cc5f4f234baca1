import Directory
import Foundation
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

@Suite struct `Roles as values of an attribute` {
  @Test func `are read with their holders, and what is not ours is counted`() async throws {
    let bench = try await TargetBench(persons: 3)
    try await bench.set(["NPÖ;Läsare", "npö;skrivare", "SIA;Akut"], 0)
    try await bench.set(["INTYG;Läkare"], 1)
    let held = try await bench.attributeTarget().held()
    #expect(held.target == "ek" && held.foreign == 2)
    #expect(held.roles.map(\.value) == ["NPÖ;Läsare", "npö;skrivare"])
    #expect(held.roles.allSatisfy { $0.person == HSAIdentity("SE2321000016-P0") })
    let person = try await bench.catalogue.person(0)
    #expect(held.roles.allSatisfy { $0.entryUUID == person.text("entryUUID") })
    #expect(try held.roles.allSatisfy { try DistinguishedName(parsing: $0.holder) == person.dn })
  }

  @Test func `of an entry without HSA-id are held by its entryUUID, and can be taken away`() async throws {
    let bench = try await TargetBench(persons: 1)
    try await bench.set(["NPÖ;Läsare"], 0)
    try await bench.catalogue.change(
      .modify(Catalogue.dn(0), [Modification(.replace, "objectClass", ["person", "extensibleObject"])]))
    try await bench.catalogue.change(.modify(Catalogue.dn(0), [Modification(.delete, "hsaIdentity")]))
    let target = try bench.attributeTarget()
    let held = try await target.held()
    let uuid = try #require(try await bench.catalogue.person(0).text("entryUUID"))
    #expect(held.roles.map(\.person) == [HSAIdentity("entryUUID \(uuid)")])
    let outcomes = await target.push(
      held.roles.map { TargetBench.loss($0, at: target) }, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied])
    #expect(try await bench.roles(0).isEmpty)
  }

  @Test func `come and go value by value, and leave what is not ours octet by octet`() async throws {
    let bench = try await TargetBench(persons: 2)
    let foreign: Set<Value> = ["SIA;Akut  Mottagning", "intyg;LÄKARE", "Annat"]
    try await bench.set(foreign.map { $0.text ?? "" } + ["NPÖ;Läsare", "NPÖ;Skrivare"], 0)
    let target = try bench.attributeTarget()
    let held = try await target.held()
    let lost = try #require(held.roles.first { $0.value == "NPÖ;Läsare" })
    let changes = [
      try await bench.gain("Vaccinera;Vaccinatör", 0, at: target), TargetBench.loss(lost, at: target),
      try await bench.gain("NPÖ;Läsare", 1, at: target),
    ]
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .applied, .applied])
    #expect(try await bench.roles(0) == foreign.union(["NPÖ;Skrivare", "Vaccinera;Vaccinatör"]))
    #expect(try await bench.roles(1) == ["NPÖ;Läsare"])
    #expect(
      try await bench.written("hsaSystemRole") == ["+ NPÖ;Läsare", "+ Vaccinera;Vaccinatör", "- NPÖ;Läsare"])
    #expect(bench.journal.intended.map(\.direction) == [.loss, .gain, .gain])
    #expect(bench.journal.settled.map(\.1.verdict) == [.applied, .applied, .applied])
    #expect(try await target.held().roles.count == 3)
  }

  @Test func `that are not ours are never sent, whoever asks`() async throws {
    let bench = try await TargetBench(persons: 1)
    try await bench.set(["SIA;Akut"], 0)
    let target = try bench.attributeTarget()
    let person = try await bench.catalogue.person(0)
    let foreign = HeldRole(
      person: HSAIdentity("SE2321000016-P0"), value: "SIA;Akut", holder: person.dn.description,
      entryUUID: person.text("entryUUID"))
    var other = try await bench.gain("NPÖ;Läsare", 0, at: target)
    other.target = "another"
    var nameless = try await bench.gain("NPÖ;Läsare", 0, at: target)
    nameless.entryUUID = nil
    let outcomes = await target.push(
      [
        TargetBench.loss(foreign, at: target), try await bench.gain("SIA;Ny", 0, at: target), other, nameless,
      ],
      from: try await target.held(), journal: bench.journal)
    // The last is withheld: its person has a loss that was not made.
    #expect(outcomes.verdicts == [.refused, .refused, .refused, .stale])
    #expect(try await bench.roles(0) == ["SIA;Akut"])
    #expect(try await bench.writes().isEmpty && bench.journal.intended.isEmpty)
  }

  @Test func `that somebody else has taken or given meanwhile are so already`() async throws {
    let bench = try await TargetBench(persons: 2)
    try await bench.set(["NPÖ;Läsare"], 0)
    let target = try bench.attributeTarget()
    let held = try await target.held()
    let changes = [
      TargetBench.loss(held.roles[0], at: target), try await bench.gain("NPÖ;Läsare", 1, at: target),
    ]
    try await bench.catalogue.change(
      .modify(Catalogue.dn(0), [Modification(.delete, "hsaSystemRole", ["NPÖ;Läsare"])]))
    try await bench.set(["NPÖ;läsare"], 1)
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.appliedAlready, .appliedAlready])
    #expect(try await bench.roles(1) == ["NPÖ;läsare"])
    #expect(try await bench.writes().isEmpty)
  }

  @Test func `follow a person who was renamed meanwhile`() async throws {
    let bench = try await TargetBench(persons: 2)
    try await bench.set(["NPÖ;Läsare"], 0)
    let target = try bench.attributeTarget()
    let held = try await target.held()
    let changes = [
      TargetBench.loss(held.roles[0], at: target),
      try await bench.gain("Vaccinera;Vaccinatör", 0, at: target),
    ]
    let renamed = RelativeDistinguishedName("cn", "Person Ny")
    try await bench.catalogue.change(
      .rename(Catalogue.dn(0), newRDN: renamed, deleteOldRDN: true, newSuperior: nil))
    // Somebody else has got the name.
    try await bench.catalogue.change(
      .rename(
        Catalogue.dn(1), newRDN: RelativeDistinguishedName("cn", "Person 0"), deleteOldRDN: true,
        newSuperior: nil))
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.applied, .applied])
    let unit = try DistinguishedName(parsing: Catalogue.unit)
    let entry = try #require(try await bench.catalogue.entry(unit.child(renamed)))
    #expect(entry["hsaSystemRole"] == ["Vaccinera;Vaccinatör"])
    #expect(try await bench.roles(0).isEmpty, "the new owner of the name")
  }

  @Test func `are not given to an entry that has become somebody else, nor to one that is gone`() async throws
  {
    let bench = try await TargetBench(persons: 3)
    let target = try bench.attributeTarget()
    var changes: [RoleChange] = []
    for number in 0..<3 { changes.append(try await bench.gain("NPÖ;Läsare", number, at: target)) }
    try await bench.catalogue.change(
      .modify(Catalogue.dn(0), [Modification(.replace, "hsaIdentity", ["SE2321000016-X"])]))
    // Deleted, and made anew under the same name and HSA-id: another entry.
    try await bench.catalogue.change(.delete(Catalogue.dn(1)))
    try await bench.catalogue.change(.delete(Catalogue.dn(2)))
    try await Tool.run(
      "ldapadd", ["-H", bench.catalogue.slapd.ldapi, "-Q", "-Y", "EXTERNAL"], input: Catalogue.person(1))
    let outcomes = await target.push(changes, from: try await target.held(), journal: bench.journal)
    #expect(outcomes.verdicts == [.stale, .stale, .stale])
    #expect(try await target.held().roles.isEmpty)
    #expect(try await bench.writes().isEmpty)
  }

  @Test func `are not given to a person whose loss was not confirmed`() async throws {
    // The agent may add roles and not take them away, as a mistake in the access rules would have it.
    let shipped = "include \(Repository.path("conf/slapd"))/acl.conf"
    var options = Slapd.Options()
    let rule = """
      access to dn.exact="cn=Person 0,\(Catalogue.unit)" attrs=hsaSystemRole
        by dn.exact="\(Slapd.agentDN)" =rscxa
        by dn.exact="\(Slapd.adminDN)" write
      """
    options.edits = [(shipped, rule + "\n" + shipped)]
    let bench = try await TargetBench(persons: 2, options: options)
    try await bench.set(["NPÖ;Läsare"], 0)
    let target = try bench.attributeTarget()
    let held = try await target.held()
    let changes = [
      TargetBench.loss(held.roles[0], at: target), try await bench.gain("NPÖ;Skrivare", 0, at: target),
      try await bench.gain("NPÖ;Skrivare", 1, at: target),
    ]
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == [.refused, .notSent, .applied], "\(outcomes)")
    #expect(outcomes.map(\.detail) == ["insufficientAccessRights (50)", "lossNotConfirmed", nil])
    #expect(try await bench.roles(0) == ["NPÖ;Läsare"])
  }

  @Test func `of 300 persons go, however many others cannot be written`() async throws {
    // 112 persons, the first of all, are beyond the agent's rights.
    let shipped = "include \(Repository.path("conf/slapd"))/acl.conf"
    var options = Slapd.Options()
    let rule = """
      access to dn.regex="^cn=Person (0|1[0-9]?[0-9]?),ou=Enhet," attrs=hsaSystemRole
        by dn.exact="\(Slapd.agentDN)" read
        by dn.exact="\(Slapd.adminDN)" write
      """
    options.edits = [(shipped, rule + "\n" + shipped)]
    let bench = try await TargetBench(persons: 300, options: options)
    for number in 0..<300 { try await bench.set(["NPÖ;Läsare", "SIA;Akut"], number) }
    var settings = Applier.Settings()
    settings.window = 4
    let target = try bench.attributeTarget("hsaSystemRole", settings)
    let held = try await target.held()
    #expect(held.roles.count == 300 && held.foreign == 300)
    var changes = held.roles.map { TargetBench.loss($0, at: target) }
    for person in try await bench.people() {
      changes.append(TargetBench.gain("Vaccinera;Vaccinatör", person, at: target))
    }
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes.count { $0.verdict == .applied } == 2 * 188)
    #expect(outcomes.prefix(300).count { $0.verdict == .refused } == 112)
    #expect(outcomes.suffix(300).count { $0 == RoleOutcome(.notSent, "lossNotConfirmed") } == 112)
    #expect(try await bench.written("hsaSystemRole").count == 2 * 188)
    let after = try await target.held()
    #expect(after.roles.count { $0.value == "Vaccinera;Vaccinatör" } == 188)
    #expect(after.roles.count == 300 && after.foreign == 300)
  }
}

@Suite struct `A target that is an attribute` {
  @Test(arguments: [
    ("noSuchAttribute", "has no attribute"), ("jpegPhoto", "EQUALITY"), ("endDate", "several values"),
    ("entryCSN", "several values"),
  ])
  func `that cannot be one is told at once`(attribute: String, reason: String) async throws {
    let bench = try await TargetBench(persons: 1)
    let target = try bench.attributeTarget(attribute)
    let fault = await #expect(throws: RoleTargetFault.self) { try await target.held() }
    #expect(fault?.code == .unsuitable && fault?.description.contains(reason) == true, "\(fault as Any)")
  }

  @Test func `is read page by page where the server's limits demand it, or not at all`() async throws {
    for (limit, isPaged) in [
      ("size.pr=unlimited size.prtotal=unlimited", true), ("size.prtotal=disabled", false),
    ] {
      let shipped = "size.soft=unlimited size.hard=unlimited size.pr=unlimited size.prtotal=unlimited"
      let limits = try String(decoding: Repository.bytes("conf/slapd/limits.conf"), as: UTF8.self)
      let text = limits.replacing(shipped, with: "size.soft=20 size.hard=20 \(limit)")
      #expect(text != limits)
      var options = Slapd.Options()
      options.edits = [("include \(Repository.path("conf/slapd"))/limits.conf", text)]
      let bench = try await TargetBench(persons: 50, options: options)
      for number in 0..<50 { try await bench.set(["NPÖ;Läsare"], number) }
      let target = try bench.attributeTarget()
      if isPaged {
        #expect(try await target.held().roles.count == 50)
      } else {
        let fault = await #expect(throws: RoleTargetFault.self) { try await target.held() }
        #expect(fault?.code == .notPermitted && fault?.description.contains("limits") == true)
      }
    }
  }

  @Test func `behind a referral is not taken for all there is`() async throws {
    let bench = try await TargetBench(persons: 1)
    try await bench.set(["NPÖ;Läsare"], 0)
    let referral = """
      dn: ou=Annan,\(Slapd.suffix)
      objectClass: referral
      objectClass: extensibleObject
      ou: Annan
      ref: ldap://127.0.0.1:1/ou=Annan,\(Slapd.suffix)

      """
    try await Tool.run(
      "ldapadd", ["-M", "-H", bench.catalogue.slapd.ldapi, "-Q", "-Y", "EXTERNAL"], input: referral)
    let target = try bench.attributeTarget()
    let fault = await #expect(throws: RoleTargetFault.self) { try await target.held() }
    #expect(fault?.code == .unsuitable, "\(fault as Any)")
  }

  @Test func `that is away, or lets nobody in, says so and tells nobody's data`() async throws {
    let bench = try await TargetBench(persons: 1)
    try await bench.set(["NPÖ;Läsare"], 0)
    let target = try bench.attributeTarget()
    let held = try await target.held()
    let changes = held.roles.map { TargetBench.loss($0, at: target) }
    bench.catalogue.slapd.stop()
    let fault = await #expect(throws: RoleTargetFault.self) { try await target.held() }
    #expect(fault?.code == .unavailable)
    #expect(fault?.description.contains("Person") == false && fault?.description.contains("NPÖ") == false)
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    #expect(outcomes == [RoleOutcome(.notSent, "unavailable")])
    #expect(bench.journal.intended.isEmpty)
  }

  @Test(.timeLimit(.minutes(10)), arguments: [0, 1, 3])
  func `whose answer is lost has it done once, and says that it is done`(k: Int) async throws {
    var options = Slapd.Options()
    options.listensOnTCP = true
    let bench = try await TargetBench(persons: 5, options: options)
    for number in 0..<5 { try await bench.set(["NPÖ;Läsare"], number) }
    let proxy = try Proxy(toURL: bench.catalogue.slapd.ldap ?? "")
    var settings = Applier.Settings()
    settings.window = 1
    let target = try bench.attributeTarget(
      "hsaSystemRole", settings, url: "ldap://127.0.0.1:\(proxy.port)"
    ) { progress in
      if case .reconnecting = progress { proxy.set() }
    }
    let held = try await target.held()
    if k == 0 {
      bench.journal.onIntent { proxy.set(down: .init(cutAfter: 0)) }
    } else {
      bench.journal.onEnd(of: k) { proxy.set(down: .init(cutAfter: 0)) }
    }
    let outcomes = await target.push(
      held.roles.map { TargetBench.loss($0, at: target) }, from: held, journal: bench.journal)
    #expect(outcomes.verdicts == Array(repeating: .applied, count: 5), "\(outcomes)")
    #expect(try await bench.written("hsaSystemRole") == Array(repeating: "- NPÖ;Läsare", count: 5))
    #expect(try await target.held().roles.isEmpty)
  }

  @Test(.timeLimit(.minutes(10)))
  func `that dies in mid-push is believed only for what it confirmed, and caught up later`() async throws {
    let bench = try await TargetBench(persons: 40)
    for number in 0..<40 { try await bench.set(["NPÖ;Läsare"], number) }
    var settings = Applier.Settings()
    settings.window = 4
    settings.reconnectDeadline = .milliseconds(500)
    let target = try bench.attributeTarget("hsaSystemRole", settings)
    bench.journal.onEnd(of: 10) { bench.catalogue.slapd.stop() }
    let held = try await target.held()
    var changes = held.roles.map { TargetBench.loss($0, at: target) }
    changes.append(try await bench.gain("Vaccinera;Vaccinatör", 0, at: target))
    let outcomes = await target.push(changes, from: held, journal: bench.journal)
    let confirmed = outcomes.indices.filter { outcomes[$0].isApplied }
    #expect(confirmed.count >= 10 && confirmed.count < 40)
    #expect(outcomes.allSatisfy { [.applied, .unknown, .notSent].contains($0.verdict) }, "\(outcomes)")
    let intended = Set(bench.journal.intended)
    #expect(
      outcomes.indices.allSatisfy { outcomes[$0].verdict != .unknown || intended.contains(changes[$0]) })
    let server = try await bench.catalogue.slapd.startAgain()
    let again = try await target.held()
    let left = Set(again.roles.map(\.person))
    #expect(confirmed.allSatisfy { !left.contains(changes[$0].person) || changes[$0].direction == .gain })
    let rest = await target.push(
      again.roles.map { TargetBench.loss($0, at: target) }, from: again, journal: bench.journal)
    #expect(rest.allSatisfy { $0.isApplied })
    #expect(try await target.held().roles.isEmpty)
    withExtendedLifetime(server) {}
  }

  @Test func `is sent nothing that cannot be written down`() async throws {
    let bench = try await TargetBench(persons: 3)
    for number in 0..<3 { try await bench.set(["NPÖ;Läsare"], number) }
    let target = try bench.attributeTarget()
    let held = try await target.held()
    bench.journal.refuse(after: 0)
    let outcomes = await target.push(
      held.roles.map { TargetBench.loss($0, at: target) }, from: held, journal: bench.journal)
    #expect(outcomes == Array(repeating: RoleOutcome(.notSent, "storeUnavailable"), count: 3))
    #expect(try await bench.writes().isEmpty)
  }

  @Test func `is sent nothing more when somebody asks to stop`() async throws {
    let bench = try await TargetBench(persons: 30)
    for number in 0..<30 { try await bench.set(["NPÖ;Läsare"], number) }
    var settings = Applier.Settings()
    settings.window = 1
    let stop = Stop()
    let target = try bench.attributeTarget("hsaSystemRole", settings)
    bench.journal.onEnd(of: 5) { stop.now() }
    let held = try await target.held()
    let changes = held.roles.map { TargetBench.loss($0, at: target) }
    let journal = bench.journal
    let task = Task { await target.push(changes, from: held, journal: journal) }
    stop.stops { task.cancel() }
    let outcomes = await task.value
    let applied = outcomes.count { $0.verdict == .applied }
    #expect(applied >= 5 && applied < 30)
    #expect(outcomes.allSatisfy { $0.isApplied || $0.verdict == .notSent }, "\(outcomes)")
    #expect(try await target.held().roles.count == 30 - applied)
  }
}

/// Stops something as soon as both the moment has come and it is known what to stop.
private final class Stop: Sendable {
  private let state = Mutex<(isDue: Bool, stop: (@Sendable () -> Void)?)>((false, nil))

  func now() {
    state.withLock {
      $0.isDue = true
      $0.stop?()
    }
  }

  func stops(_ stop: @escaping @Sendable () -> Void) {
    state.withLock {
      $0.stop = stop
      if $0.isDue { stop() }
    }
  }
}
