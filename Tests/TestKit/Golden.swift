import Foundation

/// A text that was read and found right by a person, kept in `Golden/` beside the test.
///
/// With `HSASYNC_WRITE_GOLDEN=1` in the environment the files are written anew, and the test fails so that nobody
/// takes that for a pass: look at the difference before it is committed.
package struct Golden {
  package let name: String
  private let url: URL

  /// - Parameter test: the test's own file.
  package init(name: String, test: String = #filePath) {
    self.name = name
    url = URL(fileURLWithPath: test).deletingLastPathComponent().appending(path: "Golden").appending(
      path: name)
  }

  /// How a text differs from what was found right; `nil` when it does not.
  package func fault(in text: String) throws -> String? {
    if ProcessInfo.processInfo.environment["HSASYNC_WRITE_GOLDEN"] == "1" {
      try text.write(to: url, atomically: true, encoding: .utf8)
      return "\(name) was written; read it, then run without HSASYNC_WRITE_GOLDEN"
    }
    let golden = try String(contentsOf: url, encoding: .utf8)
    guard text != golden else { return nil }
    let (left, right) = (
      golden.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let line =
      zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      ?? min(left.count, right.count)
    return """
      \(name):\(line + 1) differs
      wanted: \(line < left.count ? String(left[line]) : "(end)")
      got:    \(line < right.count ? String(right[line]) : "(end)")
      """
  }
}
