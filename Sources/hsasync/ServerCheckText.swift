import Directory
import Reconciler

/// What the agent can rely on at a live server, for people: one line for each thing looked at.
struct ServerCheckText {
  let check: ServerCheck
  var language = Language.english

  func write(to out: inout some TextOutputStream) {
    let words = ServerCheck.Verdict.all.map { $0.word(language).count }.max() ?? 0
    for section in ServerCheck.Section.allCases {
      let items = check.items.filter { $0.section == section }
      guard !items.isEmpty else { continue }
      out.write("\(section.title(language))\n")
      for item in items {
        out.write("  \(item.verdict.word(language).padded(to: words))  \(VisibleText(item.text).text)\n")
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

extension ServerCheck.Section {
  fileprivate func title(_ language: Language) -> String {
    guard language == .swedish else { return rawValue }
    return switch self {
    case .connection: "anslutning"
    case .base: "bas"
    case .reading: "läsning"
    case .writing: "skrivning"
    case .schema: "schema"
    case .rights: "rättigheter"
    }
  }
}

extension ServerCheck.Verdict {
  static var all: [Self] { [.good, .degraded, .bad, .notKnown] }

  /// What stands before the line.
  func word(_ language: Language) -> String {
    switch self {
    case .good: "ok"
    case .degraded: language.say("limited", "begränsat")
    case .bad: language.say("WRONG", "FEL")
    case .notKnown: language.say("unknown", "okänt")
    }
  }
}
