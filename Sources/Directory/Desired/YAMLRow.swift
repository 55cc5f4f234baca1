import LDAP

/// One row of a YAML file while it is read.
struct YAMLRow {
  struct RowAttribute {
    var name: UInt32
    var mark: YAMLMark
    var values: [(bytes: [UInt8], mark: YAMLMark)] = []
  }

  let kind: Kind
  let mark: YAMLMark
  let file: String
  private(set) var identity: HSAIdentity?
  private(set) var parent: DesiredState.Parent?
  private(set) var attributes: [RowAttribute] = []
  private(set) var findings: [Finding] = []

  init(kind: Kind, mark: YAMLMark, file: String) {
    self.kind = kind
    self.mark = mark
    self.file = file
  }

  mutating func read(_ pairs: [YAMLPair], _ reader: inout DesiredReader) {
    readIdentity(pairs, &reader)
    for pair in pairs {
      switch pair.key {
      case "parent": readParent(pair)
      case "members": readMembers(pair, &reader)
      case "remove": readRemovals(pair, &reader)
      default:
        let server = reader.profile.serverName(pair.key)
        if server.equalsIgnoringASCIICase(reader.profile.identity) { continue }
        readAttribute(server, pair, prefix: "", &reader)
      }
    }
  }

  private mutating func readIdentity(_ pairs: [YAMLPair], _ reader: inout DesiredReader) {
    for pair in pairs {
      let server = reader.profile.serverName(pair.key)
      guard server.equalsIgnoringASCIICase(reader.profile.identity) else { continue }
      guard let text = pair.value.text, !text.isEmpty else {
        report(
          "wrong-identity", pair.value.mark, "the HSA-id is missing here", "write it, or leave the line out")
        continue
      }
      identity = HSAIdentity(text)
      add(
        RowAttribute(
          name: reader.identityName, mark: pair.mark, values: [(Array(text.utf8), pair.value.mark)]))
    }
  }

  private mutating func readParent(_ pair: YAMLPair) {
    var scratch = YAMLMapping([], at: mark, file: file)
    parent = DesiredState.Parent(reading: pair.value, "parent", &scratch)
    findings += scratch.findings.map { withSubject($0) }
  }

  private mutating func readAttribute(
    _ server: String, _ pair: YAMLPair, prefix: String, _ reader: inout DesiredReader
  ) {
    guard isAttributeDescription(server) else {
      report(
        "unknown-attribute", pair.mark, "\(Spelling.shown(pair.key)) is no attribute",
        "write the attribute's name: letters, digits and hyphens")
      return
    }
    let name = prefix.isEmpty ? reader.intern(server) : reader.builder.intern(Array((prefix + server).utf8))
    var attribute = RowAttribute(name: name, mark: pair.mark)
    let items = if case .list(let items) = pair.value.content { items } else { [pair.value] }
    let bound = prefix.isEmpty ? reader.dateBound(of: server) : nil
    for item in items where !pair.value.isNull {
      guard let bytes = value(item, bound) else { continue }
      attribute.values.append((bytes, item.mark))
    }
    // With a value that could not be read left out, the attribute would say something nobody wrote.
    let wanted = pair.value.isNull ? 0 : items.count
    guard attribute.values.count == wanted else { return }
    if !prefix.isEmpty, wanted == 0 {
      report(
        "nothing-to-remove", pair.value.mark, "`remove` names an attribute but no values",
        "list the values to take away")
    }
    add(attribute)
  }

  /// The octets of a value; `nil`, reported, when there are none to be had.
  private mutating func value(_ node: YAMLNode, _ bound: CivilTime.Bound?) -> [UInt8]? {
    switch node.content {
    case .scalar(let text):
      guard !text.isEmpty else {
        report("empty-value", node.mark, "a value is empty", "write `null` if the attribute shall have none")
        return nil
      }
      guard let bound else { return Array(text.utf8) }
      return date(text, bound, node.mark).map { Array($0.utf8) }
    case .null:
      report("empty-value", node.mark, "a value of a list is empty", "remove the item")
    case .mapping(let pairs):
      if pairs.count == 1, pairs[0].key == "base64", let text = pairs[0].value.text {
        if let bytes = Base64.decode(text) { return bytes }
        report(
          "wrong-base64", pairs[0].value.mark, "this is not base64", "encode the octets again (RFC 4648)")
      } else {
        report("yaml-shape", node.mark, "a value must be a text", "quote it if it holds a colon or a brace")
      }
    case .list:
      report(
        "yaml-shape", node.mark, "a value must be a text, not a list in a list", "write one list of texts")
    }
    return nil
  }

