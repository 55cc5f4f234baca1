import Directory
import LDAP

extension ConfigurationReader {
  mutating func readAudit(_ mapping: inout YAMLMapping) -> AuditSettings {
    var settings = AuditSettings()
    let position = mapping.position(of: "head")
    settings.head = mapping.strings("head").compactMap { text in
      if text == "journald" { return .journald() }
      guard let path = expanded(text, at: position) else { return nil }
      guard path.contains("/") else {
        report(
          "wrong-audit-head", position, "\(Spelling.shown(text)) is no place for the audit log's head",
          "write `journald`, or the path of a file that lies off this machine")
        return nil
      }
      return .file(resolve(path))
    }
    settings.rotate = octets("rotate", in: (1 << 20)...(16 << 30), of: &mapping) ?? settings.rotate
    settings.every = mapping.integer("every", in: 1...1_000_000) ?? settings.every
    return settings
  }

  /// A size, written `64 MiB`.
  private mutating func octets(
    _ key: String, in range: ClosedRange<Int>, of mapping: inout YAMLMapping
  ) -> Int? {
    guard let text = mapping.string(key) else { return nil }
    let units = ["KiB": 10, "MiB": 20, "GiB": 30]
    if let match = text.wholeMatch(of: /([0-9]{1,9}) *([KMG]iB)/), let count = Int(match.1),
      let shift = units[String(match.2)], range.contains(count << shift)
    {
      return count << shift
    }
    report(
      "wrong-size", mapping.position(of: key), "`\(key)` must be a size from 1 MiB to 16 GiB",
      "write it as 64 MiB")
    return nil
  }
}
