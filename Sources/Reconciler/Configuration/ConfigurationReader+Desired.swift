import Directory
import LDAP

extension ConfigurationReader {
  mutating func readDesired(_ mapping: inout YAMLMapping, _ profile: Profile?) -> [Configuration.Desired] {
    guard let node = mapping.node("desired"), !node.isNull else { return [] }
    let items: [YAMLNode] = if case .list(let items) = node.content { items } else { [node] }
    return items.compactMap { item in
      let position = item.mark.position(in: file)
      guard let text = item.text else {
        return mapping.nested(item, "each item of `desired`") { readSource(&$0, profile, at: position) }
          ?? nil
      }
      return expanded(text, at: position).map { .init(paths: [resolve($0)], position: position) }
    }
  }

  private mutating func readSource(
    _ mapping: inout YAMLMapping, _ profile: Profile?, at position: SourcePosition
  ) -> Configuration.Desired? {
    let names = mapping.strings("files")
    if names.isEmpty { mapping.missing("files") }
    let paths = names.compactMap { expanded($0, at: position).map(resolve) }
    let manifest = mapping.choice("manifest", of: Configuration.ManifestPolicy.self) ?? .optional
    // Without a profile, which is a finding already, attributes and kinds cannot be judged.
    guard let profile else {
      for key in ["complete", "provides"] { _ = mapping.node(key) }
      return nil
    }
    let declaration = SourceDeclaration(reading: &mapping, profile: profile)
    return Configuration.Desired(
      paths: paths, declaration: declaration, manifest: manifest, position: position)
  }
}
