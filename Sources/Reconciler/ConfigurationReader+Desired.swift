import Directory
import LDAP

extension ConfigurationReader {
  mutating func readDesired(_ mapping: inout YAMLMapping) -> [Configuration.Desired] {
    guard let node = mapping.node("desired"), !node.isNull else { return [] }
    let items: [YAMLNode] = if case .list(let items) = node.content { items } else { [node] }
    return items.compactMap { item in
      let position = item.mark.position(in: file)
      guard let text = item.text else {
        return mapping.nested(item, "each item of `desired`") { readSource(&$0, at: position) } ?? nil
      }
      guard let path = expanded(text, at: position) else { return nil }
      return Configuration.Desired(paths: [resolve(path)], name: text, position: position)
    }
  }

  private mutating func readSource(
    _ mapping: inout YAMLMapping, at position: SourcePosition
  ) -> Configuration.Desired? {
    let names = mapping.strings("files")
    if names.isEmpty { mapping.missing("files") }
    let complete = mapping.mapping("complete") { readComplete(&$0) }
    let provides = mapping.strings("provides")
    let paths = names.compactMap { expanded($0, at: position).map(resolve) }
    guard !paths.isEmpty else { return nil }
    return Configuration.Desired(
      paths: paths, name: names.joined(separator: ", "), complete: complete, provides: provides,
      position: position)
  }

  private mutating func readComplete(_ mapping: inout YAMLMapping) -> Configuration.Complete {
    let position = mapping.position(of: "kinds")
    let words = mapping.strings("kinds")
    if words.isEmpty { mapping.missing("kinds") }
    let kinds = words.compactMap { word -> Kind? in
      if let kind = Kind(rawValue: word) { return kind }
      let all = Kind.allCases.map(\.rawValue)
      report(
        "unknown-kind", position, "\(Spelling.shown(word)) is not a kind of entry",
        Spelling.suggestion(for: word, among: all).map { "did you mean `\($0)`?" }
          ?? "one of: \(all.joined(separator: ", "))")
      return nil
    }
    let under = mapping.string("under").flatMap { text -> DesiredState.Parent? in
      guard text.contains("=") else { return .identity(HSAIdentity(text)) }
      return name(text, at: mapping.position(of: "under")).map { .name($0) }
    }
    return Configuration.Complete(kinds: Set(kinds), under: under)
  }
}
