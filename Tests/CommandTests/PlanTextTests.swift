import Directory
import LDAP
import Testing

@Suite struct PlanTextTests {
  private func text(
    _ plan: Plan, _ detail: PlanText.Detail = .normal, width: Int? = 120, colour: Bool = false
  ) -> String {
    PlanText(
      plan, profile: SamplePlan.profile, style: .init(width: width, colour: colour, detail: detail),
      duration: .milliseconds(843)
    ).text
  }

  @Test(arguments: [PlanText.Detail.summary, .normal, .verbose, .full])
  func `a plan with every action reads as a person found it right`(detail: PlanText.Detail) throws {
    try Golden(name: "every-action-\(detail).txt").expect(text(SamplePlan.everyAction(), detail))
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
    for plan in try [SamplePlan.everyAction(), SamplePlan.withAbsence()] {
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
    #expect(text(plan) == expected)
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
    #expect(1.counting("entry") == "1 entry")
    #expect(0.counting("entry") == "0 entries")
  }
}
