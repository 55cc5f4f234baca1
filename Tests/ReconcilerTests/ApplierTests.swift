import Directory
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

@Suite struct `Applying a plan` {
  private func settings(_ change: (inout Applier.Settings) -> Void) -> Applier.Settings {
    var settings = Applier.Settings()
    change(&settings)
    return settings
  }

  @Test func `makes every kind of change, each after what it needs`() async throws {
    let catalogue = try await Catalogue(persons: 3)
    let people = try await (catalogue.person(0), catalogue.person(1), catalogue.person(2))
    let top = try DistinguishedName(parsing: Slapd.suffix)
    let new = top.child(RelativeDistinguishedName("ou", "Ny, enhet"))
    var made = HandMade()
    let unit = made.create(
      new,
      [
        ("objectClass", "organizationalUnit"), ("objectClass", "hsaOrganizationalUnitExtension"),
        ("ou", "Ny, enhet"), ("hsaIdentity", "SE2321000016-1B99"),
      ])
    made.createPerson(9, in: new, after: [unit])
    let moved = made.move(
      people.0, to: RelativeDistinguishedName("cn", "Person noll"), under: new, after: [unit])
    let movedDN = new.child(RelativeDistinguishedName("cn", "Person noll"))
    made.update(people.0, "title", to: "Läkare", at: movedDN, after: [moved])
    made.delete(people.1)
    made.update(people.2, "facsimileTelephoneNumber", to: "+46 8 1", bindsCSN: true)

    let result = try await catalogue.applier().apply(made.plan)
    #expect(result.outcomes.map(\.verdict) == Array(repeating: .applied, count: 6))
    #expect(result.exitCode == .done && result.stop == nil)
    #expect(try await catalogue.entry(movedDN)?["title"] == ["Läkare"])
    #expect(try await catalogue.entry(people.1.dn) == nil)
    #expect(try await catalogue.person(2)["facsimileTelephoneNumber"] == ["+46 8 1"])
    #expect(try await catalogue.entry(new.child(RelativeDistinguishedName("cn", "Person 9"))) != nil)
  }

  @Test func `twice finds everything as wanted the second time`() async throws {
    let catalogue = try await Catalogue(persons: 3)
    var made = HandMade()
    made.update(try await catalogue.person(0), "title", to: "Läkare")
    made.move(try await catalogue.person(1), to: RelativeDistinguishedName("cn", "Person ett"))
    made.delete(try await catalogue.person(2))
    made.createPerson(7, in: try DistinguishedName(parsing: Catalogue.unit))
    #expect(try await catalogue.applier().apply(made.plan).outcomes.allSatisfy { $0.verdict == .applied })
    let again = try await catalogue.applier().apply(made.plan)
    #expect(again.outcomes.map(\.verdict) == Array(repeating: .appliedAlready, count: 4))
    #expect(again.exitCode == .done)
  }

