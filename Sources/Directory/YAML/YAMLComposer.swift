// Yams' parser class gives a finished tree only: by then aliases are expanded, the nesting has been followed
// by recursion, and a mapping with duplicate keys is an error without the other place. Its C half gives events,
// on which the limits are judged first; so this file, and only this, speaks to libyaml.
internal import CYaml

/// Makes a tree of libyaml's events, without recursion and within limits.
struct YAMLComposer {
  private(set) var findings: [Finding] = []
  private let file: String
  private let limits: YAMLLimits
  private var open: [Collection] = []
  private var root: YAMLNode?
  private var documents = 0
  private var nodes = 0

  /// A list or mapping whose end has not come.
  private struct Collection {
    var mark: YAMLMark
    var isMapping: Bool
    var items: [YAMLNode] = []
    var pairs: [YAMLPair] = []
    var keys: [String: YAMLMark] = [:]
    /// The key that waits for its value.
    var key: (text: String, mark: YAMLMark, isDuplicate: Bool)?

    init(at mark: YAMLMark, isMapping: Bool) {
      self.mark = mark
      self.isMapping = isMapping
    }
  }

  init(file: String, limits: YAMLLimits) {
    self.file = file
    self.limits = limits
  }

  /// The tree of the text; `nil` with at least one finding when there is none.
  mutating func compose(_ text: UnsafeBufferPointer<UInt8>) -> YAMLNode? {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else {
      return syntax("out of memory", at: YAMLMark(line: 1, column: 1))
    }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(&parser, text.baseAddress, text.count)
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(&parser, &event) == 1 else { return failed(parser, text) }
      defer { yaml_event_delete(&event) }
      if event.type == YAML_STREAM_END_EVENT { break }
      guard take(event) else { return nil }
    }
    if root == nil, findings.isEmpty {
      report(
        "yaml-empty", YAMLMark(line: 1, column: 1), "the file is empty",
        "deliver it again; an empty file never means that nothing is wanted")
    }
    return root
  }

  /// Whether it makes sense to go on.
  private mutating func take(_ event: yaml_event_t) -> Bool {
    let mark = YAMLMark(event.start_mark)
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return beginDocument(at: mark)
    case YAML_ALIAS_EVENT:
      report(
        "yaml-alias", mark, "an alias (`*name`) stands here, which is not accepted", "write the value itself")
      return place(YAMLNode(.null, at: mark))
    case YAML_SCALAR_EVENT:
      return check(event.data.scalar.anchor, event.data.scalar.tag, at: mark)
        && place(scalar(event, at: mark))
    case YAML_SEQUENCE_START_EVENT:
      return check(event.data.sequence_start.anchor, event.data.sequence_start.tag, at: mark)
        && begin(Collection(at: mark, isMapping: false))
    case YAML_MAPPING_START_EVENT:
      return check(event.data.mapping_start.anchor, event.data.mapping_start.tag, at: mark)
        && begin(Collection(at: mark, isMapping: true))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return end()
    default: return true
    }
  }

  private mutating func beginDocument(at mark: YAMLMark) -> Bool {
    documents += 1
    guard documents > 1 else { return true }
    report(
      "yaml-second-document", mark, "a second document (`---`) begins here", "keep one document to a file")
    return false
  }

  /// Notes an anchor or tag; `false` when there are too many nodes.
  private mutating func check(
    _ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?, at mark: YAMLMark
  ) -> Bool {
    nodes += 1
    guard nodes <= limits.nodes else {
      report(
        "yaml-too-large", mark, "the file has more than \(limits.nodes) values",
        "split it, or deliver it as LDIF")
      return false
    }
    if anchor != nil {
      report(
        "yaml-anchor", mark, "an anchor (`&name`) stands here, which is not accepted",
        "write each value where it is wanted")
    }
    if tag != nil {
      report(
        "yaml-tag", mark, "a tag (`!name`) stands here, which is not accepted",
        "remove it; values are text as written")
    }
    return findings.count < 100
  }

  private func scalar(_ event: yaml_event_t, at mark: YAMLMark) -> YAMLNode {
    let scalar = event.data.scalar
    let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
    let isNull =
      isPlain && (text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL")
    return YAMLNode(isNull ? .null : .scalar(text), at: mark)
  }

  private mutating func begin(_ collection: Collection) -> Bool {
    guard open.count < limits.depth else {
      report(
        "yaml-too-deep", collection.mark, "lists and mappings are nested deeper than \(limits.depth) levels",
        "write the file flatter")
      return false
    }
    if let parent = open.last, parent.isMapping, parent.key == nil {
      report(
        "yaml-key", collection.mark, "a key must be a plain text",
        "write the key as one word before the colon")
      return false
    }
    open.append(collection)
    return true
  }

  private mutating func end() -> Bool {
    guard let done = open.popLast() else { return true }
    return place(YAMLNode(done.isMapping ? .mapping(done.pairs) : .list(done.items), at: done.mark))
  }

  /// Puts a finished node where it belongs.
  private mutating func place(_ node: YAMLNode) -> Bool {
    guard !open.isEmpty else {
      root = node
      return true
    }
    let top = open.count - 1
    if !open[top].isMapping {
      open[top].items.append(node)
    } else if let key = open[top].key {
      if !key.isDuplicate { open[top].pairs.append(YAMLPair(key.text, at: key.mark, node)) }
      open[top].key = nil
    } else {
      beginPair(node, in: top)
    }
    return true
  }

  private mutating func beginPair(_ node: YAMLNode, in top: Int) {
    let text = node.text ?? ""
    if node.isNull {
      report("yaml-key", node.mark, "a key is missing before the colon", "write the key, or quote `null`")
    }
    let first = open[top].keys[text]
    if let first {
      findings.append(
        Finding(
          "yaml-duplicate-key", at: node.mark.position(in: file), and: first.position(in: file),
          "the key \(Spelling.shown(text)) stands twice in the same mapping", advice: "keep one of them"))
    } else {
      open[top].keys[text] = node.mark
    }
    open[top].key = (text, node.mark, first != nil)
  }

  private mutating func report(_ code: String, _ mark: YAMLMark, _ message: String, _ advice: String) {
    findings.append(Finding(code, at: mark.position(in: file), message, advice: advice))
  }

  private mutating func syntax(_ problem: String, at mark: YAMLMark) -> YAMLNode? {
    report(
      "yaml-syntax", mark, "the file is not YAML here: \(problem)",
      "look at the indentation, quotes and brackets of this line and the one above")
    return nil
  }

  private mutating func failed(_ parser: yaml_parser_t, _ text: UnsafeBufferPointer<UInt8>) -> YAMLNode? {
    // Octets that libyaml takes for no character are told by offset, everything else by line and column.
    let mark =
      parser.error == YAML_READER_ERROR
      ? YAMLMark(offset: parser.problem_offset, in: text) : YAMLMark(parser.problem_mark)
    // libyaml's problem texts are constants of its own: nothing of the file is in them.
    let problem = parser.problem.map { String(cString: $0) } ?? "unreadable"
    // The scanner reads ahead of the events and has a limit of its own.
    if problem.hasPrefix("Maximum nesting") {
      report(
        "yaml-too-deep", mark, "lists and mappings are nested deeper than \(limits.depth) levels",
        "write the file flatter")
      return nil
    }
    guard isTab(text, line: parser.problem_mark.line, column: parser.problem_mark.column) else {
      return syntax(problem, at: mark)
    }
    report(
      "yaml-tab", mark, "a tab stands where YAML wants spaces",
      "replace the tabs of the indentation by spaces")
    return nil
  }

  private func isTab(_ text: UnsafeBufferPointer<UInt8>, line: Int, column: Int) -> Bool {
    let lines = text.split(separator: 0x0A, maxSplits: line + 1, omittingEmptySubsequences: false)
    guard line < lines.count else { return false }
    let indentation = lines[line].prefix { $0 == 0x20 || $0 == 0x09 }
    return indentation.contains(0x09) && column <= indentation.count
  }
}

extension YAMLMark {
  init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }

  /// The place of an octet.
  init(offset: Int, in text: UnsafeBufferPointer<UInt8>) {
    let before = text.prefix(max(0, offset))
    let line = before.count { $0 == 0x0A }
    let column = before.reversed().prefix { $0 != 0x0A }.count { $0 & 0xC0 != 0x80 }
    self.init(line: line + 1, column: column + 1)
  }
}
