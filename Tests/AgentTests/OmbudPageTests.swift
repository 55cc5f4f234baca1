import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `The ombuds' page` {
  typealias Region = OmbudRegion

  static func page(
    _ settings: String = OmbudRegion.settings
  ) async throws -> (OmbudPageFixture, SampleCards) {
    let region = try await LiveRegion(settings: settings)
    try await region.align()
    let folder = region.folder.path("cards")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let cards = try SampleCards(folder: folder)
    return (try await OmbudPageFixture(cards: cards, in: region), cards)
  }

  @Test func `lets in a card with a mandate, and records whom it refuses, and why`() async throws {
    var (page, cards) = try await Self.page()
    let good = try cards.card("SE2321000016-9O01", name: "Anna Ombud")
    let home = try await page.ask("/", good)
    #expect(home.status == 200 && home.body.contains("Solgläntan Vård AB"), "\(home)")
    #expect(!home.body.contains("Strandrehab"))
    let root = cards.root
    let wrong: [(SampleCard?, Int, String)] = [
      (nil, 401, "noCertificate"),
      (try cards.card("SE2321000016-9O11", shape: .init { $0.signer = root }), 403, "foreignIssuer"),
      (
        try cards.card("SE2321000016-9O12", shape: .init { $0.notAfter = Date().addingTimeInterval(-60) }),
        403, "expired"
      ),
      (
        try cards.card("SE2321000016-9O13", shape: .init { $0.purposes = [.serverAuth] }), 403,
        "notForClients"
      ),
      (try cards.card("SE2321000016-9O14", shape: .init { $0.policies = ["1.2.3"] }), 403, "wrongPolicy"),
      (try cards.card("SE2321000016-9O15"), 403, "mandateMissing"),
    ]
    for (card, status, code) in wrong {
      let reply = try await page.ask("/", card)
      #expect(reply.status == status && !reply.body.contains("Solgläntan"), "\(code) \(reply)")
      let seen = try page.region.audit().contains {
        $0["event"] as? String == "doorRefused" && $0["reason"] as? String == code
      }
      #expect(seen, "\(code)")
    }
    cards.revoke(good)
    try cards.writeList()
    try await eventually("the revocation") { try await page.ask("/", good).status == 403 }
  }

  @Test func `tells browsers to keep nothing and to run nothing that is not ours`() async throws {
    let (page, cards) = try await Self.page()
    let card = try cards.card("SE2321000016-9O01")
    #expect(try await page.ask("/style.css", nil).status == 200)
    for path in ["/", "/style.css", "/progress.js", "/providers/SE2321000016-4000", "/nothing"] {
      let reply = try await page.ask(path, card)
      #expect(reply.header("cache-control") == "no-store", "\(path)")
      let policy = reply.header("content-security-policy") ?? ""
      #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "\(path)")
      #expect(reply.header("x-content-type-options") == "nosniff")
    }
    let cookie = try await page.ask("/", try cards.card("SE2321000016-9O02")).header("set-cookie") ?? ""
    for word in ["__Host-", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
      #expect(cookie.contains(word), "\(cookie)")
    }
  }

  @Test func `takes no form but its own`() async throws {
    let (page, cards) = try await Self.page()
    let card = try cards.card("SE2321000016-9O01"), other = try cards.card("SE2321000016-9O02")
    let path = "/providers/SE2321000016-4000/reconcile"
    // Without a session, without a token, with somebody else's token, from another site.
    #expect(try await page.ask(path, card, ["-F", "csrf=x"]).status == 401)
    let token = try await page.ask("/providers/SE2321000016-4000", card).token
    #expect(token.count == 64)
    #expect(try await page.ask(path, card, ["-X", "POST", "-d", "a=b"]).status == 401)
    let foreign = try await page.ask("/providers/SE2321000016-4000", other).token
    #expect(try await page.ask(path, card, ["-F", "csrf=\(foreign)"]).status == 401)
    let site = ["-H", "Sec-Fetch-Site: cross-site", "-F", "csrf=\(token)"]
    #expect(try await page.ask(path, card, site).status == 422)
    let origin = ["-H", "Origin: https://evil.example", "-F", "csrf=\(token)"]
    #expect(try await page.ask(path, card, origin).status == 422)
    #expect(try page.region.audit().allSatisfy { $0["request"] as? String != "reconcile" })
    // As a browser sends it.
    let own = ["-H", "Origin: https://localhost:\(page.port)", "-H", "Sec-Fetch-Site: same-origin"]
    #expect(try await page.ask(path, card, own + ["-F", "csrf=\(token)"]).status == 303)
    // A browser that is told to hide where it comes from has no origin to show.
    #expect(try await page.ask("/", card).header("referrer-policy") == "same-origin")
  }

  @Test func `goes through a whole order: errors, a corrected file, a guard, a second person, history`()
    async throws
  {
    let (page, cards) = try await Self.page()
    let first = try cards.card("SE2321000016-9O01", name: "Anna Ombud")
    let second = try cards.card("SE2321000016-9O02", name: "Bo Ombud")
    let provider = "/providers/SE2321000016-4000"
    let file = page.region.folder.path("ours.yaml")
    let wrong = "persons:\n  - {hsaIdentity: SE2321000016-31VK, telefon: \"<b>1</b>\"}\n"
    try page.region.folder.write("ours.yaml", wrong)
    let refused = try await page.send("\(provider)/proposals", from: provider, first, ["file=@\(file)"])
    let shown = try await page.ask(try #require(refused.header("location")), first)
    #expect(shown.status == 200 && shown.body.contains("telefon") && !shown.body.contains("<b>1"), "\(shown)")
    #expect(!shown.body.contains("/accept"))

    let ends = ["31VK", "31VS", "31VB", "31W8", "31WH", "31WQ"].map {
      "  - {hsaIdentity: SE2321000016-\($0), endDate: 2026-01-31}\n"
    }
    try page.region.folder.write("ours.yaml", "persons:\n" + ends.joined())
    let taken = try await page.send("\(provider)/proposals", from: provider, first, ["file=@\(file)"])
    let proposal = try #require(taken.header("location"))
    let plan = try await page.ask(proposal, first)
    #expect(plan.body.contains("SE2321000016-31VK") && plan.body.contains("/accept"), "\(plan)")
    // Another ombud of the same care provider does not see what is not in force.
    #expect(try await page.ask(proposal, second).status == 404)
    let accepted = try await page.send("\(proposal)/accept", from: proposal, first)
    let request = try #require(accepted.header("location"))
    var held = ""
    try await eventually(within: .seconds(60), "the guard") {
      let reply = try await page.ask(request, first)
      held = reply.body.firstMatch(of: /\/plans\/([0-9A-F]{4}-[0-9A-F]{4})/).map { String($0.1) } ?? ""
      return !held.isEmpty
    }
    let own = try await page.ask("/plans/\(held)", first)
    #expect(own.status == 200 && !own.body.contains("name=\"reason\" required"), "\(own)")
    let others = try await page.ask("/plans/\(held)", second)
    #expect(others.status == 200 && others.body.contains("/plans/\(held)/approve"), "\(others)")
    let approved = try await page.send(
      "/plans/\(held)/approve", from: "/plans/\(held)", second, ["reason=granskad", "read=yes"])
    let outcome = try #require(approved.header("location"))
    try await eventually(within: .seconds(60), "the outcome") {
      try await page.ask(outcome, second).body.contains("Klart")
    }
    #expect(try await !page.region.values("endDate", of: "SE2321000016-31VK").isEmpty)
    let history = try await page.ask("\(provider)/history?language=en", second)
    #expect(history.body.contains("SE2321000016-9O01") && history.body.contains("lang=\"en\""), "\(history)")
    let state = try await page.ask("\(provider)/state.yaml", second)
    #expect(state.status == 200 && state.body.contains("SE2321000016-31VK"))
    let explained = try await page.ask("\(provider)/explain?person=SE2321000016-31W1", second)
    #expect(explained.status == 200 && explained.body.contains("SE2321000016-31W1"), "\(explained)")
    #expect(try await page.ask("\(provider)/explain?person=SE2321000016-31DB", second).status == 403)
  }

  @Test func `answers programs in JSON, each request once by its key`() async throws {
    let (page, cards) = try await Self.page()
    let card = try cards.card("SE2321000016-9O01")
    let list = try await page.ask("/api/v1/providers", card)
    #expect(list.status == 200 && list.body.contains("\"hsaIdentity\":\"SE2321000016-4000\""), "\(list)")
    let provider = "/api/v1/providers/SE2321000016-4000"
    let body = "persons:\n  - {hsaIdentity: SE2321000016-31VK, telephoneNumber: \"+46846500001\"}\n"
    let yaml = ["-H", "Content-Type: application/yaml", "--data-binary", body]
    #expect(try await page.ask("\(provider)/proposals", card, yaml).status == 400)
    let proposed = try await page.ask("\(provider)/proposals", card, yaml + ["-H", "Idempotency-Key: a"])
    let number = proposed.body.firstMatch(of: /"number":([0-9]+)/).map { String($0.1) } ?? ""
    #expect(proposed.status == 201 && !number.isEmpty, "\(proposed)")
    let accept = ["-X", "POST", "-H", "Idempotency-Key: b"]
    let first = try await page.ask("\(provider)/proposals/\(number)/accept", card, accept)
    let again = try await page.ask("\(provider)/proposals/\(number)/accept", card, accept)
    #expect(first.status == 202 && again.header("location") == first.header("location"), "\(first)\(again)")
    let request = try #require(first.header("location"))
    try await eventually(within: .seconds(60), "the answer") {
      try await page.ask(request, card).body.contains("\"state\":\"done\"")
    }
    #expect(try await page.region.values("telephoneNumber", of: "SE2321000016-31VK") == ["+46846500001"])
    let other = try await page.ask(
      "/api/v1/providers/SE2321000016-4100/plan", card, ["-X", "POST", "-H", "Idempotency-Key: c"])
    #expect(other.status == 403 && other.body.contains("mandateMissing"), "\(other)")
    // Where the directory is, and as whom the agent is there, is nothing for another employer.
    let answer = try await page.ask(request, card)
    #expect(!answer.body.contains("ldap") && !answer.body.contains(Slapd.agentDN), "\(answer)")
  }

  @Test func `answers so many requests a minute of one person, and others as before`() async throws {
    let settings = OmbudRegion.settings.replacing("domain: HSA", with: "domain: HSA\n  perMinute: 3")
    let (page, cards) = try await Self.page(settings)
    let (flooder, other) = (try cards.card("SE2321000016-9O01"), try cards.card("SE2321000016-9O02"))
    func plan(_ card: SampleCard, _ key: Int) async throws -> OmbudPageFixture.Reply {
      try await page.ask(
        "/api/v1/providers/SE2321000016-4000/plan", card, ["-X", "POST", "-H", "Idempotency-Key: \(key)"])
    }
    var statuses: [Int] = []
    var last: OmbudPageFixture.Reply?
    for key in 1...8 {
      last = try await plan(flooder, key)
      statuses.append(last?.status ?? 0)
    }
    // A minute may have passed on a slow machine; nobody gets more than three in one.
    #expect(statuses.prefix(3).allSatisfy { $0 == 202 } && statuses.contains(429), "\(statuses)")
    let refused = try #require(last)
    if refused.status == 429 {
      let seconds = try #require(refused.header("retry-after").flatMap { Int($0) }, "\(refused)")
      #expect((1...60).contains(seconds))
    }
    #expect(try await plan(other, 1).status == 202)
    #expect(try await page.ask("/providers/SE2321000016-4000", flooder).status == 200)
  }
}
