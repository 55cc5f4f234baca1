import Directory
import LDAP
import TestKit
import Testing

@Suite struct PlanMarkdownTests {
  private func markdown(_ plan: Plan, _ language: Language = .english, _ detail: PlanText.Detail = .normal)
    -> String
  {
    PlanMarkdown(plan, profile: SamplePlan.profile, detail: detail, language: language).text
  }

  @Test(arguments: Language.allCases)
  func `a plan for a ticket reads as a person found it right`(language: Language) throws {
    let findings = [
      Finding(
        "name-taken", .warning, at: SourcePosition(file: "a_b.yaml", line: 2, column: 5),
        subject: HSAIdentity("SE2321000016-9A1B"), "another has the name", advice: "write `cn`")
    ]
    let plan = try SamplePlan.placed(findings: findings)
    try Golden(name: "placed-\(language.rawValue).md").expect(markdown(plan, language))
  }

  @Test func `the summary leaves the changes out`() throws {
    let shown = try markdown(SamplePlan.placed(), .english, .summary)
    #expect(shown.contains("| person | 15 000 |"))
    #expect(!shown.contains("7X3K"))
  }

  @Test func `nothing of a protected person, and no personal number, is in it`() throws {
    for plan in try [SamplePlan.everyAction(), SamplePlan.withAbsence(), SamplePlan.placed()] {
      for language in Language.allCases {
        let text = markdown(plan, language, .full)
        for secret in SamplePlan.secrets { #expect(!text.contains(secret), "\(secret)") }
      }
    }
  }

  /// What a renderer would take for markup: the text with every code span (CommonMark 6.1) and every harmless word
  /// from outside replaced by one sign.
  private func skeleton(_ text: String, _ words: [String]) throws -> String {
    var result = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var rest = line[...]
      while let start = rest.firstIndex(of: "`") {
        result += rest[..<start]
        let fence = rest[start...].prefix { $0 == "`" }
        rest = rest[fence.endIndex...]
        var end: Substring.Index?
        var at = rest.startIndex
        while let next = rest[at...].firstIndex(of: "`") {
          let run = rest[next...].prefix { $0 == "`" }
          if run.count == fence.count {
            end = next
            at = run.endIndex
            break
          }
          at = run.endIndex
        }
        _ = try #require(end, "a code span is left open: \(line)")
        result += "□"
        rest = rest[at...]
      }
      result += rest + "\n"
    }
    for word in words { result = result.replacing(word, with: "□") }
    return result
  }

  private static let fragments = [
    "`", "``", "```", "|", "\\", "\\|", "[x](http://evil.example)", "<script>", "</td>", "<!--", "\n", "\r\n",
    "# ", "- ", "@admin",
    "#12", "*", "_", "~~", "![](x)", "&copy;", "$x$", "\u{202E}", "\u{1B}[2J", " ", "  ", "http://a.b", "~~~",
    ">", "---",
    "\u{2028}", "é", "a",
  ]

  @Test(arguments: 0..<200)
  func `no value, name or file breaks out of where it stands`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func hostile() -> String {
      "."
        + (0..<Int.random(in: 1...6, using: &generator)).map { _ in
          Self.fragments.randomElement(using: &generator) ?? ""
        }.joined()
    }
    func plan(_ text: () -> String) throws -> Plan {
      var plan = try SamplePlan.placed()
      for index in plan.changes.indices where !plan.changes[index].isProtected {
        plan.changes[index].label = text()
        plan.changes[index].cause = .desired(SourcePosition(file: text(), line: 1, column: 1))
        plan.changes[index].differences = [
          Change.Difference("title", removed: [Value(text())], added: [Value(text())], kept: 0),
          Change.Difference("description", removed: [], added: [Value(text()), Value(text())], kept: 2),
        ]
        if plan.changes[index].action == .rename {
          plan.changes[index].newDN = DistinguishedName([RelativeDistinguishedName("cn", Value(text()))])
          plan.changes[index].destination = nil
        }
      }
      for unit in plan.population.units.keys.sorted() { plan.population.units[unit]?.label = text() }
      return plan
    }
    var benign = 0
    let calm = try plan {
      benign += 1
      return ".\(benign)"
    }
    let wild = try plan(hostile)
    let (left, right) = (markdown(wild), markdown(calm))
    // The units stand in another order where they are called otherwise: the lines are compared, not their order.
    func lines(_ text: String) throws -> [String] {
      // The plan's code is made of its values.
      try skeleton(text.replacing(/Plan [0-9A-F]{4}-[0-9A-F]{4}/, with: "Plan"), []).split(separator: "\n")
        .map(String.init).sorted()
    }
    #expect(try lines(left) == lines(right))
  }
}
