import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `The description of the control socket (OpenAPI)` {
  @Test func `has every path there is, and no other`() async throws {
    let script = """
      import json, sys, yaml
      d = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
      print("\\n".join(sorted(m + " " + p for p, ms in d["paths"].items() for m in ms)))
      """
    let described = try await Tool.run(
      "python3", ["-c", script, Repository.path("schemas/control.openapi.yaml")])
    let wanted =
      (ControlRoutes.readings.map { "get \($0)" } + ["post /v1/propose"]
      + ControlRoute.allCases.map { "post \($0.path)" }).sorted()
    #expect(described.output.split(separator: "\n").map(String.init) == wanted)
  }

  @Test func `is what is answered, and what clients send`() async throws {
    var answers: [[String: String]] = []
    func note(_ method: String, _ path: String, _ reply: ControlFixture.Reply) {
      let type = reply.headers["content-type"] ?? ""
      answers.append([
        "method": method, "path": path, "status": "\(reply.status)", "type": type, "body": reply.body,
      ])
    }
    var control = DaemonSettings.Control()
    control.perMinute = 12
    let finding = Finding(
      "x", at: SourcePosition(file: "a", line: 1), subject: HSAIdentity("SE2321000016-7X3K"), "no")
    try await ControlFixture.with(control) { (fixture) async throws in
      fixture.desk.set(
        .failure(Refusal(.desiredStateWrong, .desiredStateWrong, "wrong", findings: [finding])),
        for: .pushRoles)
      fixture.desk.set(
        .success(AgentAnswer(lines: ["a"], messages: ["b"], code: "c", runs: [1], plan: "{}", result: "{}")),
        for: .apply(code: nil))
      for (path, target) in [
        ("/v1/status", "/v1/status"), ("/v1/runs", "/v1/runs?last=3"), ("/v1/runs/{n}", "/v1/runs/1"),
        ("/v1/runs/{n}", "/v1/runs/9"), ("/v1/runs", "/v1/runs?last=x"),
        ("/v1/explain/{hsaid}", "/v1/explain/SE2321000016-7X3K"), ("/v1/explain/{hsaid}", "/v1/explain/x"),
        ("/v1/requests/{id}", "/v1/requests/none"),
      ] { note("get", path, try await fixture.ask("GET", target)) }
      for (path, body) in [
        ("/v1/plan", "{}"), ("/v1/apply", "{}"), ("/v1/roles/push", "{}"), ("/v1/undo", "{}"),
        ("/v1/cancel", #"{"code":"7F3A-91C2"}"#),
      ] { note("post", path, try await fixture.ask("POST", path, body)) }
      let later = try await fixture.ask("POST", "/v1/reconcile", #"{"wait":false}"#)
      note("post", "/v1/reconcile", later)
      let id = try #require(later.headers["location"])
      try await eventually("it is done") {
        try await fixture.ask("GET", id).json["state"] as? String == "done"
      }
      note("get", "/v1/requests/{id}", try await fixture.ask("GET", id))
      note("get", "/v1/status", try await fixture.ask("GET", "/v1/status", as: 65_534))
      for _ in 1...12 { note("post", "/v1/plan", try await fixture.ask("POST", "/v1/plan", "{}")) }
    }
    #expect(Set(answers.compactMap { $0["status"] }) == ["200", "202", "400", "403", "404", "422", "429"])
    answers += try said()
    let input = String(decoding: try JSONSerialization.data(withJSONObject: answers), as: UTF8.self)
    let told = try await Tool.run("python3", ["-c", Self.judge, Repository.path("schemas")], input: input)
    #expect(told.output == "", "\(told.output)")
  }

  /// What is told and what is asked, as it is written.
  private func said() throws -> [[String: String]] {
    var answers: [[String: String]] = []
    let events = [
      AgentEvent(
        number: 1, time: Date(), name: .applied, message: "m", figures: ["run": 3], code: "7F3A-91C2")
    ]
    for event in events {
      answers.append([
        "method": "get", "path": "/v1/events", "status": "200", "type": "application/x-ndjson",
        "body": String(decoding: try ControlJSON.bytes(event), as: UTF8.self),
      ])
    }
    let orders: [AgentRequest] = [
      .plan(.whole), .reconcile(.unit(HSAIdentity("SE2321000016-1A2B"))), .apply(code: "7F3A-91C2"),
      .undo(run: 1),
      .pushRoles, .approve("7F3A-91C2"), .cancel("7F3A-91C2"), .release(HSAIdentity("SE2321000016-7X3K")),
      .adopt(HSAIdentity("SE2321000016-7X3K")),
    ]
    for order in orders {
      let body = OrderBody.text(of: AgentOrder(order, reason: "r", isAllOrNothing: true), waits: false)
      answers.append([
        "method": "post", "path": order.route.path, "status": "request", "type": "", "body": body,
      ])
    }
    return answers
  }

  /// Prints what is wrong with each answer, by the schema of its path, status and media type.
  private static let judge = """
    import json, sys, yaml
    from jsonschema import Draft202012Validator
    folder = sys.argv[1]
    d = yaml.safe_load(open(folder + "/control.openapi.yaml", encoding="utf-8"))
    def resolved(x):
        while "$ref" in x and x["$ref"].startswith("#"):
            ref, x = x["$ref"], d
            for part in ref[2:].split("/"): x = x[part]
        return x
    for a in json.load(sys.stdin):
        where = " ".join([a["method"], a["path"], a["status"], a["type"]])
        operation = d["paths"][a["path"]][a["method"]]
        if a["status"] == "request":
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
        else:
            response = operation["responses"].get(a["status"])
            if response is None: print(where, "is not described"); continue
            content = resolved(response)["content"].get(a["type"])
            if content is None: print(where, "has another media type"); continue
            schema = content["schema"]
        if schema.get("$ref", "#").startswith("#"): schema = {**schema, "components": d["components"]}
        else: schema = json.load(open(folder + "/" + schema["$ref"], encoding="utf-8"))
        for fault in Draft202012Validator(schema).iter_errors(json.loads(a["body"])):
            print(where, list(fault.absolute_path), fault.message[:300])
    """
}
