/// A place in a YAML file; line and column are counted from 1, the column in characters.
package struct YAMLMark: Hashable, Sendable {
  package var line: UInt32
  package var column: UInt32

  package init(line: Int, column: Int) {
    self.line = UInt32(clamping: line)
    self.column = UInt32(clamping: column)
  }

  package func position(in file: String) -> SourcePosition {
    SourcePosition(file: file, line: Int(line), column: Int(column))
  }
}

/// A node of a YAML file, with its place.
///
/// Scalars are the text that was written: `no`, `01234` and `2026-01-01` are no booleans, numbers or dates here.
package struct YAMLNode: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    /// Nothing, `~` or `null`, unquoted.
    case null
    case scalar(String)
    case list([YAMLNode])
    case mapping([YAMLPair])
  }

  package var content: Content
  package var mark: YAMLMark

  package init(_ content: Content, at mark: YAMLMark) {
    self.content = content
    self.mark = mark
  }

  /// The text of a scalar; `nil` for everything else.
  package var text: String? { if case .scalar(let text) = content { text } else { nil } }

  package var isNull: Bool { content == .null }
}

/// One `key: value` of a mapping, with the key's place.
package struct YAMLPair: Hashable, Sendable {
  package var key: String
  package var mark: YAMLMark
  package var value: YAMLNode

  package init(_ key: String, at mark: YAMLMark, _ value: YAMLNode) {
    self.key = key
    self.mark = mark
    self.value = value
  }
}

/// What a YAML file may ask of us at most; judged before anything is set aside for it.
package struct YAMLLimits: Hashable, Sendable {
  /// Octets of a file.
  package var bytes: Int
  /// Lists and mappings inside each other.
  package var depth: Int
  /// Scalars, lists and mappings.
  package var nodes: Int

  package init(bytes: Int = 32 << 20, depth: Int = 32, nodes: Int = 2_000_000) {
    self.bytes = bytes
    self.depth = depth
    self.nodes = nodes
  }
}
