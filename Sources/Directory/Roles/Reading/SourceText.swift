/// The lines of a file, so that a place inside one of its scalars can be told.
struct SourceText {
  private let lines: [[Unicode.Scalar]]

  init(_ bytes: [UInt8]) {
    lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      let line = line.last == 0x0D ? line.dropLast() : line
      let scalars = Array(String(decoding: line, as: UTF8.self).unicodeScalars)
      return scalars.first == "\u{FEFF}" ? Array(scalars.dropFirst()) : scalars
    }
  }

  /// The place of an octet (from 0) of a scalar's text; the scalar's own place where it was written in escapes.
  func place(_ offset: Int, in node: YAMLNode) -> YAMLMark {
    guard let text = node.text else { return node.mark }
    var cursor = Cursor(line: Int(node.mark.line) - 1, column: Int(node.mark.column) - 1)
    guard let opening = scalar(cursor) else { return node.mark }
    if opening == "|" || opening == ">" { cursor = Cursor(line: cursor.line + 1, column: 0) }
    if opening == "\"" || opening == "'" { cursor.column += 1 }
    if opening == "|" || opening == ">" { skipSpace(&cursor) }
    let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
    for wanted in before.unicodeScalars {
      if wanted.properties.isWhitespace {
        skipSpace(&cursor)
        continue
      }
      skipContinuation(&cursor)
      guard scalar(cursor) == wanted else { return node.mark }
      cursor.column += 1
    }
    return YAMLMark(line: cursor.line + 1, column: cursor.column + 1)
  }

  private struct Cursor {
    var line: Int
    var column: Int
  }

  private func scalar(_ cursor: Cursor) -> Unicode.Scalar? {
    guard lines.indices.contains(cursor.line), lines[cursor.line].indices.contains(cursor.column) else {
      return nil
    }
    return lines[cursor.line][cursor.column]
  }

  /// Goes to the next character that is no space, on another line if need be.
  private func skipSpace(_ cursor: inout Cursor) {
    while lines.indices.contains(cursor.line) {
      if let found = scalar(cursor) {
        guard found == " " || found == "\t" else { return }
        cursor.column += 1
      } else {
        cursor = Cursor(line: cursor.line + 1, column: 0)
      }
    }
  }

  /// A backslash at the end of a line of a quoted text joins it with the next.
  private func skipContinuation(_ cursor: inout Cursor) {
    guard scalar(cursor) == "\\", lines[cursor.line].count == cursor.column + 1 else { return }
    cursor = Cursor(line: cursor.line + 1, column: 0)
    skipSpace(&cursor)
  }
}
