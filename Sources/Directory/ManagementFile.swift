import LDAP

extension Management {
  /// Reads the `manage:` part of a configuration.
  ///
  /// Attributes may be written by their canonical or by the server's own names.
  /// - Throws: everything that is wrong with it: an attribute that can never be owned, one that stands in two
  ///   lists, the HSA-id itself, a kind that the profile does not have.
  package init(parsing node: YAMLNode, file: String, profile: Profile) throws(Findings) {
    guard case .mapping(let pairs) = node.content else {
      throw Findings([
        Finding(
          "yaml-shape", at: node.mark.position(in: file),
          "`manage` must be a mapping of kinds to what is owned",
          advice: "write, for instance, `person: {own: [givenName, sn]}`")
      ])
    }
    var mapping = YAMLMapping(pairs, at: node.mark, file: file)
    var kinds: [Kind: KindManagement] = [:]
    for pair in mapping.all() {
      guard let kind = Management.kind(pair, profile, &mapping) else { continue }
      kinds[kind] = mapping.nested(pair.value, "`\(pair.key)`") { KindManagement(reading: &$0, profile) }
    }
    let findings = mapping.finish()
    guard !findings.haveErrors else { throw Findings(findings) }
    self.init(kinds)
  }

  private static func kind(_ pair: YAMLPair, _ profile: Profile, _ mapping: inout YAMLMapping) -> Kind? {
    let words = profile.kinds.map(\.kind.rawValue)
    if let kind = Kind(rawValue: pair.key), profile[kind] != nil { return kind }
    mapping.report(
      "unknown-kind", at: pair.mark.position(in: mapping.file),
      "the profile `\(profile.name)` has no such kind of entry",
      advice: Spelling.suggestion(for: pair.key, among: words).map { "did you mean `\($0)`?" }
        ?? "its kinds are: \(words.joined(separator: ", "))")
    return nil
  }
}

extension KindManagement {
  fileprivate init(reading mapping: inout YAMLMapping, _ profile: Profile) {
    self.init()
    absent = mapping.choice("absent", of: AbsencePolicy.self) ?? absent
    grace = mapping.seconds("grace") ?? grace
    own = attributes("own", &mapping, profile)
    create = attributes("create", &mapping, profile)
    merge = attributes("merge", &mapping, profile)
  }

  /// Reads one list; what must not stand in it is reported and left out.
  private mutating func attributes(_ key: String, _ mapping: inout YAMLMapping, _ profile: Profile)
    -> [String]
  {
    guard let node = mapping.node(key) else { return [] }
    let items = if case .list(let items) = node.content { items } else { [node] }
    return items.compactMap { item in
      guard let text = mapping.texts(of: item, "`\(key)`").first else { return nil }
      let name = profile.serverName(text)
      let small = name.asciiLowercased
      let place = item.mark.position(in: mapping.file)
      if let finding = KindManagement.refusal(small, text, at: place, profile) {
        mapping.findings.append(finding)
        return nil
      }
      if let other = places.updateValue(place, forKey: small) {
        mapping.findings.append(
          Finding(
            "attribute-twice", at: place, and: other,
            "\(Spelling.shown(text)) stands twice in `own`, `create` and `merge`",
            advice: "keep it in one list"))
        return nil
      }
      return name
    }
  }

  private static func refusal(
    _ small: String, _ text: String, at place: SourcePosition, _ profile: Profile
  ) -> Finding? {
    if small == profile.identity.asciiLowercased {
      return Finding(
        "identity-owned", at: place, "the HSA-id is what an entry is; it can be neither owned nor changed",
        advice: "remove it from the list")
    }
    let base = small.prefix { $0 != ";" }
    guard profile.neverOwned.contains(small) || profile.neverOwned.contains(String(base)) else { return nil }
    return Finding(
      "never-owned", at: place,
      "\(Spelling.shown(text)) is made by the server or published by SITHS and can never be owned",
      advice: "remove it from the list")
  }
}
