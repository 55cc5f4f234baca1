import LDAP

/// What a source says it speaks for: `complete:` and `provides:`, in the configuration or at the top of a file.
package struct SourceDeclaration: Hashable, Sendable {
  /// The kinds of which it has all there are.
  package var completeKinds: Set<Kind>
  /// Where that holds, and where rows without a parent lie; `nil`: the whole base.
  package var completeUnder: DesiredState.Parent?
  /// The attributes (server names) that a row is without when it does not mention them.
  package var provides: [String]
  /// What the source may speak for, where it is a delegated administrator's; `nil`: it is the region's own. No file says
  /// that of itself.
  package var scope: ProviderScope?

  package init(
    completeKinds: Set<Kind> = [], completeUnder: DesiredState.Parent? = nil, provides: [String] = [],
    scope: ProviderScope? = nil
  ) {
    self.completeKinds = completeKinds
    self.completeUnder = completeUnder
    self.provides = provides
    self.scope = scope
  }

  /// Whether nothing is declared.
  package var isEmpty: Bool { completeKinds.isEmpty && completeUnder == nil && provides.isEmpty }

  /// Reads the keys `complete` and `provides` of a mapping; faults are left in the mapping.
  package init(reading mapping: inout YAMLMapping, profile: Profile) {
    self.init()
    mapping.mapping("complete") { complete in
      completeKinds = SourceDeclaration.kinds(&complete, profile)
      guard let node = complete.node("under"), !node.isNull else { return }
      completeUnder = DesiredState.Parent(reading: node, "under", &complete)
    }
    guard let node = mapping.node("provides"), !node.isNull else { return }
    let items = if case .list(let items) = node.content { items } else { [node] }
    provides = items.compactMap { SourceDeclaration.attribute($0, &mapping, profile) }
  }

  private static func kinds(_ mapping: inout YAMLMapping, _ profile: Profile) -> Set<Kind> {
    guard let node = mapping.node("kinds"), !node.isNull else {
      mapping.missing("kinds")
      return []
    }
    let words = profile.kinds.map(\.kind.rawValue)
    let items = if case .list(let items) = node.content { items } else { [node] }
    return Set(
      items.compactMap { item in
        guard let text = mapping.texts(of: item, "`kinds`").first else { return nil }
        if let kind = Kind(rawValue: text), profile[kind] != nil { return kind }
        mapping.report(
          "unknown-kind", at: item.mark.position(in: mapping.file),
          "the profile `\(profile.name)` has no such kind of entry",
          advice: Spelling.suggestion(for: text, among: words).map { "did you mean `\($0)`?" }
            ?? "its kinds are: \(words.joined(separator: ", "))")
        return nil
      })
  }

  private static func attribute(
    _ item: YAMLNode, _ mapping: inout YAMLMapping, _ profile: Profile
  ) -> String? {
    guard let text = mapping.texts(of: item, "`provides`").first else { return nil }
    let name = text == "members" ? profile.memberAttribute ?? text : profile.serverName(text)
    let isRefused =
      name.equalsIgnoringASCIICase(profile.identity) || name.equalsIgnoringASCIICase("objectClass")
    guard isRefused else { return name }
    mapping.report(
      "cannot-provide", at: item.mark.position(in: mapping.file),
      "\(Spelling.shown(text)) cannot be provided: an entry is never without it",
      advice: "remove it from `provides`")
    return nil
  }
}

extension DesiredState.Parent {
  /// Reads an HSA-id or a distinguished name; what is neither is reported.
  init?(reading node: YAMLNode, _ key: String, _ mapping: inout YAMLMapping) {
    let place = node.mark.position(in: mapping.file)
    guard let text = node.text, !text.isEmpty else {
      mapping.report(
        "wrong-parent", at: place, "`\(key)` must be the HSA-id of a unit, or a distinguished name",
        advice: "write the HSA-id of the unit above")
      return nil
    }
    guard text.contains("=") else {
      self = .identity(HSAIdentity(text))
      return
    }
    do throws(DistinguishedName.SyntaxError) {
      self = .name(try DistinguishedName(parsing: text))
    } catch {
      mapping.report(
        "wrong-parent", at: place,
        "`\(key)` is no distinguished name: \(error.reason), at octet \(error.offset)",
        advice: "write it as RFC 4514 has it, with `\\,` for a comma in a name")
      return nil
    }
  }
}
