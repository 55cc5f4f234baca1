import Foundation
import Testing

@testable import Agent

struct PageDecisionTests {
  private let pages: Pages

  init() throws { pages = try Pages() }

  private func markup(_ build: (inout PageSamples) -> some Page) throws -> Markup {
    var samples = PageSamples { "Text \($0)" }
    let page = build(&samples)
    return try Markup(pages.html(page, in: samples.frame(.swedish)))
  }

  private func actions(_ markup: Markup) -> [String] {
    markup.all("form").compactMap { $0.attributes["action"] }
  }

  @Test(arguments: HeldPlanPage.Standing.allCases)
  func `Only who may approve finds the form, and others read why not`(standing: HeldPlanPage.Standing) throws
  {
    let markup = try markup { $0.held(standing) }
    let mayApprove = standing == .mayApprove
    #expect(actions(markup).contains { $0.hasSuffix("/approve") } == mayApprove)
    let sentence = Words.swedish.held.sentence(for: standing)
    #expect((sentence == nil) == mayApprove)
    if let sentence { #expect(markup.all("main").contains { $0.text.contains(sentence) }) }
  }

  @Test func `An approval needs a reason and the word that the plan was read`() throws {
    let markup = try markup { $0.held(.mayApprove) }
    let place = try #require(
      markup.elements.firstIndex { $0.attributes["action"]?.hasSuffix("/approve") == true })
    let needed = markup.within(place).filter { $0.attributes["required"] != nil }
    #expect(needed.map { $0.attributes["name"] } == ["reason", "read"])
  }

  @Test func `A file with errors can be discarded and never accepted`() throws {
    let faulty = try markup { $0.proposal(sound: false) }
    #expect(actions(faulty) == ["/providers/SE1-1/proposals/43/discard"])
    let sound = try markup { $0.proposal(sound: true) }
    #expect(
      actions(sound) == ["/providers/SE1-1/proposals/43/accept", "/providers/SE1-1/proposals/43/discard"])
  }

  @Test func `A file with errors shows no plan even if it is given one`() throws {
    let markup = try markup { samples in
      var page = samples.proposal(sound: false)
      page.plan = samples.plan()
      return page
    }
    #expect(markup.all("del").isEmpty && markup.all("h4").isEmpty)
  }

  @Test func `An upload is sent as a file with an optional note`() throws {
    let markup = try markup { $0.provider() }
    let place = try #require(
      markup.elements.firstIndex { $0.attributes["action"]?.hasSuffix("/proposals") == true })
    #expect(markup.elements[place].attributes["enctype"] == "multipart/form-data")
    let fields = markup.within(place).filter { $0.name == "input" }
    #expect(fields.map { $0.attributes["name"] } == ["csrf", "file", "note"])
    #expect(fields[1].attributes["accept"] == ".yaml,.yml,.ldif" && fields[2].attributes["required"] == nil)
  }

  @Test func `What goes and what comes is told by sign, by word and by element`() throws {
    let markup = try markup { $0.planPage() }
    for (place, row) in markup.elements.enumerated() where row.name == "dd" {
      let isGone = row.attributes["class"] == "gone"
      #expect(row.text.contains(isGone ? "−" : "+"))
      #expect(["tas bort", "läggs till", "från", "till"].contains { row.text.contains($0) })
      #expect(markup.within(place).contains { $0.name == (isGone ? "del" : "ins") })
    }
  }

  @Test func `Long lists are folded away and counted`() throws {
    let markup = try markup { $0.planPage() }
    let summary = try #require(markup.all("summary").first)
    #expect(summary.text == "+ 9 värden läggs till")
    let place = try #require(markup.elements.firstIndex { $0.name == "details" })
    #expect(markup.within(place).count { $0.name == "ins" } == 9)
  }
}
