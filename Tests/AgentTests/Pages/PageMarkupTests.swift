import Testing

@testable import Agent

struct PageMarkupTests {
  @Test(arguments: try RenderedPage.all())
  func `A page is well formed and says its language`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    #expect(markup.all("html").map { $0.attributes["lang"] } == [page.language.rawValue])
    #expect(markup.all("title").allSatisfy { $0.text.count > " – hsasync".count })
    let values = markup.elements.flatMap { Array($0.attributes.values) + [$0.text] }
    #expect(
      !page.html.contains("{{") && !values.contains { $0.contains("<null>") || $0.contains("Optional") })
  }

  @Test(arguments: try RenderedPage.all())
  func `A page has one first heading and skips no level`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    let headings = markup.elements.filter { ["h1", "h2", "h3", "h4", "h5", "h6"].contains($0.name) }
    let levels = headings.compactMap { $0.name.last.flatMap { Int(String($0)) } }
    #expect(levels.first == 1 && levels.count { $0 == 1 } == 1)
    for (above, below) in zip(levels, levels.dropFirst()) { #expect(below <= above + 1) }
    #expect(headings.allSatisfy { !$0.text.isBlank })
  }

  @Test(arguments: try RenderedPage.all())
  func `Every field that a reader fills in has a label`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    let labels = markup.all("label")
    let fields = (markup.all("input") + markup.all("textarea")).filter { $0.attributes["type"] != "hidden" }
    for field in fields {
      let label = try #require(labels.first { $0.attributes["for"] == field.attributes["id"] })
      #expect(field.attributes["id"] != nil && !label.text.isBlank)
    }
    #expect(labels.count == fields.count)
  }

  @Test(arguments: try RenderedPage.all())
  func `Every form that posts carries the token`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    for (place, form) in markup.elements.enumerated() where form.name == "form" {
      let method = try #require(form.attributes["method"])
      let tokens = markup.within(place).filter { $0.attributes["name"] == "csrf" }
      #expect(tokens.count == (method == "post" ? 1 : 0))
      #expect(tokens.allSatisfy { $0.attributes["type"] == "hidden" && $0.attributes["value"] == "Text -1" })
      #expect(form.attributes["action"]?.hasPrefix("/") == true)
    }
  }

  @Test(arguments: try RenderedPage.all())
  func `A page needs nothing that its content policy forbids`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    #expect(markup.all("style").isEmpty && markup.all("base").isEmpty && markup.all("img").isEmpty)
    #expect(markup.all("script").allSatisfy { $0.attributes["src"] == "/progress.js" && $0.text.isEmpty })
    for element in markup.elements {
      #expect(element.attributes.keys.allSatisfy { $0 != "style" && !$0.hasPrefix("on") })
      let links = ["href", "src", "action"].compactMap { element.attributes[$0] }
      #expect(links.allSatisfy { ($0.hasPrefix("/") && !$0.hasPrefix("//")) || $0.hasPrefix("#") })
    }
  }

  @Test(arguments: try RenderedPage.all())
  func `Tables have scoped headings and every cell says its column`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    for (place, table) in markup.elements.enumerated() where table.name == "table" {
      let heads = markup.within(place).filter { $0.name == "th" }
      #expect(heads.contains { $0.attributes["scope"] == "col" })
      #expect(heads.allSatisfy { ["col", "row"].contains($0.attributes["scope"]) })
      let cells = markup.within(place).filter { $0.name == "td" }
      #expect(cells.allSatisfy { $0.attributes["data-label"]?.isEmpty == false })
    }
  }

  @Test(arguments: try RenderedPage.all())
  func `Links and buttons have text and references have targets`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    for name in ["a", "button", "summary"] {
      #expect(markup.all(name).allSatisfy { !$0.text.isBlank })
    }
    let ids = markup.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for element in markup.elements {
      let marks = ["aria-labelledby", "aria-describedby", "for"].compactMap { element.attributes[$0] }
      let links = element.attributes["href"].flatMap { $0.hasPrefix("#") ? String($0.dropFirst()) : nil }
      for target in marks + [links].compactMap(\.self) { #expect(ids.contains(target)) }
    }
  }

  @Test(arguments: try RenderedPage.all())
  func `A page begins with the skip link and has one main part`(page: RenderedPage) throws {
    let markup = try Markup(page.html)
    #expect(markup.all("a").first?.attributes["href"] == "#content")
    #expect(markup.all("main").map { $0.attributes["id"] } == ["content"])
    #expect(markup.all("header").count == 1)
  }

  @Test func `A request reloads by itself until it is over, with script and without`() throws {
    for page in try RenderedPage.all() where page.name.hasPrefix("request") {
      let markup = try Markup(page.html)
      let isOver = ["done", "waits", "refused"].contains { page.name.hasSuffix($0) }
      #expect(markup.all("noscript").count == (isOver ? 0 : 1))
      #expect(markup.all("script").count == (isOver ? 0 : 1))
      #expect(markup.elements.contains { $0.attributes["data-events"] != nil } == !isOver)
      #expect(markup.elements.contains { $0.attributes["aria-live"] == "polite" })
    }
  }
}

extension String {
  fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
