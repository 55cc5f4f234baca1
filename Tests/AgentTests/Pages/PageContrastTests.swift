import Foundation
import Testing

@testable import Agent

struct PageContrastTests {
  /// A colour as it is perceived, from black at 0 to white at 1 (WCAG 2.1, relative luminance).
  private static func luminance(_ hex: Substring) throws -> Double {
    let value = try #require(Int(hex, radix: 16))
    let parts = [16, 8, 0].map { Double((value >> $0) & 0xFF) / 255 }
    let linear = parts.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  /// The colours of the light scheme and those of the dark.
  private static func schemes() throws -> [[String: Double]] {
    let halves = StyleSheet.colors.split(separator: "@media")
    return try halves.map { half in
      var colors: [String: Double] = [:]
      for match in half.matches(of: /--([a-z-]+): #([0-9a-f]{6});/) {
        colors[String(match.1)] = try luminance(match.2)
      }
      return colors
    }
  }

  private static func contrast(_ one: Double, _ other: Double) -> Double {
    (max(one, other) + 0.05) / (min(one, other) + 0.05)
  }

  /// Every pair that the style sheet sets in text.
  private static let texts: [(String, String)] = {
    let grounds = ["page-paper", "card-paper", "well-paper"]
    let plain = ["ink", "quiet-ink", "accent-ink", "gone-ink", "come-ink", "wait-ink", "calm-ink"]
    let own = ["gone", "come", "wait", "calm"].map { ("\($0)-ink", "\($0)-paper") }
    let marks = [("gone-ink", "gone-mark"), ("come-ink", "come-mark"), ("button-ink", "button-paper")]
    return plain.flatMap { ink in grounds.map { (ink, $0) } } + own + marks
  }()

  @Test func `Text is readable in both schemes`() throws {
    let schemes = try Self.schemes()
    #expect(schemes.count == 2 && schemes[0].keys == schemes[1].keys)
    for scheme in schemes {
      for (ink, paper) in Self.texts {
        let ratio = Self.contrast(try #require(scheme[ink]), try #require(scheme[paper]))
        #expect(ratio >= 4.5, "\(ink) on \(paper): \(ratio)")
      }
    }
  }

  @Test func `Edges of controls and the focus are seen in both schemes`() throws {
    for scheme in try Self.schemes() {
      for line in ["edge", "focus", "button-paper", "accent-ink"] {
        for paper in ["page-paper", "card-paper", "well-paper"] {
          let ratio = Self.contrast(try #require(scheme[line]), try #require(scheme[paper]))
          #expect(ratio >= 3, "\(line) on \(paper): \(ratio)")
        }
      }
    }
  }

  @Test func `The rules use only colours that are named, and all of them`() {
    let named = Set(StyleSheet.colors.matches(of: /--([a-z-]+):/).map { String($0.1) })
    let used = Set(StyleSheet.text.matches(of: /var\(--([a-z-]+)\)/).map { String($0.1) })
    #expect(named == used)
    let rules = StyleSheet.text.replacing(StyleSheet.colors, with: "")
    let screen = rules.split(separator: "@media print").first ?? ""
    #expect(screen.matches(of: /: *#[0-9a-fA-F]{3}/).isEmpty)
  }

  @Test func `The style sheet closes what it opens`() {
    #expect(StyleSheet.text.count { $0 == "{" } == StyleSheet.text.count { $0 == "}" })
    #expect(StyleSheet.text.contains("prefers-reduced-motion") && StyleSheet.text.contains("@media print"))
    #expect(!StyleSheet.text.contains("url(") && !StyleSheet.text.contains("@import"))
  }

  @Test func `A plan of five hundred changes renders`() throws {
    var samples = PageSamples { "Text \($0) Åsa" }
    var page = samples.planPage()
    page.plan.groups = (0..<10).map { _ in
      PlanView.Group(heading: samples.text(), changes: (0..<50).map { samples.change($0, .update) })
    }
    for group in 0..<10 {
      for change in 0..<50 { page.plan.groups[group].changes[change].number = group * 50 + change }
    }
    let pages = try Pages()
    let frame = samples.frame(.swedish)
    let start = ContinuousClock.now
    let html = pages.html(page, in: frame)
    print("500 changes: \(ContinuousClock.now - start), \(html.utf8.count) bytes")
    #expect(try Markup(html).all("h4").count == 500)
  }
}
