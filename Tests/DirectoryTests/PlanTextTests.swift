import Directory
import LDAP
import TestKit
import Testing

@Suite struct PlanTextTests {
  private func text(
    _ plan: Plan, endings: Plan? = nil, _ detail: PlanText.Detail = .normal, width: Int? = 120,
    colour: Bool = false, in language: Language = .english
  ) -> String {
    PlanText(
      plan, endings: endings, profile: SamplePlan.profile,
      style: .init(width: width, colour: colour, detail: detail, language: language),
      duration: .milliseconds(843)
    ).text
  }

  @Test(arguments: [PlanText.Detail.summary, .normal, .verbose, .full])
  func `a plan with every action reads as a person found it right`(detail: PlanText.Detail) throws {
    try Golden(name: "every-action-\(detail).txt").expect(text(SamplePlan.everyAction(), detail))
  }

  @Test(arguments: Language.allCases, [PlanText.Detail.summary, .normal, .verbose])
  func `a plan stands by care provider and unit where they are known`(
    language: Language, detail: PlanText.Detail
  ) throws {
    let shown = try text(SamplePlan.placed(), detail, in: language)
    try Golden(name: "placed-\(detail)-\(language.rawValue).txt").expect(shown)
  }

  @Test func `moves are told by the names of units, members one by one`() throws {
    let shown = try text(SamplePlan.placed())
    #expect(shown.contains("VC Norr  SE2321000016-1A2C  (Region Exempel)\n"))
    #expect(shown.contains("moved  VC Syd -> VC Norr"))
    #expect(shown.contains("~ SE2321000016-7X3K  2026-01-01.. -> 2026-01-01..2026-12-31\n"))
    #expect(shown.contains("- SE2321000016-9A1E  2025-01-01..\n"))
    #expect(shown.contains("(2 998 kept)"))
  }

  @Test func `a unit's own changes stand with what happens in it`() throws {
    let blocks = try text(SamplePlan.placed()).components(separatedBy: "\n\n")
    let north = try #require(blocks.first { $0.hasPrefix("VC Norr ") })
    #expect(north.contains("> unit"))
    #expect(north.contains("Anna Berg"))
    let south = blocks.first { $0.hasPrefix("VC Syd ") }
    #expect(south == nil, "those who leave it stand where they come")
  }

  @Test func `nobody can tell where a protected person works`() throws {
    for language in Language.allCases {
      let shown = try text(SamplePlan.placed(), width: nil, in: language)
      let blocks = shown.components(separatedBy: "\n\n")
      let protected = blocks.filter {
        $0.contains("person      SE2321000016-P001") || $0.contains("person  SE2321000016-P001")
      }
      for block in protected where !block.contains("2026-06-") {
        #expect(block.hasPrefix(language == .english ? "Protected persons" : "Skyddade personer"))
      }
      #expect(!protected.isEmpty)
    }
  }

  @Test(arguments: Language.allCases)
  func `endings that are a plan of their own stand as a block with their own line`(language: Language) throws
  {
    var (plan, endings) = try (SamplePlan.placed(), SamplePlan.placed())
    plan.changes.removeAll { $0.action == .deactivate }
    plan.foreseen = []
    endings.changes.removeAll { $0.action != .deactivate }
    endings.isOfEndings = true
    let shown = text(plan, endings: endings, in: language)
    try Golden(name: "endings-\(language.rawValue).txt").expect(shown)
  }

  @Test func `without places in both languages`() throws {
    try Golden(name: "every-action-sv.txt").expect(text(SamplePlan.everyAction(), in: .swedish))
    try Golden(name: "absence-sv.txt").expect(text(SamplePlan.withAbsence(), in: .swedish))
    try Golden(name: "empty-sv.txt").expect(text(SamplePlan.empty(), in: .swedish))
  }

  @Test func `a language without words of its own is not left in English`() throws {
    let english = try text(SamplePlan.placed(), .verbose, in: .english)
    let swedish = try text(SamplePlan.placed(), .verbose, in: .swedish)
    for word in [
      "created", "updated", "moved", "commission ", "kept", "none left", "change ", "absent", "Read",
      "to add",
    ] {
      #expect(!swedish.contains(word), "\(word)")
    }
    #expect(english.split(separator: "\n").count == swedish.split(separator: "\n").count)
  }

  @Test func `a personal number in other text is masked, and shown when asked for`() throws {
    var plan = try SamplePlan.everyAction()
    plan.changes[6].differences.append(
      Change.Difference(
        "description", removed: ["Se 19900119-2385."], added: ["tel 0812310011, 199001192385"], kept: 0))
    let masked = text(plan, width: nil)
    #expect(masked.contains("\"Se ••••.\" -> \"tel 0812310011, ••••\""))
    let style = PlanText.Style(reveal: true)
    let shown = PlanText(plan, profile: SamplePlan.profile, style: style).text
    #expect(shown.contains("199001192385"))
    for secret in SamplePlan.secrets where !secret.hasPrefix("19") {
      #expect(!shown.contains(secret), "\(secret)")
    }
  }

