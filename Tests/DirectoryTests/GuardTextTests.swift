import Foundation
import LDAP
import Testing

@testable import Directory

@Suite struct `The text of guards` {
  private static let provider = HSAIdentity("SE2321000016-1A2B")

  /// A plan with a verdict of every sort.
  private static let plan: Plan = {
    var plan = GuardFixture().plan
    plan.population.units[provider] = .init(label: "VC Norr", provider: provider, isProvider: true)
    plan.guards = [
      GuardVerdict(
        .deactivated, .provider(provider, .person), .tripped, count: 12, of: 40, limitCount: 5,
        limitPercent: 10,
        cause: .fileMissing("persons/vc-norr.yaml")),
      GuardVerdict(
        .deleted, .everything, .tripped, count: 1_501, of: 150_000, limitCount: 500, limitPercent: 1),
      GuardVerdict(
        .moved, .kind(.unit), window: .day, .tripped, count: 9, of: 20, limitCount: 4, limitPercent: 40,
        cause: .reorganised(provider)),
      GuardVerdict(
        .updated, .kind(.administrativeCommission), window: .week, .tripped, count: 33, of: 8, limitCount: 32,
        cause: .attributeEverywhere("mail")),
      GuardVerdict(
        .membersRemoved, .commission(HSAIdentity("SE1-C1")), .tripped, count: 5, of: 8, limitPercent: 50),
      GuardVerdict(.membersRemoved, .everything, .tripped, count: 26, limitCount: 25),
      GuardVerdict(.ended, .kind(.person), .tripped, count: 3, of: 8, limitCount: 2, limitPercent: 50),
      GuardVerdict(
        .unitEmptied, .unit(provider), .tripped, count: 3, of: 3, cause: .fileMissing(provider.text)),
      GuardVerdict(.providerRoot, .unit(provider), .tripped, count: 1, cause: .reorganised(provider)),
      GuardVerdict(.firstAbsence, .everything, .tripped, count: 7),
      GuardVerdict(
        .desiredShrank, .source("a.yaml"), .tripped, count: 60, of: 500, limitCount: 75, limitPercent: 10,
        cause: .fileTruncated("a.yaml")),
      GuardVerdict(
        .desiredShrank, .kind(.function), .tripped, count: 60, of: 500, limitCount: 75, limitPercent: 10),
      GuardVerdict(
        .observedShrank, .kind(.person), .tripped, count: 60, of: 500, limitCount: 75, limitPercent: 10,
        cause: .readIncomplete),
      GuardVerdict(.incompleteRead, .everything, .tripped, count: 1, cause: .readIncomplete),
      GuardVerdict(.sentinelMissing, .everything, .tripped, count: 2, cause: .readIncomplete),
      GuardVerdict(.anonymous, .everything, .tripped, count: 1),
      GuardVerdict(.contextBackwards, .everything, .tripped, count: 1, cause: .directoryRestored),
      GuardVerdict(.clocks, .everything, .tripped, count: 1_301, limitCount: 300, cause: .clockWrong),
    ]
    return plan
  }()

