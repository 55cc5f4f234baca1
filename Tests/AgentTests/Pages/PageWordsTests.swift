import Foundation
import Testing

@testable import Agent

struct PageWordsTests {
  /// Words that both languages share.
  private static let shared: Set = ["YAML (.yaml, .yml) eller LDIF (.ldif)."]

  /// Every plain word by its path; sayings of refusals lie one step further in.
  private static func texts(of value: Any, at path: String = "words") -> [String: String] {
    var texts: [String: String] = [:]
    for child in Mirror(reflecting: value).children {
      guard let label = child.label, !(child.value is PageField) else { continue }
      if let text = child.value as? String {
        texts["\(path).\(label)"] = text
      } else {
        texts.merge(Self.texts(of: child.value, at: "\(path).\(label)")) { kept, _ in kept }
      }
    }
    return texts
  }

  @Test func `No word is the same in both languages`() {
    let swedish = Self.texts(of: Words.swedish)
    let english = Self.texts(of: Words.english)
    #expect(swedish.count > 150 && swedish.keys == english.keys)
    for (path, word) in swedish where !Self.shared.contains(word) {
      #expect(word != english[path], "\(path)")
    }
    #expect((Array(swedish.values) + Array(english.values)).allSatisfy { !$0.isEmpty })
  }

  @Test func `Every word that a template names exists`() throws {
    let known = Self.texts(of: Words.swedish)
    for (name, text) in Pages.templates {
      for match in text.matches(of: /\{\{(words\.[A-Za-z.]+)\}\}/) {
        #expect(known[String(match.1)] != nil, "\(match.1) in \(name)")
      }
      #expect(!text.contains("{{{") && !text.contains("{{&"), "\(name) leaves data unescaped")
    }
  }

  @Test func `Every part that a template names exists`() {
    for (name, text) in Pages.templates {
      for match in text.matches(of: /\{\{[>&<]([A-Za-z-]+)\}\}/) {
        #expect(Pages.templates[String(match.1)] != nil, "\(match.1) in \(name)")
      }
    }
  }

  @Test func `One is told from many`() {
    #expect(Words.swedish.plan.sentence(1, 0) == "1 ändring i katalogen.")
    #expect(Words.swedish.plan.sentence(2, 1) == "2 ändringar i katalogen och 1 ändrad roll.")
    #expect(
      Words.english.proposal.verdict(1, 2) == "The file cannot be accepted. It has 1 error and 2 warnings.")
    #expect(
      Words.swedish.proposal.verdict(0, 1) == "Filen är granskad och kan fastställas. Den har 1 varning.")
    #expect(Words.swedish.request.word(for: .applied, count: 10) == "införda")
  }

  @Test(arguments: [
    ("2026-11-22T17:45:00Z", "2026-11-22 18:45", "2026-11-22T18:45:00+01:00"),
    ("2026-07-01T22:05:09Z", "2026-07-02 00:05", "2026-07-02T00:05:09+02:00"),
  ])
  func `Times are those of Stockholm`(moment: String, text: String, machine: String) throws {
    let date = try Date(moment, strategy: .iso8601)
    #expect(PageTime.text(date) == text && PageTime.machine(date) == machine)
  }

  @Test func `A value that takes the place of another shows where they part`() throws {
    let pair = try #require(ValuePair(removed: ["Storgatan 1$111"], added: ["Storgatan 12$111"]))
    #expect(pair.added.before == "Storgatan 1" && pair.added.own == "2" && pair.added.after == "$111")
    #expect(pair.removed.own.isEmpty)
    let unlike = try #require(ValuePair(removed: ["Norr"], added: ["Solsidan"]))
    #expect(unlike.added.before == "Solsidan" && unlike.added.own.isEmpty)
    #expect(ValuePair(removed: ["a"], added: ["b", "c"]) == nil)
  }
}