  @Test func `never overwrites what somebody else changed, moved, deleted or put in its place`() async throws
  {
    let catalogue = try await Catalogue(persons: 6)
    var people: [Entry] = []
    for number in 0..<6 { people.append(try await catalogue.person(number)) }
    var made = HandMade()
    for person in people { made.update(person, "title", to: "Läkare") }
    try await catalogue.change(.modify(people[0].dn, [Modification(.replace, "title", ["Barnmorska"])]))
    try await catalogue.change(
      .rename(people[1].dn, newRDN: .init("cn", "Flyttad"), deleteOldRDN: true, newSuperior: nil))
    try await catalogue.change(.delete(people[2].dn))
    try await catalogue.change(.delete(people[3].dn))
    var other = people[3]
    other.attributes.removeAll { ["entryUUID", "entryCSN"].contains($0.name) }
    try await catalogue.change(.add(other))
    try await catalogue.change(.modify(people[4].dn, [Modification(.replace, "title", ["LÄKARE"])]))

    let result = try await catalogue.applier().apply(made.plan)
    #expect(
      result.outcomes.map(\.verdict) == [
        .stale(.changed), .stale(.moved), .stale(.gone), .stale(.replaced), .appliedAlready, .applied,
      ])
    #expect(result.exitCode == .stalePlan)
    #expect(try await catalogue.person(0)["title"] == ["Barnmorska"])
    #expect(try await catalogue.person(3)["title"] == ["Sjuksköterska"])
  }

  @Test func `goes on while certificates are published into the same entries`() async throws {
    let catalogue = try await Catalogue(persons: 60)
    var made = HandMade()
    for number in 0..<60 {
      let person = try await catalogue.person(number)
      let first = made.update(person, "title", to: "Läkare")
      var after = person
      after["title"] = ["Läkare"]
      made.update(after, "title", to: "Överläkare", after: [first])
    }
    let siths = try await catalogue.slapd.connection(catalogue.slapd.siths)
    let publisher = Task {
      var published = 0
      while !Task.isCancelled {
        let serial = Value("9752\(published)")
        let number = published % 60
        let answer = try await siths.perform(
          .modify(try Catalogue.dn(number), [Modification(.add, "cardNumber", [serial])]))
        #expect(answer.result == .success)
        published += 1
      }
      return published
    }
    try await eventually("a first certificate") {
      try await catalogue.person(3)["cardNumber"].isEmpty == false
    }
    let result = try await catalogue.applier().apply(made.plan)
    publisher.cancel()
    _ = try? await publisher.value
    #expect(
      result.outcomes.allSatisfy { $0.verdict == .applied }, "\(result.outcomes.filter { !$0.isApplied })")
    #expect(try await catalogue.person(5)["title"] == ["Överläkare"])
    #expect(try await !catalogue.person(5)["cardNumber"].isEmpty)
  }

  @Test func `refreshes the condition on the whole entry after its own writes, not after others'`()
    async throws
  {
    let catalogue = try await Catalogue(persons: 2)
    var made = HandMade()
    for number in 0..<2 {
      let person = try await catalogue.person(number)
      let first = made.update(person, "title", to: "Läkare")
      made.update(person, "facsimileTelephoneNumber", to: "+46 8 2", after: [first], bindsCSN: true)
    }
    let second = try Catalogue.dn(1)
    try await catalogue.change(
      .modify(second, [Modification(.add, "cardNumber", ["1"])]), as: catalogue.slapd.siths)
    made.delete(try await catalogue.person(0), after: [1])
    let result = try await catalogue.applier().apply(made.plan)
    // The writer read the second entry's CSN after its own first write, so the card number is covered by that.
    #expect(result.outcomes.map(\.verdict) == [.applied, .applied, .applied, .applied, .applied])
    var alone = HandMade()
    let person = try await catalogue.person(1)
    alone.update(person, "facsimileTelephoneNumber", to: "+46 8 3", bindsCSN: true)
    try await catalogue.change(
      .modify(second, [Modification(.add, "cardNumber", ["2"])]), as: catalogue.slapd.siths)
    #expect(try await catalogue.applier().apply(alone.plan).outcomes.map(\.verdict) == [.stale(.changed)])
    #expect(try await catalogue.person(1)["facsimileTelephoneNumber"] == ["+46 8 2"])
  }

  @Test func `skips what comes after a failure, and does the rest`() async throws {
    let catalogue = try await Catalogue(persons: 2)
    let top = try DistinguishedName(parsing: Slapd.suffix)
    let bad = top.child(RelativeDistinguishedName("ou", "Fel"))
    var made = HandMade()
    made.create(bad, [("objectClass", "organizationalUnit"), ("ou", "Fel"), ("noSuchAttribute", "x")])
    made.createPerson(7, in: bad, after: [0])
    made.createPerson(8, in: bad, after: [1])
    made.update(try await catalogue.person(0), "title", to: "Läkare")
    made.update(try await catalogue.person(1), "cardNumber", to: "9")
    let result = try await catalogue.applier().apply(made.plan)
    #expect(
      result.outcomes.map(\.verdict) == [
        .failed(.undefinedAttributeType), .skipped(because: 0), .skipped(because: 1), .applied,
        .failed(.insufficientAccessRights),
      ])
    #expect(result.exitCode == .someFailed)
  }

  @Test func `stops after as many failures as are allowed`() async throws {
    let catalogue = try await Catalogue(persons: 12)
    var made = HandMade()
    for number in 0..<12 { made.update(try await catalogue.person(number), "cardNumber", to: "9") }
    let settings = settings {
      $0.errors = 3
      $0.window = 1
    }
    let result = try await catalogue.applier(settings).apply(made.plan)
    #expect(result.count { if case .failed = $0 { true } else { false } } == 3)
    #expect(result.count { $0 == .notSent } == 9)
    #expect(result.stop == .tooManyFailures(3) && result.exitCode == .someFailed)
  }

  @Test func `tells an entry that is there already from another that has its name`() async throws {
    let catalogue = try await Catalogue(persons: 1)
    let unit = try DistinguishedName(parsing: Catalogue.unit)
    var made = HandMade()
    made.createPerson(0, in: unit)
    made.create(
      unit.child(RelativeDistinguishedName("cn", "Person 0")),
      [
        ("objectClass", "person"), ("objectClass", "hsaPersonExtension"), ("cn", "Person 0"), ("sn", "B"),
        ("fullName", "B"), ("hsaIdentity", "SE2321000016-OTHER"),
      ])
    let result = try await catalogue.applier().apply(made.plan)
    #expect(result.outcomes.map(\.verdict) == [.stale(.changed), .failed(.entryAlreadyExists)])
  }

  @Test func `asks a busy server again, and gives up in time`() async throws {
    var options = Slapd.Options()
    options.globalLines = "moduleload retcode"
    options.databaseLines = """
      overlay retcode
      retcode-parent "\(Catalogue.unit)"
      retcode-item "cn=Person 0" 0x33
      """
    let catalogue = try await Catalogue(persons: 0, options: options)
    var made = HandMade()
    made.createPerson(0, in: try DistinguishedName(parsing: Catalogue.unit))
    let result = try await catalogue.applier(settings { $0.busyDeadline = .milliseconds(300) }).apply(
      made.plan)
    #expect(result.outcomes[0].verdict == .failed(.busy))
    #expect(result.outcomes[0].attempts > 1)
  }

  @Test func `ends what is under way when it is asked to stop, and sends nothing more`() async throws {
    let catalogue = try await Catalogue(persons: 40)
    var made = HandMade()
    for number in 0..<40 { made.update(try await catalogue.person(number), "title", to: "Läkare") }
    let plan = made.plan
    let box = TaskBox()
    let applier = try catalogue.applier(settings { $0.window = 4 }) { progress in
      if case .applied(_, done: 10, of: _) = progress { box.cancel() }
    }
    let task = Task { try await applier.apply(plan) }
    box.hold(task)
    let result = try await task.value
    #expect(result.stop == .cancelled && result.exitCode == .tryAgain)
    let applied = result.count { $0 == .applied }
    #expect(applied >= 10 && applied <= 14)
    #expect(result.count { $0 == .notSent } == 40 - applied)
    for outcome in result.outcomes {
      let title = try await catalogue.person(outcome.change)["title"]
      #expect(title == [outcome.isApplied ? "Läkare" : "Sjuksköterska"])
    }
  }
}