  @Test func `reads well in English`() {
    #expect(
      GuardText(.english, plan: Self.plan).lines(all: false) == [
        "! guard   deactivated persons at SE2321000016-1A2B (VC Norr): 12 of 40 (30 %), limit 5 or 10 %",
        "          likely cause: a file is missing from the set or is empty: persons/vc-norr.yaml",
        "! guard   deleted entries in all: 1 501 of 150 000 (1.1 %), limit 500 or 1 %",
        "! guard   moved units within 24 hours: 9 of 20 (45 %), limit 4 or 40 %",
        "          likely cause: SE2321000016-1A2B (VC Norr) was renamed, moved or reorganised at the source",
        "! guard   changed administrative commissions within 7 days: 33 of 8 (412.5 %), limit 32",
        "          likely cause: mail changes nearly everywhere: a column was shifted, or a rule was changed",
        "! guard   members removed from the commission SE1-C1: 5 of 8 (62.5 %), limit 50 %",
        "! guard   members removed from commissions in all: 26, limit 25",
        "! guard   ended persons: 3 of 8 (37.5 %), limit 2 or 50 %",
        "! guard   the unit SE2321000016-1A2B (VC Norr) would be left empty: its last 3 persons or functions would go",
        "          likely cause: a file is missing from the set or is empty: SE2321000016-1A2B",
        "! guard   the care provider or organisation SE2321000016-1A2B (VC Norr) itself would be moved, renamed, ended or deleted",
        "          likely cause: SE2321000016-1A2B (VC Norr) was renamed, moved or reorganised at the source",
        "! guard   changes by absence, with no accepted run to measure them against: 7",
        "! guard   rows gone from a.yaml since the last accepted run: 60 of 500 (12 %), limit 75 or 10 %",
        "          likely cause: a file ends too early or holds only a part: a.yaml",
        "! guard   desired functions fewer than in the last accepted run: 60 of 500 (12 %), limit 75 or 10 %",
        "! guard   persons gone from the directory since the last accepted run: 60 of 500 (12 %), limit 75 or 10 %",
        "          likely cause: the agent could not read all of the directory, or has lost rights to read it",
        "! guard   the read did not see everything",
        "          likely cause: the agent could not read all of the directory, or has lost rights to read it",
        "! guard   2 sentinels not seen: rights or entries were lost",
        "          likely cause: the agent could not read all of the directory, or has lost rights to read it",
        "! guard   the server held us for nobody",
        "! guard   the directory's contextCSN is older than it has been, for 1 server",
        "          likely cause: the directory was restored from a backup, or it is another server that lags behind",
        "! guard   the clocks disagree by 1 301 s, limit 300 s",
        "          likely cause: a clock is wrong: look at the time synchronisation here and at the directory",
      ])
  }

  @Test func `reads well in Swedish`() {
    #expect(
      GuardText(.swedish, plan: Self.plan).lines(all: false) == [
        "! spärr   inaktiverade personer hos SE2321000016-1A2B (VC Norr): 12 av 40 (30 %), gräns 5 eller 10 %",
        "          trolig orsak: en fil saknas i underlaget eller är tom: persons/vc-norr.yaml",
        "! spärr   raderade poster totalt: 1 501 av 150 000 (1,1 %), gräns 500 eller 1 %",
        "! spärr   flyttade enheter inom 24 timmar: 9 av 20 (45 %), gräns 4 eller 40 %",
        "          trolig orsak: SE2321000016-1A2B (VC Norr) har bytt namn, flyttats eller organiserats om i källan",
        "! spärr   ändrade administrativa uppdrag inom 7 dygn: 33 av 8 (412,5 %), gräns 32",
        "          trolig orsak: mail ändras nästan överallt: en kolumn har förskjutits, eller en regel har ändrats",
        "! spärr   medlemmar som tas ur uppdraget SE1-C1: 5 av 8 (62,5 %), gräns 50 %",
        "! spärr   medlemmar som tas ur uppdrag totalt: 26, gräns 25",
        "! spärr   avslutade personer: 3 av 8 (37,5 %), gräns 2 eller 50 %",
        "! spärr   enheten SE2321000016-1A2B (VC Norr) skulle bli tom: dess 3 sista personer eller funktioner skulle försvinna",
        "          trolig orsak: en fil saknas i underlaget eller är tom: SE2321000016-1A2B",
        "! spärr   vårdgivaren eller organisationen SE2321000016-1A2B (VC Norr) skulle själv flyttas, byta namn, avslutas eller raderas",
        "          trolig orsak: SE2321000016-1A2B (VC Norr) har bytt namn, flyttats eller organiserats om i källan",
        "! spärr   ändringar på grund av frånvaro, utan någon godkänd körning att jämföra med: 7",
        "! spärr   rader som försvunnit ur a.yaml sedan den senast godkända körningen: 60 av 500 (12 %), gräns 75 eller 10 %",
        "          trolig orsak: en fil slutar för tidigt eller innehåller bara en del: a.yaml",
        "! spärr   färre önskade funktioner än i den senast godkända körningen: 60 av 500 (12 %), gräns 75 eller 10 %",
        "! spärr   personer som försvunnit ur katalogen sedan den senast godkända körningen: 60 av 500 (12 %), gräns 75 eller 10 %",
        "          trolig orsak: agenten kunde inte läsa hela katalogen, eller har förlorat läsbehörighet",
        "! spärr   läsningen såg inte allt",
        "          trolig orsak: agenten kunde inte läsa hela katalogen, eller har förlorat läsbehörighet",
        "! spärr   2 kontrollposter syntes inte: behörighet eller poster har gått förlorade",
        "          trolig orsak: agenten kunde inte läsa hela katalogen, eller har förlorat läsbehörighet",
        "! spärr   servern kände inte igen oss: anslutningen är anonym",
        "! spärr   katalogens contextCSN är äldre än det har varit, för 1 server",
        "          trolig orsak: katalogen har återställts från en säkerhetskopia, eller så är det en annan server som släpar efter",
        "! spärr   klockorna skiljer sig med 1 301 s, gräns 300 s",
        "          trolig orsak: en klocka går fel: se över tidssynkroniseringen här och hos katalogen",
      ])
  }

  @Test func `shows those that passed with their figures when asked, and in one line those that cannot know`()
  {
    var fixture = GuardFixture(living: 40)
    fixture.add(.deactivate, times: 4)
    let plan = fixture.plan.guarded(by: GuardSettings(), history: nil)
    #expect(GuardText(.english, plan: plan).lines(all: false).isEmpty)
    let lines = GuardText(.english, plan: plan).lines(all: true)
    #expect(
      lines.contains(
        "  guard   deactivated persons at SE2321000016-1000 (Region Exempel): 4 of 40 (10 %), limit 5 or 10 %"
      ))
    #expect(lines.contains("  guard   deleted entries in all: 0 of 40, limit 5 or 10 %"))
    #expect(lines.contains("  guard   the clocks disagree by 0 s, limit 300 s"))
    #expect(lines.contains("  guard   the read saw everything"))
    #expect(lines.last?.hasPrefix("  guard   not known, for want of something to measure against: ") == true)
    #expect(lines.allSatisfy { $0.hasPrefix("  guard   ") })
    let swedish = GuardText(.swedish, plan: plan).lines(all: true)
    #expect(swedish.contains("  spärr   ingen enhet skulle bli tom"))
    #expect(
      swedish.last?.hasPrefix("  spärr   okänt, eftersom det inte finns något att jämföra med: ") == true)
  }

  @Test func `never lets a name from outside speak for itself`() {
    var plan = GuardFixture().plan
    plan.population.units[GuardFixture.provider]?.label = "VC\u{1B}[2J\n! guard   none"
    plan.guards = [
      GuardVerdict(.providerRoot, .unit(GuardFixture.provider), .tripped, count: 1),
      GuardVerdict(.desiredShrank, .source("a\u{1B}.yaml"), .tripped, count: 1),
    ]
    let text = GuardText(.english, plan: plan).lines(all: true).joined()
    #expect(text.unicodeScalars.allSatisfy { !VisibleText.mustBeSpelled($0) })
  }

  @Test func `is the same from JSON and back`() throws {
    for verdict in Self.plan.guards {
      #expect(GuardVerdict(json: verdict.json) == verdict)
      #expect(GuardVerdict(json: try CanonicalJSON(parsing: Array(verdict.json.text.utf8))) == verdict)
      guard case .object(let members) = verdict.json else { continue }
      for key in members.keys {
        var broken = members
        broken[key] = .array([])
        #expect(GuardVerdict(json: .object(broken)) == nil, "\(key)")
      }
      #expect(GuardVerdict(json: .object(members.merging(["more": 1]) { $1 })) == nil)
    }
  }
}

