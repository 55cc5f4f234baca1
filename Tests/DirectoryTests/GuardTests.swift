import Foundation
import LDAP
import Testing

@testable import Directory

@Suite struct `A guard` {
  private func members(_ names: ClosedRange<Int>) -> [Value] {
    names.map { Value("SE2321000016-M\($0);20260101;") }
  }

  @Test(arguments: [(3, false), (4, false), (5, true)])
  func `watches each commission's members`(removed: Int, isTripped: Bool) {
    var fixture = GuardFixture(living: 5_000)
    fixture.add(
      .update, .commission,
      [GuardFixture.difference("HSACommissionMember", removed: members(1...removed), kept: 8 - removed)])
    let found = fixture.tripped().filter { $0.name == .membersRemoved }
    #expect(found.map(\.subject) == (isTripped ? [.commission(HSAIdentity("SE2321000016-X0"))] : []))
  }

  @Test func `does not count a member whose period changes, nor a commission of a few`() {
    var fixture = GuardFixture(living: 5_000)
    let added = (1...8).map { Value("se2321000016-m\($0);20260101;20270101") }
    fixture.add(
      .update, .commission,
      [GuardFixture.difference("hsaCommissionMember", removed: members(1...8), added: added)])
    fixture.add(
      .update, .commission, [GuardFixture.difference("hsaCommissionMember", removed: members(1...5))])
    #expect(fixture.tripped().isEmpty)
    #expect(fixture.verdicts().first { $0.name == .membersRemoved }?.count == 5)
  }

  @Test(arguments: [(25, false), (26, true)])
  func `watches members in all`(removed: Int, isTripped: Bool) {
    var fixture = GuardFixture(living: 40)
    fixture.edit { $0.population.units[GuardFixture.unit]?.living[.commission] = 400 }
    for number in 1...removed {
      fixture.add(
        .update, .commission, identity: HSAIdentity("SE1-C\(number)"),
        [GuardFixture.difference("hsaCommissionMember", removed: members(number...number), kept: 90)])
    }
    #expect(fixture.names() == (isTripped ? [.membersRemoved] : []))
  }

