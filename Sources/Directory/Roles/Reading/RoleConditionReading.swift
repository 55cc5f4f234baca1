import LDAP

extension RoleFileReading {
  /// Reads `when`: conditions in the order of their subjects, and the right that the commission must give.
  func conditions(
    _ mapping: inout YAMLMapping, _ places: inout [String: SourcePosition]
  ) -> (conditions: [RoleCondition], right: CommissionRight?) {
    var conditions: [RoleCondition] = []
    var right: CommissionRight?
    var found = places
    let isThere: Bool? = mapping.mapping("when") { mapping in
      for subject in RoleSubject.allCases {
        let isWritten = mapping.has(subject.rawValue)
        guard let node = mapping.node(subject.rawValue), isWritten else { continue }
        guard let filter = filter(node, "`\(subject.rawValue)`", &mapping) else { continue }
        conditions.append(RoleCondition(subject, filter, position: place(in: node)))
        note(filter, of: subject, in: node, &found)
      }
      right = self.right(&mapping)
      return !mapping.pairs.isEmpty
    }
    places = found
    if isThere != true {
      mapping.report(
        "missing-key", at: mapping.position(of: "when"), "`when` is missing: nobody would be left out",
        advice: "add `when`; `when: {person: true}` for all")
    }
    return (conditions, right)
  }

  private func right(_ mapping: inout YAMLMapping) -> CommissionRight? {
    guard let text = mapping.string("right") else { return nil }
    if !mapping.has(RoleSubject.commission.rawValue) {
      mapping.report(
        "right-without-commission", at: mapping.keyPosition("right"),
        "rights are given by commissions, and the rule joins none",
        advice: "add a condition on `commission`; `true` is one that all meet")
    }
    if let right = CommissionRight(parsing: text) { return right }
    mapping.report(
      "wrong-right", at: mapping.position(of: "right"), "this is no right of a commission",
      advice: "write activity, type and scope, as in `Läsa;alla;SJF`, `Skriva;dia;VE` or `Läsa;und;VG`")
    return nil
  }

  /// Reads a condition: a filter in text; `true`, or nothing, is what every entry meets.
  func filter(_ node: YAMLNode, _ what: String, _ mapping: inout YAMLMapping) -> Filter? {
    if node.isNull { return .present("objectClass") }
    guard let text = node.text else {
      mapping.report(
        "yaml-shape", at: place(in: node), "\(what) must be one text, a filter",
        advice: "write it in quotes, as in `\"(hsaTitle=Läkare)\"`")
      return nil
    }
    if text == "true" { return .present("objectClass") }
    let (compact, offsets) = RoleFileReading.withoutLineBreaks(text)
    do throws(Filter.SyntaxError) {
      return try Filter(parsing: compact).renaming(serverName)
    } catch {
      let offset = offsets.indices.contains(error.offset) ? offsets[error.offset] : text.utf8.count
      mapping.report(
        "wrong-filter", at: place(offset, in: node), "this is not a filter: \(error.reason)",
        advice: "write, for instance, `(hsaTitle=Läkare)` or `(&(title=*)(!(mail=*)))`; `true` for all")
      return nil
    }
  }

  /// A filter may be written on several lines: space beside parentheses that are no part of a value is left out.
  ///
  /// - Returns: the text, and the offset in the original of each of its octets.
  private static func withoutLineBreaks(_ text: String) -> (text: String, offsets: [Int]) {
    let octets = Array(text.utf8)
    var kept: [UInt8] = []
    var offsets: [Int] = []
    for (offset, octet) in octets.enumerated() {
      let isSpace = octet == 0x20 || octet == 0x0A || octet == 0x09 || octet == 0x0D
      if isSpace, kept.last.map({ isBetween($0, kept) }) ?? true { continue }
      kept.append(octet)
      offsets.append(offset)
    }
    return (String(decoding: kept, as: UTF8.self), offsets)
  }

  /// Whether no value can go on after what stands so far: after `)`, and after `(&`, `(|` and `(!`.
  private static func isBetween(_ last: UInt8, _ before: [UInt8]) -> Bool {
    if last == UInt8(ascii: ")") { return true }
    let signs: [UInt8] = [UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "!")]
    return signs.contains(last) && before.dropLast().last == UInt8(ascii: "(")
  }

  /// Remembers where the attributes of a filter stand.
  private func note(
    _ filter: Filter, of subject: RoleSubject, in node: YAMLNode, _ places: inout [String: SourcePosition]
  ) {
    guard let text = node.text else { return }
    for written in RoleFileReading.attributes(in: text) {
      let key = RoleRule.placeKey(subject, serverName(written.name))
      places[key] = places[key] ?? place(written.offset, in: node)
    }
  }

  /// What stands between `(` and the sign of an assertion, with its offset in octets.
  private static func attributes(in text: String) -> [(name: String, offset: Int)] {
    let octets = Array(text.utf8)
    var found: [(name: String, offset: Int)] = []
    for (offset, octet) in octets.enumerated() where octet == UInt8(ascii: "(") {
      let name = octets[(offset + 1)...].prefix {
        $0.isDigit || $0.asciiLowercased &- 97 < 26 || $0 == 0x2D || $0 == 0x2E || $0 == 0x3B
      }
      if !name.isEmpty { found.append((String(decoding: name, as: UTF8.self), offset + 1)) }
    }
    return found
  }
}

extension Filter {
  /// The same filter on attributes of other names.
  func renaming(_ name: (String) -> String) -> Filter {
    switch self {
    case .and(let parts): .and(parts.map { $0.renaming(name) })
    case .or(let parts): .or(parts.map { $0.renaming(name) })
    case .not(let part): .not(part.renaming(name))
    case .equal(let attribute, let value): .equal(name(attribute), value)
    case .greaterOrEqual(let attribute, let value): .greaterOrEqual(name(attribute), value)
    case .lessOrEqual(let attribute, let value): .lessOrEqual(name(attribute), value)
    case .approximate(let attribute, let value): .approximate(name(attribute), value)
    case .present(let attribute): .present(name(attribute))
    case .substrings(let attribute, let initial, let any, let final):
      .substrings(name(attribute), initial: initial, any: any, final: final)
    case .extensible(let rule, let attribute, let dn, let value):
      .extensible(rule: rule, attribute: attribute.map(name), dn: dn, value)
    }
  }

  /// The attributes that it speaks of, each once, in the order in which they come.
  var attributes: [String] {
    var found: [String] = []
    collect(&found)
    return found
  }

  private func collect(_ found: inout [String]) {
    switch self {
    case .and(let parts), .or(let parts): for part in parts { part.collect(&found) }
    case .not(let part): part.collect(&found)
    case .equal(let name, _), .greaterOrEqual(let name, _), .lessOrEqual(let name, _),
      .approximate(let name, _),
      .present(let name), .substrings(let name, _, _, _), .extensible(_, let name?, _, _):
      if !found.contains(where: { $0.equalsIgnoringASCIICase(name) }) { found.append(name) }
    case .extensible: break
    }
  }
}
