import Foundation
import Testing

@testable import Agent

struct PageSafetyTests {
  /// A text that tries everything, and can be told from the others.
  private static func hostile(_ number: Int) -> String {
    "f\(number)<script>alert(1)</script>\"'&amp;{{x}}{{{frame.csrf}}}"
      + "\u{202E}\u{1B}[31m\r\n\t\u{0}\u{200B}\u{2028}"
      + "\" onclick=\"\"\u{301}<\u{301}b>\u{600}\"Ö"
  }

  /// The text as it must stand in the page.
  private static func shown(_ text: String) -> String {
    var shown = ""
    for scalar in visible(text).unicodeScalars {
      switch scalar {
      case "<": shown += "&lt;"
      case ">": shown += "&gt;"
      case "&": shown += "&amp;"
      case "\"": shown += "&quot;"
      case "'": shown += "&#39;"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  @Test(arguments: try RenderedPage.all(hostile))
  func `Whatever a field holds is shown, escaped and visible`(page: RenderedPage) throws {
    let html = page.html.replacing("<mark>", with: "").replacing("</mark>", with: "")
    for text in page.made {
      #expect(html.contains(Self.shown(text)), "\(text.prefix(8)) is not on the page")
    }
    _ = try Markup(page.html)
  }

  @Test(arguments: try RenderedPage.all(hostile))
  func `No field adds an element, a control or an order of its own`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    #expect(markup.all("b").isEmpty)
    #expect(markup.all("script").allSatisfy { $0.attributes["src"] == "/progress.js" })
    #expect(
      markup.elements.allSatisfy { element in element.attributes.keys.allSatisfy { !$0.hasPrefix("on") } })
    let hidden = page.html.unicodeScalars.filter { scalar in
      scalar != "\n" && [.control, .format, .lineSeparator].contains(scalar.properties.generalCategory)
    }
    #expect(hidden.isEmpty)
  }

  @Test func `The name of one is never shown for another who has none`() throws {
    var samples = PageSamples { "Text \($0)" }
    var page = samples.planPage()
    page.providerName = "Provider"
    for place in page.plan.groups.indices { page.plan.groups[place].changes[0].name = nil }
    for place in page.plan.roles.indices { page.plan.roles[place].personName = nil }
    let html = try Pages().html(page, in: samples.frame(.swedish))
    let markup = try Markup(html)
    for (place, heading) in markup.elements.enumerated() where heading.name == "h4" {
      #expect(!markup.within(place).contains { $0.name == "strong" })
    }
    let rows = markup.all("th").filter { $0.attributes["scope"] == "row" }
    #expect(rows.map { $0.text.trimmingCharacters(in: .whitespaces) } == page.plan.roles.map(\.personID))
  }

  @Test func `An identity cannot leave its segment of a link`() throws {
    #expect(
      PagePath.path("providers", "../\"<a>?#/Å", "x") == "/providers/%2E%2E%2F%22%3Ca%3E%3F%23%2F%C3%85/x")
  }

  @Test(arguments: [
    ("/", "/?language=en"), ("/plans/A?x=1", "/plans/A?x=1&language=en"),
    ("/a?language=sv&x=1", "/a?x=1&language=en"), ("//evil.example", "/?language=en"),
    ("https://evil.example/", "/?language=en"), ("javascript:alert(1)", "/?language=en"),
    ("/\\evil.example", "/?language=en"), ("", "/?language=en"),
  ])
  func `The language switch stays on this site`(current: String, link: String) {
    #expect(PagePath.inLanguage(.english, of: current) == link)
  }

  @Test func `What is hidden is spelled out and what is readable stays`() {
    #expect(visible("Åsa é 𝄞 日本") == "Åsa é 𝄞 日本")
    #expect(visible("a\u{202E}b\u{7}\u{9F}\u{FEFF}") == "a\\u{202E}b\\u{0007}\\u{009F}\\u{FEFF}")
    #expect(
      visible("\u{200D}\u{61C}\u{2069}\u{AD}\u{E0041}") == "\\u{200D}\\u{061C}\\u{2069}\\u{00AD}\\u{E0041}")
    #expect(visible("\"\u{301}e\u{301}") == "\"\\u{0301}e\u{301}")
    #expect(visible("line\r\n") == "line\\u{000D}\\u{000A}")
    #expect(visible(visible("\u{202E}\"\u{301}")) == visible("\u{202E}\"\u{301}"))
  }
}