  @Test(arguments: [Kind.person, .function])
  func `sees a unit that would be left empty`(kind: Kind) {
    let settings = {
      var settings = GuardSettings()
      for name in [GuardVerdict.Name.deactivated, .moved] {
        settings.everywhere[name] = .init(count: 500, percent: 50)
      }
      return settings
    }()
    var two = GuardFixture(living: 2, kind: kind)
    two.add(.deactivate, kind)
    #expect(!two.names(settings).contains(.unitEmptied))
    two.add(.move, kind, to: .init(unit: GuardFixture.otherUnit, provider: GuardFixture.provider))
    #expect(
      two.tripped(settings).contains { $0.name == .unitEmptied && $0.subject == .unit(GuardFixture.unit) })
    two.add(.create, kind)
    #expect(!two.names(settings).contains(.unitEmptied), "somebody else comes")
    var one = GuardFixture(living: 1, kind: kind)
    one.add(.deactivate, kind)
    #expect(!one.names(settings).contains(.unitEmptied))
    var ended = GuardFixture(living: 2, kind: kind)
    ended.add(.delete, kind, times: 2)
    #expect(!ended.names(settings).contains(.unitEmptied), "those who are deleted have ended before")
  }

  @Test(arguments: [Change.Action.move, .rename, .deactivate, .archive, .delete])
  func `keeps care providers and organisations where they are`(action: Change.Action) {
    var fixture = GuardFixture()
    fixture.edit { $0.population.units[GuardFixture.provider]?.living = [.unit: 900] }
    fixture.add(action, .unit, identity: GuardFixture.unit)
    #expect(!fixture.names().contains(.providerRoot))
    fixture.add(action, .unit, identity: GuardFixture.provider)
    #expect(
      fixture.tripped().filter { $0.name == .providerRoot }.map(\.subject) == [.unit(GuardFixture.provider)])
    var organisation = GuardFixture()
    organisation.add(action, .organisation, identity: HSAIdentity("SE1-O"))
    #expect(organisation.names().contains(.providerRoot))
  }

  @Test func `lets a care provider be updated`() {
    var fixture = GuardFixture()
    fixture.add(.update, .unit, identity: GuardFixture.provider)
    fixture.add(.update, .organisation)
    #expect(fixture.tripped().isEmpty)
  }

  @Test func `asks about the first absence, and about none after an accepted run`() {
    var fixture = GuardFixture()
    fixture.add(.deactivate)
    #expect(fixture.names(GuardSettings(), nil).isEmpty)
    fixture.add(.deactivate, absentFrom: "a.yaml")
    #expect(fixture.names(GuardSettings(), nil) == [.firstAbsence])
    #expect(fixture.names(GuardSettings(), History()) == [.firstAbsence])
    #expect(fixture.names().isEmpty)
  }

  @Test func `tells an incomplete read from a missing sentinel and an anonymous connection`() {
    let edits: [(GuardVerdict.Name, (inout Plan) -> Void)] = [
      (.incompleteRead, { $0.proof.finished = false }), (.incompleteRead, { $0.proof.referrals = 1 }),
      (.incompleteRead, { $0.proof.add(.cutShort, "x") }),
      (.incompleteRead, { $0.proof.add(.nothingRead, "x") }),
      (.sentinelMissing, { $0.proof.add(.sentinelMissing, "x") }),
      (.anonymous, { $0.proof.authorizationIdentity = "" }),
    ]
    #expect(GuardFixture().tripped().isEmpty)
    for (name, edit) in edits {
      var fixture = GuardFixture()
      fixture.edit(edit)
      #expect(fixture.tripped().map(\.name) == [name])
      #expect(fixture.tripped().first?.cause == .readIncomplete)
    }
    var file = GuardFixture()
    file.edit {
      $0.proof.authorizationIdentity = ""
      $0.proof.method = .file
    }
    #expect(file.tripped().isEmpty)
  }

  @Test func `sees contextCSN go backwards, for each server by itself`() {
    let (first, later, other) = (
      "20261121230048.996639Z#000000#000#000000", "20261121230049.000000Z#000000#000#000000",
      "20261121230010.000000Z#000000#001#000000"
    )
    let cases: [([String], [String], Int)] = [
      ([first], [first], 0), ([first], [later, other], 0), ([later], [first, other], 1),
      ([later, other], [first], 2),
      ([first], [], 1),
    ]
    for (known, seen, behind) in cases {
      var fixture = GuardFixture()
      fixture.edit { $0.proof.contextAfter = seen }
      let tripped = fixture.tripped(GuardSettings(), GuardFixture.history { $0.context = known })
      #expect(tripped.map(\.count) == (behind > 0 ? [behind] : []), "\(known) \(seen)")
      #expect(tripped.allSatisfy { $0.name == .contextBackwards && $0.cause == .directoryRestored })
    }
  }

  @Test(arguments: [(299, false), (300, false), (301, true), (-300, false), (-301, true)])
  func `compares the clocks`(seconds: Int, isTripped: Bool) {
    var skewed = GuardFixture()
    skewed.edit { $0.proof.clockSkew = seconds }
    #expect(skewed.names() == (isTripped ? [.clocks] : []))
    guard seconds > 0 else { return }
    // A run was begun in what is our future: our own clock has gone backwards.
    let history = GuardFixture.history { $0.latest = GuardFixture.now + Double(seconds) }
    #expect(GuardFixture().names(GuardSettings(), history) == (isTripped ? [.clocks] : []))
    var unknown = GuardFixture()
    unknown.edit { $0.proof.clockSkew = nil }
    #expect(unknown.verdicts().last?.state == .notKnown)
  }

  @Test(arguments: [
    (2, 10, false), (3, 10, true), (50, 500, false), (51, 500, true), (2_000, 150_000, false),
    (2_001, 150_000, true),
  ])
  func `sees what is gone from the directory, less what we deleted`(lost: Int, before: Int, isTripped: Bool) {
    let history = GuardFixture.history {
      $0.accepted?.observed = [.person: before + 7]
      $0.accepted?.entries = before + 7
      $0.applied = [
        .init(hour: GuardFixture.now - 3_600, action: .delete, kind: .person, provider: nil, count: 7),
        .init(hour: GuardFixture.now - 2 * 86_400, action: .delete, kind: .person, provider: nil, count: 90),
      ]
    }
    let fixture = GuardFixture(living: before - lost)
    let tripped = fixture.tripped(GuardSettings(), history)
    #expect(tripped.map(\.subject) == (isTripped ? [.everything, .kind(.person)] : []))
    #expect(tripped.allSatisfy { $0.count == lost && $0.population == before && $0.cause == .readIncomplete })
  }

  @Test(arguments: [(50, false), (51, true)])
  func `sees a desired state that shrank`(lost: Int, isTripped: Bool) {
    var fixture = GuardFixture()
    fixture.edit {
      $0.desired = DesiredSummary(
        digest: "b", rows: [.person: 500 - lost], rowsBySource: ["a.yaml": 500 - lost])
    }
    let history = GuardFixture.history {
      $0.accepted?.desired = DesiredSummary(digest: "a", rows: [.person: 500], rowsBySource: ["a.yaml": 500])
    }
    let tripped = fixture.tripped(GuardSettings(), history)
    #expect(tripped.map(\.subject) == (isTripped ? [.everything, .kind(.person), .source("a.yaml")] : []))
    #expect(!isTripped || tripped.last?.cause == .fileTruncated("a.yaml"))
  }

  @Test func `sees a file that is gone, however small, but not one whose rows went to another`() {
    let before = GuardFixture.history {
      $0.accepted?.desired = DesiredSummary(
        digest: "a", rows: [.person: 5_002], rowsBySource: ["a.yaml": 5_000, "small.yaml": 2])
    }
    var fixture = GuardFixture()
    fixture.edit {
      $0.desired = DesiredSummary(digest: "b", rows: [.person: 5_000], rowsBySource: ["a.yaml": 5_000])
    }
    let tripped = fixture.tripped(GuardSettings(), before)
    #expect(tripped.map(\.subject) == [.source("small.yaml")])
    #expect(tripped.first?.cause == .fileMissing("small.yaml"))
    fixture.edit {
      $0.desired = DesiredSummary(digest: "b", rows: [.person: 5_002], rowsBySource: ["all.yaml": 5_002])
    }
    #expect(fixture.tripped(GuardSettings(), before).isEmpty)
  }

  @Test(arguments: [(1_000, false), (1_001, true)])
  func `of endings is a ceiling, and nothing else but the clocks holds them back`(count: Int, isTripped: Bool)
  {
    var fixture = GuardFixture(living: 150_000)
    fixture.add(.deactivate, times: count)
    fixture.edit {
      $0.isOfEndings = true
      $0.proof.finished = false
      $0.proof.authorizationIdentity = ""
    }
    #expect(fixture.names(GuardSettings(), nil) == (isTripped ? [.ended] : []))
    #expect(Set(fixture.verdicts().map(\.name)) == [.ended, .clocks])
    fixture.edit { $0.proof.clockSkew = 400 * 86_400 }
    #expect(fixture.names(GuardSettings(), nil).contains(.clocks))
  }
}

