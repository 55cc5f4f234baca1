/// A YAML file, read strictly.
///
/// Not accepted, each a finding with its place: text that is not UTF-8, control characters, tabs in the
/// indentation, a second document, duplicate keys, keys that are not scalars, tags, anchors and aliases
/// (a few lines of them can stand for terabytes), and what exceeds the limits.
package struct YAMLDocument: Sendable {
  package let file: String
  package let root: YAMLNode

  /// - Throws: every fault that could be found; a syntax error ends the search.
  package init(
    parsing bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()
  ) throws(Findings) {
    self.file = file
    guard bytes.count <= limits.bytes else {
      throw Findings([
        Finding(
          "yaml-too-large", at: SourcePosition(file: file, line: 1),
          "the file has \(bytes.count) octets, more than the limit of \(limits.bytes)",
          advice: "split it, or deliver it as LDIF")
      ])
    }
    let content = bytes.starts(with: YAMLText.byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    if let fault = YAMLText.fault(in: content, file: file) { throw Findings([fault]) }
    var composer = YAMLComposer(file: file, limits: limits)
    let root = Array(content).withUnsafeBufferPointer { composer.compose($0) }
    guard composer.findings.isEmpty, let root else { throw Findings(composer.findings) }
    self.root = root
  }

  /// The reader of the file's outermost mapping; `nil`, with the finding, when it is something else.
  package func mapping() throws(Findings) -> YAMLMapping {
    guard case .mapping(let pairs) = root.content else {
      throw Findings([
        Finding(
          "yaml-shape", at: root.mark.position(in: file), "the file must be a mapping of keys to values",
          advice: "begin it with a line such as `key: value`")
      ])
    }
    return YAMLMapping(pairs, at: root.mark, file: file)
  }
}