  private mutating func date(_ text: String, _ bound: CivilTime.Bound, _ mark: YAMLMark) -> String? {
    do throws(CivilTime.Fault) {
      return try CivilTime.generalizedTime(text, as: bound)
    } catch {
      let (code, message, advice) = error.explanation
      report(code, mark, message, advice)
      return nil
    }
  }

  private mutating func readRemovals(_ pair: YAMLPair, _ reader: inout DesiredReader) {
    guard case .mapping(let pairs) = pair.value.content else {
      report(
        "yaml-shape", pair.value.mark, "`remove` must be a mapping of attributes to the values to take away",
        "write `remove: {description: [...]}`")
      return
    }
    for inner in pairs {
      readAttribute(reader.profile.serverName(inner.key), inner, prefix: "remove:", &reader)
    }
  }

  private mutating func readMembers(_ pair: YAMLPair, _ reader: inout DesiredReader) {
    guard kind == .commission, let name = reader.profile.memberAttribute else {
      report("unknown-key", pair.mark, "`members` stands in commissions only", "remove it here")
      return
    }
    var attribute = RowAttribute(name: reader.intern(name), mark: pair.mark)
    switch pair.value.content {
    case .null: break
    case .list(let items):
      for item in items {
        guard let text = member(item) else { continue }
        attribute.values.append((Array(text.utf8), item.mark))
      }
    default:
      report(
        "yaml-shape", pair.value.mark, "`members` must be a list",
        "write `- {person: ..., from: ..., to: ...}`")
    }
    add(attribute)
  }

  /// The value `HSA-id;start;end` of `{person, from, to}`.
  private mutating func member(_ node: YAMLNode) -> String? {
    guard case .mapping(let pairs) = node.content else {
      report(
        "yaml-shape", node.mark, "a member must be a mapping",
        "write `{person: HSA-id, from: date, to: date}`")
      return nil
    }
    var mapping = YAMLMapping(pairs, at: node.mark, file: file)
    let person = mapping.string("person", required: true)
    let from = mapping.string("from"), to = mapping.string("to")
    let places = (mapping.node("from")?.mark, mapping.node("to")?.mark)
    findings += mapping.finish().map { withSubject($0) }
    let start = from.map { date($0, .start, places.0 ?? node.mark) } ?? ""
    let end = to.map { date($0, .end, places.1 ?? node.mark) } ?? ""
    guard let person, !person.contains(";"), let start, let end else { return nil }
    return "\(person);\(start);\(end)"
  }

  /// Adds an attribute; one that is there already under another name is reported.
  private mutating func add(_ attribute: RowAttribute) {
    guard let first = attributes.first(where: { $0.name == attribute.name }) else {
      attributes.append(attribute)
      return
    }
    findings.append(
      Finding(
        "attribute-twice", at: attribute.mark.position(in: file), and: first.mark.position(in: file),
        subject: identity,
        "the attribute stands twice in the row, under two of its names", advice: "keep one of them"))
  }

  private mutating func report(_ code: String, _ mark: YAMLMark, _ message: String, _ advice: String) {
    findings.append(Finding(code, at: mark.position(in: file), subject: identity, message, advice: advice))
  }

  private func withSubject(_ finding: Finding) -> Finding {
    var finding = finding
    finding.subject = identity
    return finding
  }

  /// RFC 4512 section 2.5: a short name or an OID, and options.
  private func isAttributeDescription(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isDigit || first.asciiLowercased &- 97 < 26 else { return false }
    return text.utf8.allSatisfy {
      $0.isDigit || $0.asciiLowercased &- 97 < 26 || $0 == 0x2D || $0 == 0x3B || $0 == 0x2E
    }
  }
}

extension DesiredReader {
  /// How a bare date in the attribute is understood; `nil` when it holds no times.
  func dateBound(of server: String) -> CivilTime.Bound? {
    if server.equalsIgnoringASCIICase(profile.endDate) { return .end }
    if server.equalsIgnoringASCIICase(profile.startDate) { return .start }
    return schema.syntax(of: server) == Syntax.generalizedTime ? .start : nil
  }
}

extension CivilTime.Fault {
  /// Code, message and advice of the finding.
  var explanation: (code: String, message: String, advice: String) {
    let advice = "write `2026-01-31`, or with a time `2026-01-31T08:00:00+01:00`"
    return switch self {
    case .form: ("wrong-date", "this is no date", advice)
    case .zone:
      ("date-without-zone", "the time of day has no offset, so it is not known which moment is meant", advice)
    case .impossible:
      ("impossible-date", "there is no such day or time, or the year lies outside 1900-2199", advice)
    }
  }
}
