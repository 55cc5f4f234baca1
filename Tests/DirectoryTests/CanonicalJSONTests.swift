import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct CanonicalJSONTests {
  private static let sample: CanonicalJSON = [
    "": .null, "a": [1, -20, 0, true, false, [], [:]], "b\"\\": "å\n\t\u{7F}\u{202E}\u{1F600}\u{E0041}é",
    "e\u{301}": "kombinerat", "z": ["base64": "/w=="], "ö": .number(.max), "\u{FFFD}": .number(.min),
  ]

  private func fault(_ text: String) -> CanonicalJSON.SyntaxError? {
    do {
      _ = try CanonicalJSON(parsing: Array(text.utf8))
      return nil
    } catch { return error }
  }

  @Test func `what was written is read back, to the octet`() throws {
    let text = CanonicalJSONTests.sample.text
    let read = try CanonicalJSON(parsing: Array(text.utf8))
    #expect(read == CanonicalJSONTests.sample)
    #expect(read.text.utf8.elementsEqual(text.utf8))
  }

  @Test func `no text that was cut is read, and the fault says that it ended`() throws {
    let octets = Array(CanonicalJSONTests.sample.text.utf8)
    for count in octets.indices {
      do {
        _ = try CanonicalJSON(parsing: Array(octets[..<count]))
        Issue.record("cut at \(count) it was read")
      } catch { #expect(error.line == 1 && error.isAtEnd, "cut at \(count): \(error)") }
    }
  }

  @Test func `whatever octet is changed, nothing is read but what would be written so`() throws {
    let octets = Array(CanonicalJSONTests.sample.text.utf8)
    var read = 0
    for index in octets.indices {
      for octet in Array("0a\"\\,:{}[] ".utf8) + [0, 0x0A, 0x7F, 0xC3, 0xFF, octets[index] ^ 1]
      where octet != octets[index] {
        var changed = octets
        changed[index] = octet
        guard let value = try? CanonicalJSON(parsing: changed) else { continue }
        read += 1
        #expect(value.text.utf8.elementsEqual(changed), "octet \(index) as \(octet)")
      }
    }
    #expect(read > 0, "no change at all was read: the test tells nothing")
  }

  @Test(arguments: [
    #"{ }"#, #"[1, 2]"#, " 1", "1\n", "1.0", "1e3", "01", "-0", "+1", "0x10", "9223372036854775808", "--1",
    #"{"b":1,"a":2}"#, #"{"a":1,"a":2}"#, #"{"a":1,}"#, "[1,]", "[,]", "{,}", #"{"a"}"#, #"{a:1}"#, "True",
    "nul", "nullx", #""\/""#, #""\t""#, #""\u0041""#, #""\u000a""#, #""\u000A""#, #""\u202E""#, #""\ud800""#,
    #""\udc00""#, #""\ud83d\ude00""#, "\"\t\"", "\"\u{7F}\"", "\"\u{202E}\"", "'a'", "", "\"", "{", "NaN",
    #""\u+123""#, #""\x41""#, "\u{FEFF}1", "1 ", "[1]]", "/**/1", #"{"é":1,"é":2}"#,
  ])
  func `another form of a value is refused`(text: String) {
    #expect(fault(text) != nil, "\(text)")
  }

  @Test func `a fault tells its line and column`() {
    #expect(fault(#"{"å":01}"#)?.description.hasPrefix("1:6: ") == true)
    #expect(fault("[1,\n2]")?.description.hasPrefix("1:4: ") == true)
    #expect(fault(#"["\ud800"]"#)?.column == 2)
    #expect(fault("[1")?.isAtEnd == true)
    #expect(fault("[x]")?.isAtEnd == false)
  }

  @Test func `names that differ in octets but look alike are one member too many`() {
    #expect(fault("{\"e\u{301}\":1,\"é\":2}") != nil)
  }

  @Test func `what is nested too deep is refused, not a crash`() throws {
    let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(try CanonicalJSON(parsing: Array(deepest.utf8)).text == deepest)
    #expect(fault("[" + deepest + "]")?.reason.contains("deeper") == true)
    #expect(fault(String(repeating: "[", count: 1_000_000)) != nil)
  }
}
