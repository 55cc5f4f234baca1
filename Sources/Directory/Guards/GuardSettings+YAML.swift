extension GuardSettings {
  /// Reads the `guards:` part of a configuration.
  ///
  /// - Throws: everything that is wrong with it, each with its place.
  package init(parsing node: YAMLNode, file: String) throws(Findings) {
    self.init()
    guard case .mapping(let pairs) = node.content else {
      throw Findings([
        Finding(
          "yaml-shape", at: node.mark.position(in: file),
          "`guards` must be a mapping of guards to their limits",
          advice: "write, for instance, `deleted: {percent: 5, count: 50}`")
      ])
    }
    var mapping = YAMLMapping(pairs, at: node.mark, file: file)
    everywhere = Self.table(&mapping, of: Self.counted)
    mapping.mapping("kinds") { readKinds(&$0) }
    mapping.mapping("providers") { readProviders(&$0) }
    mapping.mapping("windows") { readWindows(&$0) }
    clocks = mapping.seconds("clocks", in: 10...3_600) ?? clocks
    readSensitiveRoles(&mapping)
    let findings = mapping.finish()
    guard !findings.haveErrors else { throw Findings(findings) }
  }

  private mutating func readKinds(_ mapping: inout YAMLMapping) {
    for pair in mapping.all() {
      guard let kind = Kind(rawValue: pair.key) else {
        let words = Kind.allCases.map(\.rawValue)
        mapping.report(
          "unknown-kind", at: pair.mark.position(in: mapping.file), "there is no such kind of entry",
          advice: Spelling.suggestion(for: pair.key, among: words).map { "did you mean `\($0)`?" }
            ?? "the kinds are: \(words.joined(separator: ", "))")
        continue
      }
      kinds[kind] = mapping.nested(pair.value, "`\(pair.key)`") { Self.table(&$0, of: Self.counted) }
    }
  }

  private mutating func readProviders(_ mapping: inout YAMLMapping) {
    // What was read and what is desired are not counted by care provider.
    let names = Self.counted.filter { $0 != .desiredShrank && $0 != .observedShrank }
    for pair in mapping.all() {
      let isIdentity =
        pair.key.utf8.contains(UInt8(ascii: "-"))
        && pair.key.utf8.allSatisfy { $0.asciiLowercased &- 97 < 26 || $0.isDigit || $0 == UInt8(ascii: "-") }
      if !isIdentity {
        mapping.report(
          "wrong-identity", at: pair.mark.position(in: mapping.file),
          "a care provider is named by its HSA-id, and this is none",
          advice: "write it as in the directory, such as SE2321000016-1000")
      }
      let table = mapping.nested(pair.value, "the limits of a care provider") { Self.table(&$0, of: names) }
      if providers.updateValue(table ?? [:], forKey: HSAIdentity(pair.key)) != nil {
        mapping.report(
          "duplicate-identity", at: pair.mark.position(in: mapping.file),
          "the care provider stands here twice, in letters of other case", advice: "keep one of them")
      }
    }
  }

  private mutating func readWindows(_ mapping: inout YAMLMapping) {
    plansADay = mapping.integer("day", in: 1...10) ?? plansADay
    plansAWeek = mapping.integer("week", in: 1...20) ?? max(plansAWeek, plansADay)
    if plansAWeek < plansADay {
      mapping.report(
        "wrong-number", at: mapping.position(of: "week"), "a week cannot allow less than one of its days",
        advice: "give `week` at least \(plansADay)")
    }
  }

  private mutating func readSensitiveRoles(_ mapping: inout YAMLMapping) {
    for text in mapping.strings("sensitiveRoles") {
      if RoleName.normalForm(text).isEmpty {
        mapping.report(
          "wrong-role", at: mapping.position(of: "sensitiveRoles"), "a role without a name is no role",
          advice: "write roles with a star for any characters, such as `SIA;*`")
      }
      sensitiveRoles.append(RolePattern(text))
    }
  }

  private static func table(_ mapping: inout YAMLMapping, of names: [GuardVerdict.Name]) -> Table {
    var table: Table = [:]
    for name in names {
      table[name] = mapping.mapping(name.rawValue) { figures(&$0, name) }
    }
    return table
  }

  /// The ranges end where a limit would be none.
  private static func figures(_ mapping: inout YAMLMapping, _ name: GuardVerdict.Name) -> Figures {
    let isBroad = name == .updated || name == .rolesGranted
    if !mapping.has("count"), !mapping.has("percent") {
      mapping.report(
        "missing-key", at: mapping.mark.position(in: mapping.file), "neither `count` nor `percent` is given",
        advice: "give one of them, or both; to have the standard figures, leave the guard out")
    }
    return Figures(
      count: mapping.integer("count", in: 0...(isBroad ? 50_000 : 5_000)),
      percent: mapping.integer("percent", in: 1...(isBroad ? 80 : 50)))
  }
}