@Suite struct `The configuration of guards` {
  private func settings(_ text: String) throws(Findings) -> GuardSettings {
    let document = try YAMLDocument(parsing: Array(text.utf8), file: "c.yaml")
    var mapping = try document.mapping()
    guard let node = mapping.node("guards") else { return GuardSettings() }
    return try GuardSettings(parsing: node, file: "c.yaml")
  }

  private func faults(_ text: String) -> [String] {
    do {
      _ = try settings(text)
      return []
    } catch {
      return error.all.map { "\($0.position.map { "\($0.line):\($0.column)" } ?? "-") \($0.code)" }
    }
  }

  @Test func `may say everything`() throws {
    let settings = try settings(
      """
      guards:
        deleted: {percent: 5, count: 50}
        updated: {count: 20000}
        desiredShrank: {percent: 3}
        kinds:
          person: {deactivated: {count: 0}}
        providers:
          SE2321000016-1000: {moved: {percent: 50}}
        windows: {day: 3, week: 5}
        clocks: 2m
      """)
    var wanted = GuardSettings()
    wanted.everywhere = [
      .deleted: .init(count: 50, percent: 5), .updated: .init(count: 20_000),
      .desiredShrank: .init(percent: 3),
    ]
    wanted.kinds = [.person: [.deactivated: .init(count: 0)]]
    wanted.providers = [HSAIdentity("se2321000016-1000"): [.moved: .init(percent: 50)]]
    wanted.plansADay = 3
    wanted.plansAWeek = 5
    wanted.clocks = 120
    #expect(settings == wanted)
  }

