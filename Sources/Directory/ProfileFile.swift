import LDAP

extension Profile {
  /// Reads a profile file (`conf/profiles/*.yaml`).
  ///
  /// Attributes may be written by their canonical or by the server's own names.
  /// - Throws: everything that is wrong with it.
  package init(parsing yaml: String, file: String) throws(Findings) {
    try self.init(parsing: Array(yaml.utf8), file: file)
  }

  /// Reads the octets of a profile file.
  package init(parsing bytes: [UInt8], file: String) throws(Findings) {
    var reader = ProfileReader(try YAMLDocument(parsing: bytes, file: file).mapping())
    let profile = reader.read()
    let findings = reader.root.finish()
    guard let profile, !findings.haveErrors else { throw Findings(findings) }
    self = profile
  }
}

/// Reads a profile file from top to bottom.
private struct ProfileReader {
  var root: YAMLMapping
  private var names: [String: String] = [:]
  private var members: String?

  init(_ root: YAMLMapping) { self.root = root }

  /// `nil` only when something required is missing, which has been reported.
  mutating func read() -> Profile? {
    let name = root.string("name", required: true)
    readNames()
    let kinds = readKinds()
    guard let name, !kinds.isEmpty else {
      _ = readRest("", kinds)
      return nil
    }
    return readRest(name, kinds)
  }

  private mutating func readRest(_ name: String, _ kinds: [(kind: Kind, profile: Profile.KindProfile)])
    -> Profile
  {
    var profile = Profile(name: name, kinds: kinds, serverNames: names)
    let standard = profile
    profile.identity = attribute("identity") ?? server(standard.identity)
    profile.lengths = readLengths()
    profile.references = readReferences()
    profile.memberAttribute = members
    profile.unique = root.strings("unique").map { server($0) }
    profile.neverOwned = smallSet("neverOwned")
    profile.serverSpells = smallSet("serverSpells")
    profile.personalNumbers = smallSet("personalNumbers")
    profile.correlation = root.strings("correlation").map { server($0) }
    profile.startDate = attribute("startDate") ?? server(standard.startDate)
    profile.endDate = attribute("endDate") ?? server(standard.endDate)
    profile.protectedClass = root.string("protectedClass") ?? standard.protectedClass
    profile.archivedClass = root.string("archivedClass") ?? standard.archivedClass
    profile.providerClass = root.string("providerClass") ?? standard.providerClass
    profile.careUnitClass = root.string("careUnitClass") ?? standard.careUnitClass
    profile.identityPrefixes = root.strings("identityPrefixes")
    return profile
  }

  private func server(_ canonical: String) -> String {
    names[canonical] ?? names.first { $0.key.equalsIgnoringASCIICase(canonical) }?.value ?? canonical
  }

  private mutating func attribute(_ key: String) -> String? { root.string(key).map { server($0) } }

  private mutating func smallSet(_ key: String) -> Set<String> {
    Set(root.strings(key).map { server($0).asciiLowercased })
  }

  private mutating func readNames() {
    names =
      root.mapping("attributes") { mapping in
        var names: [String: String] = [:]
        var first: [String: YAMLMark] = [:]
        for pair in mapping.all() {
          guard let name = mapping.string(pair.key, required: true) else { continue }
          if let other = first.updateValue(pair.mark, forKey: name.asciiLowercased) {
            mapping.findings.append(
              Finding(
                "attribute-twice", at: pair.mark.position(in: mapping.file),
                and: other.position(in: mapping.file),
                "two canonical names stand for the same attribute of the server", advice: "keep one of them"))
          }
          names[pair.key] = name
        }
        return names
      } ?? [:]
  }

  private mutating func readKinds() -> [(kind: Kind, profile: Profile.KindProfile)] {
    guard root.has("kinds") else {
      root.missing("kinds")
      return []
    }
    let names = names
    let kinds = root.mapping("kinds") { mapping in
      mapping.all().compactMap { pair -> (kind: Kind, profile: Profile.KindProfile)? in
        guard let kind = Kind(rawValue: pair.key) else {
          let words = Kind.allCases.map(\.rawValue)
          mapping.report(
            "unknown-kind", at: pair.mark.position(in: mapping.file), "this is not a kind of entry",
            advice: Spelling.suggestion(for: pair.key, among: words).map { "did you mean `\($0)`?" }
              ?? "the kinds are: \(words.joined(separator: ", "))")
          return nil
        }
        return mapping.nested(pair.value, "`\(pair.key)`") { ProfileReader.kind(&$0, names) }
          .flatMap { $0 }.map { (kind, $0) }
      }
    }
    return kinds ?? []
  }

  private static func kind(_ mapping: inout YAMLMapping, _ names: [String: String]) -> Profile.KindProfile? {
    let recognise = mapping.strings("recognise")
    let classes = mapping.strings("classes")
    let naming = mapping.string("naming", required: true)
    if recognise.isEmpty { mapping.missing("recognise") }
    if classes.isEmpty { mapping.missing("classes") }
    let templates = mapping.mapping("templates") { ProfileReader.templates(&$0, names) } ?? []
    guard let naming else { return nil }
    let server = names[naming] ?? naming
    return Profile.KindProfile(recognise: recognise, classes: classes, naming: server, templates: templates)
  }

  private static func templates(
    _ mapping: inout YAMLMapping, _ names: [String: String]
  ) -> [(attribute: String, template: Template)] {
    mapping.all().compactMap { pair in
      guard let text = mapping.string(pair.key, required: true) else { return nil }
      guard let template = Template(parsing: text, serverName: { names[$0] ?? $0 }) else {
        mapping.report(
          "wrong-template", at: mapping.position(of: pair.key), "the braces of this template do not match",
          advice: "write attributes as `{givenName}`, and a brace itself as `{{` or `}}`")
        return nil
      }
      return (names[pair.key] ?? pair.key, template)
    }
  }

  private mutating func readLengths() -> [String: Int] {
    root.mapping("lengths") { mapping in
      var lengths: [String: Int] = [:]
      for pair in mapping.all() { lengths[pair.key] = mapping.integer(pair.key, in: 1...1_000_000) }
      return lengths
    }.map { lengths in
      Dictionary(lengths.map { (server($0.key).asciiLowercased, $0.value) }, uniquingKeysWith: min)
    } ?? [:]
  }

  private mutating func readReferences() -> [String: ReferenceForm] {
    let references =
      root.mapping("references") { mapping in
        mapping.all().compactMap { pair in
          mapping.choice(pair.key, of: ReferenceForm.self).map { (pair.key, $0) }
        }
      } ?? []
    members = references.first { $0.1 == .memberPeriod }.map { server($0.0) }
    return Dictionary(references.map { (server($0.0).asciiLowercased, $0.1) }) { first, _ in first }
  }

  private typealias ReferenceForm = Profile.ReferenceForm
}

extension Template {
  /// Reads `{givenName} {sn}`; `{{` and `}}` are braces. `nil` when the braces do not match.
  package init?(parsing text: String, serverName: (String) -> String = { $0 }) {
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      if (character == "{" || character == "}") && rest.first == character {
        rest.removeFirst()
        literal.append(character)
      } else if character == "{" {
        guard let end = rest.firstIndex(of: "}"), end > rest.startIndex else { return nil }
        let name = String(rest[..<end])
        guard !name.contains("{") else { return nil }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = ""
        parts.append(.attribute(serverName(name)))
        rest = rest[rest.index(after: end)...]
      } else if character == "}" {
        return nil
      } else {
        literal.append(character)
      }
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    self.init(parts: parts)
  }
}