  @Test func `a protected person without a change is masked where others refer to her`() throws {
    var plan = try SamplePlan.everyAction()
    let name = "cn=Hemlig Chef,ou=VC Norr," + SamplePlan.base
    plan.changes[6].differences += ["manager", "seeAlso"].map {
      Change.Difference($0, removed: [], added: [Value(name)], kept: 0)
    }
    plan.protectedNames = [try DistinguishedName(parsing: name): HSAIdentity("SE2321000016-P002")]
    let shown = text(plan, .full, width: nil)
    #expect(!shown.contains("Hemlig"))
    #expect(shown.contains("<protected person SE2321000016-P002>"))
  }

  @Test func `a narrow terminal cuts names, never places`() throws {
    let narrow = try text(SamplePlan.everyAction(), width: 80)
    try Golden(name: "every-action-80-columns.txt").expect(narrow)
    let heads = narrow.split(separator: "\n").filter { $0.first.map("+~>^v#-".contains) ?? false }
    #expect(heads.count == 17)
    for head in heads { #expect(head.contains(/desired\/[a-z-]+\.yaml:[0-9]+$/), "\(head)") }
  }

  @Test func `what does not go to a terminal is not cut`() throws {
    let wide = try text(SamplePlan.everyAction(), width: nil)
    try Golden(name: "every-action-file.txt").expect(wide)
    #expect(wide.contains("cn=SE2321000016-C001,ou=VC Norr,o=Region Exempel,c=SE"))
  }

  @Test func `changes by absence stand apart, and a guard says that they are held back`() throws {
    try Golden(name: "absence.txt").expect(text(SamplePlan.withAbsence()))
  }

  @Test func `hostile values are spelled out`() throws {
    let shown = try text(SamplePlan.hostile(), .full)
    try Golden(name: "hostile.txt").expect(shown)
    let allowed = shown.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.mustBeSpelled($0) }
    #expect(allowed)
  }

  @Test func `an empty plan says that there is agreement`() throws {
    try Golden(name: "empty.txt").expect(text(SamplePlan.empty()))
  }

  @Test func `an empty plan of an incomplete read does not claim agreement`() throws {
    var plan = try SamplePlan.empty()
    plan.proof.referrals = 2
    plan.proof.finished = false
    plan.proof.add(.sentinelMissing, "a sentinel entry was not seen")
    try Golden(name: "empty-incomplete.txt").expect(text(plan))
    #expect(!text(plan).contains("agrees"))
  }

  @Test func `findings come first, sorted by place, with what to do`() throws {
    let findings = [
      Finding(
        "parent-missing", at: SourcePosition(file: "b.yaml", line: 7, column: 3), "the parent is not there"),
      Finding(
        "duplicate-identity", at: SourcePosition(file: "a.yaml", line: 12, column: 5),
        and: SourcePosition(file: "a.yaml", line: 3, column: 5), subject: HSAIdentity("SE2321000016-7X3K"),
        "two rows have this HSA-id", advice: "remove one of them"),
      Finding(
        "not-sent", .warning, subject: HSAIdentity("SE2321000016-9A1B"), "a class is unknown to the server"),
      Finding(
        "name-taken", .warning, at: SourcePosition(file: "a.yaml", line: 2, column: 5), "another has the name"
      ),
    ]
    try Golden(name: "findings.txt").expect(text(SamplePlan.everyAction(findings: findings), .summary))
  }

  @Test(arguments: [PlanText.Detail.summary, .normal, .verbose, .full])
  func `nothing of a protected person, and no personal number, is shown`(detail: PlanText.Detail) throws {
    for plan in try [SamplePlan.everyAction(), SamplePlan.withAbsence(), SamplePlan.placed()] {
      let shown = text(plan, detail, width: nil)
      for secret in SamplePlan.secrets { #expect(!shown.contains(secret), "\(secret) at \(detail)") }
    }
  }

  @Test func `colour adds nothing that signs and words do not say`() throws {
    let plan = try SamplePlan.everyAction()
    let coloured = text(plan, colour: true)
    #expect(coloured.contains("\u{1B}[32m+\u{1B}[0m"))
    let plain = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(plain == text(plan))
  }

  @Test func `the text is the same whatever order the changes come in`() throws {
    var plan = try SamplePlan.everyAction()
    let expected = text(plan)
    plan.changes.reverse()
    // The code is another: the order is part of what would be done.
    func body(_ text: String) -> [Substring] { text.split(separator: "\n").dropLast() }
    #expect(body(text(plan)) == body(expected))
  }

  @Test func `columns align where letters are wide or composed`() {
    #expect("Å".displayWidth == 1)
    #expect("A\u{30A}".displayWidth == 1)
    #expect("漢字".displayWidth == 4)
    #expect("漢字".cut(to: 3) == "漢…")
    #expect("abc".cut(to: 3) == "abc")
    #expect("é".padded(to: 3) == "é  ")
  }

  @Test func `numbers are grouped and nouns counted`() {
    #expect(18_211.grouped == "18 211")
    #expect(1_000_000.grouped == "1 000 000")
    #expect((-100).grouped == "-100")
    #expect(Language.english.count(1, .entry) == "1 entry")
    #expect(Language.english.count(0, .entry) == "0 entries")
    #expect(Language.swedish.count(1_200, .change) == "1 200 ändringar")
    #expect(Language.swedish.count(1, .warning) == "1 varning")
  }
}