@Suite struct `The likely cause of a tripped guard` {
  @Test func `is a file that is missing, where its source has no rows left`() {
    var fixture = GuardFixture(living: 500)
    fixture.add(.deactivate, times: 60, absentFrom: "vc.yaml")
    fixture.add(.deactivate, times: 10)
    fixture.edit { $0.desired = DesiredSummary(digest: "b", rows: [:], rowsBySource: ["vc.yaml": 0]) }
    #expect(
      fixture.tripped().filter { $0.name == .deactivated }.allSatisfy { $0.cause == .fileMissing("vc.yaml") })
  }

  @Test
  func `is a missing file for a unit that is absent as a whole, a reorganisation for one that is half gone`()
  {
    var fixture = GuardFixture(living: 12)
    fixture.add(.deactivate, times: 7, absentFrom: "all.yaml")
    #expect(fixture.tripped().first?.cause == .reorganised(GuardFixture.unit))
    fixture.add(.deactivate, times: 5, absentFrom: "all.yaml")
    #expect(fixture.tripped().first?.cause == .fileMissing(GuardFixture.unit.text))
    #expect(fixture.tripped().last?.name == .unitEmptied)
  }

  @Test func `is a column, where the same attribute changes in four of five`() {
    var fixture = GuardFixture(living: 100)
    fixture.add(.update, times: 40, [GuardFixture.difference("mail"), GuardFixture.difference("title")])
    fixture.add(.update, times: 10, [GuardFixture.difference("title")])
    #expect(fixture.tripped().first?.cause == .attributeEverywhere("mail"))
    fixture.add(.update, .person, [GuardFixture.difference("title")])
    #expect(fixture.tripped().first?.cause == .attributeEverywhere("title"))
  }

  @Test func `is not guessed where nothing is in common`() {
    var fixture = GuardFixture(living: 100)
    for number in 0..<41 {
      fixture.add(.update, .person, [GuardFixture.difference("a\(number % 2)")])
    }
    #expect(fixture.tripped().first?.cause == nil)
  }
}
