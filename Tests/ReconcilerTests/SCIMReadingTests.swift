import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `What a SCIM target lists` {
  private func fault(
    _ faults: String, users: Int = 10, page: Int = 4, patience: Duration = .seconds(300)
  ) async throws -> RoleTargetFault? {
    var options = SCIMFront.Options()
    options.users = (1...users).map { SCIMFixture.user($0, ["NPÖ;A"]) }
    let front = try await SCIMFront(options, faults: faults)
    let fixture = try SCIMFixture(front) { settings in
      settings.page = page
      settings.timeouts.request = patience
      settings.timeouts.patience = .seconds(2)
    }
    do throws(RoleTargetFault) {
      _ = try await fixture.target.held()
      return nil
    } catch {
      #expect(!error.description.contains("SECRET") && !error.description.contains("t0ken"))
      return error
    }
  }

  @Test func `is not believed when we may not read it`() async throws {
    #expect(try await fault(#"[{"do":"answer","status":401,"text":"SECRET"}]"#)?.code == .notPermitted)
    #expect(try await fault(#"[{"path":"startIndex=5","do":"answer","status":403}]"#)?.code == .notPermitted)
    #expect(try await fault(#"[{"do":"answer","status":404}]"#)?.code == .unsuitable)
  }

  @Test func `is not believed when the server has faults, and tells when to come again`() async throws {
    #expect(try await fault(#"[{"path":"startIndex=9","do":"answer","status":500}]"#)?.code == .unavailable)
    #expect(try await fault(#"[{"path":"startIndex=5","do":"drop"}]"#)?.code == .unavailable)
    #expect(
      try await fault(#"[{"path":"startIndex=5","do":"hang"}]"#, patience: .seconds(1))?.code == .unavailable)
    let later = try await fault(#"[{"do":"answer","status":429,"headers":{"Retry-After":"900"}}]"#)
    #expect(later?.code == .unavailable && later?.retryAfter == 900)
    #expect(
      try await fault(#"[{"times":1,"do":"answer","status":429,"headers":{"Retry-After":"1"}}]"#) == nil)
  }

  @Test func `is not believed when it is no JSON, or not all of it`() async throws {
    for text in [
      #"<html>SECRET</html>"#, "", "{", "[]", "{}", #"{\"totalResults\":-1}"#, #"{\"totalResults\":\"1\"}"#,
      #"{\"totalResults\":1,\"Resources\":[{}]}"#,
      #"{\"totalResults\":1,\"Resources\":[{\"id\":\"a\",\"roles\":7}]}"#,
      #"{\"totalResults\":0,\"totalResults\":1}"#,
    ] {
      let faults = #"[{"do":"answer","status":200,"text":"\#(text)"}]"#
      #expect(try await fault(faults)?.code == .malformed, "\(text)")
    }
    #expect(try await fault(#"[{"do":"half"}]"#) != nil)
  }

  @Test func `is not believed when its pages do not add up`() async throws {
    let short = #"{\"totalResults\":10,\"Resources\":[]}"#
    #expect(
      try await fault(#"[{"path":"startIndex=5","do":"answer","status":200,"text":"\#(short)"}]"#)?.code
        == .unavailable)
    let again = #"{\"totalResults\":10,\"Resources\":[{\"id\":\"u1\"}]}"#
    #expect(
      try await fault(#"[{"path":"startIndex=5","do":"answer","status":200,"text":"\#(again)"}]"#)?.code
        == .unavailable)
    let other = #"{\"totalResults\":9,\"Resources\":[{\"id\":\"u5\"}]}"#
    let once = #"[{"path":"startIndex=5","times":1,"do":"answer","status":200,"text":"\#(other)"}]"#
    #expect(try await fault(once) == nil)
  }

  @Test func `is not read further than its limit, and in smaller pages before that`() async throws {
    #expect(try await fault(#"[{"do":"huge","size":9000000}]"#)?.code == .malformed)
    #expect(try await fault(#"[{"path":"count=100","do":"huge","size":9000000}]"#, page: 100) == nil)
    #expect(try await fault(#"[{"do":"huge","size":8000000}]"#, page: 1)?.code == .malformed)
  }
}

@Suite struct `JSON from a SCIM target` {
  @Test(arguments: [
    #"{"a":1.50,"b":[true,false,null,-0,1e+9],"c":{"d":"x\"\\"},"e":"Å😀"}"#, "[]", "{}", "7", #""""#,
  ])
  func `is written back as it was read`(text: String) throws {
    #expect(try SCIMJSONParser.parse(Array(text.utf8)).json == text)
  }

  @Test func `is read with its white space and escapes`() throws {
    let text = "\u{20}\n{ \"A\" :\t[ \"\\u00e5\\ud83d\\ude00\\/\\b\" , 2 ] }\r\n"
    let value = try SCIMJSONParser.parse(Array(text.utf8))
    #expect(value["a"]?.elements == [.string("å😀/\u{8}"), .number("2")])
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "1.",
    ".5", "+1", "1e", "-",
    "tru", "nul", "\"", "\"\n\"", #""\x""#, #""\u12""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "1 2",
    "{\"a\":1,\"A\":2}",
    "NaN", "'a'", "\u{FEFF}1",
  ])
  func `is refused when it is none`(text: String) {
    #expect(throws: SCIMJSONParser.SyntaxError.self) { try SCIMJSONParser.parse(Array(text.utf8)) }
  }

  @Test func `is refused when it is too deep or no UTF-8`() {
    for bytes in [
      Array(repeating: UInt8(ascii: "["), count: 100_000), [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22],
    ] {
      #expect(throws: SCIMJSONParser.SyntaxError.self) { try SCIMJSONParser.parse(bytes) }
    }
  }

  @Test func `never brings the reader down, whatever octets it has`() {
    var seed = SeededGenerator(seed: 4)
    let alphabet = Array("{}[]\",:\\u0019aEe+-.tfn \n\u{FF}".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...40, using: &seed)).map { _ in
        alphabet.randomElement(using: &seed) ?? 0
      }
      guard let value = try? SCIMJSONParser.parse(bytes) else { continue }
      #expect((try? SCIMJSONParser.parse(Array(value.json.utf8))) == value)
    }
  }
}

@Suite struct `When a server may be asked again` {
  private let now = Date(timeIntervalSince1970: 784_111_777)

  @Test func `is said in seconds or as a date by its own clock`() {
    #expect(RetryAfter.seconds("120", date: nil, now: now) == 120)
    #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:47 GMT", date: nil, now: now) == 10)
    #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:27 GMT", date: nil, now: now) == 0)
    let other = "Sun, 06 Nov 1994 08:49:40 GMT"
    #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:47 GMT", date: other, now: now) == 7)
  }

  @Test(arguments: ["", "-1", "soon", "1.5", "Sun, 06 Nov 1994 08:49:37", "Sun, 99 Nov 1994 08:49:37 GMT"])
  func `is not guessed`(text: String) {
    #expect(RetryAfter.seconds(text, date: nil, now: now) == nil)
  }
}