@Suite struct `A plan that may not be applied` {
  private func refusal(_ plan: Plan) async -> Refusal? {
    do {
      let applier = Applier(
        profile: try Catalogue.profile(), logger: .init(label: "test"),
        open: { throw Failure("the directory was opened") })
      _ = try await applier.apply(plan)
      return nil
    } catch {
      return error as? Refusal
    }
  }

  private func made() throws -> HandMade {
    var made = HandMade()
    made.createPerson(1, in: try DistinguishedName(parsing: Catalogue.unit))
    made.createPerson(2, in: try DistinguishedName(parsing: Catalogue.unit), after: [0])
    return made
  }

  @Test func `has findings that are errors`() async throws {
    let plan = try made().plan(findings: [Finding("x", .error, "wrong"), Finding("y", .warning, "odd")])
    let refusal = await refusal(plan)
    #expect(refusal?.code == .planHasErrors && refusal?.exitCode == .desiredStateWrong)
    #expect(refusal?.findings.map(\.code) == ["x"])
  }

  @Test func `changes entries because they were not seen`() async throws {
    var made = try made()
    made.markAsAbsence(1)
    let unjudged = await refusal(made.plan)
    #expect(unjudged?.code == .guardTripped && unjudged?.exitCode == .refused)
    #expect(unjudged?.findings.map(\.code) == ["guard-firstAbsence"])
  }

  @Test func `has a guard that tripped, unless somebody has lifted it; errors are never lifted`() async throws
  {
    var plan = try made().plan
    plan.guards = [
      GuardVerdict(.updated, .everything, .passed, count: 1),
      GuardVerdict(.deleted, .everything, .tripped, count: 3, of: 4, limitCount: 1, limitPercent: 50),
    ]
    let refused = await refusal(plan)
    #expect(refused?.code == .guardTripped && refused?.exitCode == .refused)
    #expect(refused?.findings.map(\.message) == ["deleted entries in all: 3 of 4 (75 %), limit 1 or 50 %"])
    #expect(throws: Never.self) { try PlanApproval.check(plan, approved: true) }
    plan.findings = [Finding("x", .error, "wrong")]
    let wrong = #expect(throws: Refusal.self) { try PlanApproval.check(plan, approved: true) }
    #expect(wrong?.code == .planHasErrors)
    plan.findings = []
    plan.proof.method = .file
    let file = #expect(throws: Refusal.self) { try PlanApproval.check(plan, approved: true) }
    #expect(file?.code == .observedFromFile)
  }

  @Test func `was made from a file`() async throws {
    let refusal = await refusal(try made().plan(method: .file))
    #expect(refusal?.code == .observedFromFile && refusal?.exitCode == .refused)
  }

  @Test func `is out of order`() async throws {
    var plan = try made().plan
    plan.changes[0].after = [1]
    #expect(await refusal(plan)?.code == .planBroken)
    plan.changes[0].after = []
    plan.changes[1].id = 7
    #expect(await refusal(plan)?.code == .planBroken)
  }
}

/// Holds a task so that its own progress can cancel it.
final class TaskBox: Sendable {
  private let state = Mutex<(task: Task<ApplyResult, any Error>?, isCancelled: Bool)>((nil, false))

  func hold(_ task: Task<ApplyResult, any Error>) {
    state.withLock { state in
      state.task = task
      if state.isCancelled { task.cancel() }
    }
  }

  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.task?.cancel()
    }
  }
}
