import Crypto
import Foundation
import LDAP

/// What the values of one attribute say of ties and times.
struct LinkColumn: Sendable {
  struct Uses: OptionSet, Sendable {
    let rawValue: UInt8
    static let classes = Uses(rawValue: 1)
    static let identity = Uses(rawValue: 2)
    static let link = Uses(rawValue: 4)
    static let unique = Uses(rawValue: 8)
    static let correlation = Uses(rawValue: 16)
    static let date = Uses(rawValue: 32)
  }
  /// The canonical description in small letters.
  var key = ""
  var uses: Uses = []
  var sort: EntryLink.Sort?
  var matching: MatchingRule = .octetString
  var bounds: [CivilTime.Bound] = []

  var isValue: Bool { !uses.isDisjoint(with: [.unique, .correlation]) }

  /// The links that a value makes: its normal form, and for a unique one under which also other spellings meet that
  /// the planner takes for one (``Comparison/uniqueKey(_:_:)``) where the matching rule does not say so already.
  func links(of value: UnsafeRawBufferPointer, _ schema: Schema) -> [EntryLink] {
    let normal = matching.normalForm(value, schema: schema)
    var links = [EntryLink(.value, key + "=" + String(decoding: normal, as: UTF8.self))]
    if uses.contains(.unique), matching != .caseIgnore, matching != .caseIgnoreIA5 {
      links.append(
        EntryLink(.value, key + "#" + String(RawName.siblingKey(parent: 0, rdn: value), radix: 36)))
    }
    return links
  }
}

/// What is looked at, attribute by attribute: only what a comparison or the rules ask for.
struct LinkColumns: Sendable {
  private(set) var all: [String: LinkColumn] = [:]
  private let schema: Schema

  init(profile: Profile, management: Management, rules: RoleRules?, schema: Schema) {
    self.schema = schema
    let roles = rules.map { RoleAttributes($0, profile) }
    let asked = AttributeRules.attributesToRead(profile, management, foreseeing: true) + (roles?.all ?? [])
    for name in asked { all[key(name)] = LinkColumn(key: key(name)) }
    use("objectClass", .classes)
    use(profile.identity, .identity)
    for (name, form) in profile.references { link(name, LinkColumns.sort(form)) }
    for name in roles?.occupants ?? [] { link(name, .name) }
    if let members = profile.memberAttribute { link(members, .member) }
    link(profile.serverName("hsaHealthCareUnitMember"), .unitMember)
    link(profile.responsibleProvider, .provider)
    for name in profile.unique where key(name) != key(profile.identity) { use(name, .unique) }
    for name in profile.correlation { use(name, .correlation) }
    date(profile.startDate, .start)
    date(profile.endDate, .end)
    for rule in rules?.rules ?? [] {
      for case .attribute(_, let name) in rule.until { date(name, .end) }
    }
    all = all.filter { !$0.value.uses.isEmpty }
  }

  /// What an attribute is looked at for; nothing for most.
  subscript(name: String) -> LinkColumn { all[key(name)] ?? LinkColumn() }

  private func key(_ name: String) -> String { schema.canonicalName(name).asciiLowercased }

  private mutating func use(_ name: String, _ use: LinkColumn.Uses) {
    all[key(name)]?.uses.insert(use)
    all[key(name)]?.matching = schema.equality(of: name)
  }

  private mutating func link(_ name: String, _ sort: EntryLink.Sort) {
    use(name, .link)
    all[key(name)]?.sort = sort
  }

  private mutating func date(_ name: String, _ bound: CivilTime.Bound) {
    use(name, .date)
    guard let known = all[key(name)], !known.bounds.contains(bound) else { return }
    all[key(name)]?.bounds.append(bound)
  }

  private static func sort(_ form: Profile.ReferenceForm) -> EntryLink.Sort {
    switch form {
    case .identity: .identity
    case .name: .name
    case .memberPeriod: .member
    }
  }
}

extension LinkReader {
  /// The form in which facts are read; another number makes every index be read anew.
  private static let version = 1

  static func digest(_ columns: LinkColumns, _ profile: Profile, _ schema: Schema) -> String {
    var lines = ["links \(version)"]
    for (key, column) in columns.all.sorted(by: { $0.key < $1.key }) {
      let bounds = column.bounds.map { $0 == .start ? "s" : "e" }.sorted().joined()
      lines.append(
        "\(key) \(column.uses.rawValue) \(column.sort?.rawValue ?? 0) \(column.matching.rawValue) \(bounds)")
    }
    for kind in profile.kinds {
      lines.append(
        kind.kind.rawValue + " " + kind.profile.recognise.map(\.asciiLowercased).joined(separator: " "))
    }
    // Names are compared by the rule of each type in them.
    for type in schema.attributeTypes {
      lines.append(
        "\(type.oid) \(type.names.joined(separator: " ")) \(schema.equality(of: type.oid).rawValue)")
    }
    return SHA256.hash(data: Data(lines.joined(separator: "\n").utf8)).map {
      String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
    }.joined()
  }
}