  @Test func `tells all its faults at once, each with its place`() {
    #expect(
      faults(
        """
        guards:
          deletd: {percent: 5}
          deleted: {percent: 0, count: 5001}
          moved: {}
          updated: {percent: 81, count: 50001}
          ended: 5
          deactivated: {percent: 51, cuont: 3}
          kinds:
            persons: {deleted: {count: 1}}
            unit: {deleted: {count: -1}}
          providers:
            Region Exempel: {deleted: {count: 1}}
            SE1-A: {desiredShrank: {count: 1}}
            se1-a: {deleted: {count: 1}}
          windows: {day: 11, week: 1}
          clocks: 2h
        """) == [
          "2:3 unknown-key", "3:22 wrong-number", "3:32 wrong-number", "4:10 missing-key",
          "5:22 wrong-number",
          "5:33 wrong-number", "6:10 yaml-shape", "7:26 wrong-number", "7:30 unknown-key", "9:5 unknown-kind",
          "10:29 wrong-number", "12:5 wrong-identity", "13:13 unknown-key", "14:5 duplicate-identity",
          "15:18 wrong-number", "15:28 wrong-number", "16:11 wrong-duration",
        ])
    #expect(faults("guards: off") == ["1:9 yaml-shape"])
    #expect(faults("guards: []") == ["1:9 yaml-shape"])
  }

  @Test func `suggests what was meant`() {
    do {
      _ = try settings("guards: {deletd: {percent: 5}, kinds: {persons: {}}}")
      Issue.record("it was read")
    } catch {
      #expect(Set(error.all.compactMap(\.advice)) == ["did you mean `deleted`?", "did you mean `person`?"])
    }
  }

  @Test func `cannot switch a guard off`() throws {
    let settings = try settings(
      """
      guards:
        deleted: {percent: 50, count: 5000}
        updated: {percent: 80, count: 50000}
        windows: {day: 10, week: 20}
        clocks: 1h
      """)
    var fixture = GuardFixture(living: 40)
    fixture.add(.deactivate, times: 41)
    fixture.add(.update, times: 33)
    fixture.edit { $0.proof.clockSkew = 3_601 }
    #expect(fixture.names(settings).isSuperset(of: [.deactivated, .updated, .clocks]))
  }
}
