import Directory
import Reconciler

/// What the agent can rely on at a live server, for people: one line for each thing looked at.
struct ServerCheckText {
  let check: ServerCheck

  func write(to out: inout some TextOutputStream) {
    let words = ServerCheck.Verdict.allWords.map(\.count).max() ?? 0
    for section in ServerCheck.Section.allCases {
      let items = check.items.filter { $0.section == section }
      guard !items.isEmpty else { continue }
      out.write("\(section.rawValue)\n")
      for item in items {
        out.write("  \(item.verdict.word.padded(to: words))  \(VisibleText(item.text).text)\n")
        if let advice = item.advice {
          out.write(String(repeating: " ", count: words + 4) + VisibleText(advice).text + "\n")
        }
      }
    }
  }

  /// The same for machines.
  static func object(_ check: ServerCheck) -> CanonicalJSON {
    .array(
      check.items.map { item in
        CanonicalJSON(present: [
          "section": .string(item.section.rawValue), "verdict": .string(item.verdict.rawValue),
          "text": .string(item.text), "advice": item.advice.map { .string($0) },
        ])
      })
  }
}

extension ServerCheck.Verdict {
  static var allWords: [String] { [Self.good, .degraded, .bad, .notKnown].map(\.word) }

  /// What stands before the line.
  var word: String {
    switch self {
    case .good: "ok"
    case .degraded: "limited"
    case .bad: "WRONG"
    case .notKnown: "unknown"
    }
  }
}
