import Foundation
import Testing

/// A text that was read and found right by a person, kept in `Golden/`.
///
/// With `HSASYNC_WRITE_GOLDEN=1` in the environment the files are written anew, and the test fails so that nobody
/// takes that for a pass: look at the difference before it is committed.
struct Golden {
  let name: String

  private var url: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden").appending(
      path: name)
  }

  func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if ProcessInfo.processInfo.environment["HSASYNC_WRITE_GOLDEN"] == "1" {
      try text.write(to: url, atomically: true, encoding: .utf8)
      Issue.record(
        "\(name) was written; read it, then run without HSASYNC_WRITE_GOLDEN", sourceLocation: sourceLocation)
      return
    }
    let golden = try String(contentsOf: url, encoding: .utf8)
    guard text != golden else { return }
    let (left, right) = (
      golden.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let line =
      zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      ?? min(left.count, right.count)
    Issue.record(
      """
      \(name):\(line + 1) differs
      wanted: \(line < left.count ? String(left[line]) : "(end)")
      got:    \(line < right.count ? String(right[line]) : "(end)")
      """, sourceLocation: sourceLocation)
  }
}
