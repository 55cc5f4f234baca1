/// Text from files and servers, made fit for Markdown (CommonMark with tables): none of it can be taken for markup.
///
/// What is more than letters, digits and a few harmless signs becomes a code span, in which nothing means anything:
/// no link, no HTML, no mention of a user. Line breaks have been spelled out by ``VisibleText``.
struct MarkdownText {
  /// Harmless words as they are, anything else as a code span.
  static func inline(_ raw: String) -> String { visible(VisibleText(raw).text) }

  /// The same for text that has passed ``VisibleText``.
  static func visible(_ text: String) -> String {
    text.unicodeScalars.allSatisfy(isHarmless) && !text.isEmpty ? text : span(text)
  }

  /// A code span of text from outside.
  static func code(_ raw: String) -> String { span(VisibleText(raw).text) }

  /// The same for a table's cell, where a bar would begin the next one, code span or not.
  static func cell(_ raw: String) -> String {
    let text = VisibleText(raw).text.replacing("|", with: "\\u{7c}")
    return text.unicodeScalars.allSatisfy(isHarmless) ? text : span(text)
  }

  /// A code span of text that has passed ``VisibleText``: its fence is longer than any run of backticks within.
  static func span(_ visible: String) -> String {
    guard !visible.isEmpty else { return "" }
    var (longest, run) = (0, 0)
    for octet in visible.utf8 {
      run = octet == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    // A renderer takes one space away from both ends, and would join a backtick there to the fence.
    let needsSpace = ["`", " "].contains { visible.hasPrefix($0) || visible.hasSuffix($0) }
    return needsSpace ? "\(fence) \(visible) \(fence)" : fence + visible + fence
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 {
      return scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
        || " ,-()".unicodeScalars.contains(scalar)
    }
    return scalar.properties.isAlphabetic
  }
}
