import Foundation
import LDAP

/// What every part of a rules file is read with.
struct RoleFileReading {
  let profile: Profile
  let text: SourceText
  let file: String

  init(_ profile: Profile, _ bytes: [UInt8], file: String) {
    self.profile = profile
    self.file = file
    text = SourceText(bytes)
  }

  /// The place of an octet of a scalar.
  func place(_ offset: Int = 0, in node: YAMLNode) -> SourcePosition {
    (offset == 0 ? node.mark : text.place(offset, in: node)).position(in: file)
  }

  /// The server's name for an attribute, its options kept.
  func serverName(_ name: String) -> String {
    let parts = name.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return profile.serverName(name) }
    return profile.serverName(String(parts[0])) + ";" + parts[1]
  }
}

extension RoleFileReading {
  /// The HSA-ids of a list; what has not their form is reported and left out.
  func identities(_ key: String, _ mapping: inout YAMLMapping) -> [HSAIdentity] {
    guard let node = mapping.node(key) else { return [] }
    let items = if case .list(let items) = node.content { items } else { [node] }
    return items.compactMap { item in
      mapping.texts(of: item, "`\(key)`").first.flatMap { identity($0, at: place(in: item), &mapping) }
    }
  }

  /// One HSA-id, which has to be there.
  func identity(_ key: String, _ mapping: inout YAMLMapping) -> HSAIdentity? {
    mapping.string(key, required: true).flatMap { identity($0, at: mapping.position(of: key), &mapping) }
  }

  func identity(_ text: String, at place: SourcePosition, _ mapping: inout YAMLMapping) -> HSAIdentity? {
    if isIdentity(text) { return HSAIdentity(text) }
    mapping.report(
      "wrong-identity", at: place, "this does not have the form of an HSA-id",
      advice: "copy it from the catalogue: `SE`, ten digits, `-`, then letters A-Z and digits")
    return nil
  }

  func isIdentity(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBytes { HSAIdentity.isWellFormed($0, prefixes: profile.identityPrefixes) }
  }

  /// The moment of a date.
  func moment(
    _ key: String, as bound: CivilTime.Bound, required: Bool = false, _ mapping: inout YAMLMapping
  ) -> Date? {
    guard let text = mapping.string(key, required: required) else { return nil }
    do throws(CivilTime.Fault) {
      return try CivilTime.moment(text, as: bound)
    } catch {
      let (code, message, advice) = error.explanation
      mapping.report(code, at: mapping.position(of: key), message, advice: advice)
      return nil
    }
  }

  /// A period `from` .. `end`; one that is empty is reported.
  func period(_ from: String, _ end: String, _ mapping: inout YAMLMapping) -> (from: Date?, to: Date?) {
    let period = (
      from: moment(from, as: .start, &mapping), to: moment(end, as: .end, &mapping)
    )
    if let first = period.from, let last = period.to, first >= last {
      mapping.report(
        "empty-period", at: mapping.position(of: end), "the period ends before it has begun",
        advice: "look at `\(from)` and `\(end)`; a date without time of day as end means through that day")
    }
    return period
  }

  /// A whole role: one that is asked for or that an example gives, no pattern.
  func isRole(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 256 && text.unicodeScalars.allSatisfy(RoleFileReading.isPlain)
  }

  /// No control, no formatting mark and no line end.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
