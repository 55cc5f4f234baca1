import LDAP

/// All that is asked of one attribute of the desired table, looked up once for all rows.
///
/// It holds nothing that is counted: a copy for each of a million attributes costs nothing.
struct AttributeRule {
  /// The attribute's index in the table's names.
  var index: Int
  var isRemoval: Bool
  /// Whether the schema knows it.
  var isKnown: Bool
  var isSingleValue: Bool
  var syntax: ValueSyntax
  var equality: MatchingRule
  var maximumLength: Int?
  var reference: Profile.ReferenceForm?
  var isPersonalNumber: Bool
  var isIdentity: Bool
  var isStart: Bool
  var isEnd: Bool
  var isUnique: Bool
  var isCorrelation: Bool
  /// The kinds for which a row may have it without a word: managed, or needed to name, make or find an entry.
  var welcome = KindSet()
  /// The kinds for which it is merged, so that values can be taken away.
  var merged = KindSet()

  init(_ index: Int, _ tableName: String, _ profile: Profile, _ management: Management, _ schema: Schema) {
    self.index = index
    isRemoval = tableName.hasPrefix("remove:")
    let name = isRemoval ? String(tableName.dropFirst(7)) : tableName
    let canonical = schema.canonicalName(name)
    func isOne(_ other: String) -> Bool {
      schema.canonicalName(other).equalsIgnoringASCIICase(canonical)
    }
    let type = schema.attributeType(name)
    isKnown = type != nil
    isSingleValue = type?.isSingleValue ?? false
    isIdentity = isOne(profile.identity)
    isStart = isOne(profile.startDate)
    isEnd = isOne(profile.endDate)
    let declared = ValueSyntax(oid: schema.syntax(of: name))
    syntax = (isStart || isEnd) && declared != .time ? .time : declared
    equality = schema.equality(of: name)
    maximumLength = profile.lengths.first { isOne($0.key) }?.value
    reference = profile.references.first { isOne($0.key) }?.value
    isPersonalNumber = profile.personalNumbers.contains { isOne($0) }
    isUnique = profile.unique.contains { isOne($0) }
    isCorrelation = profile.correlation.contains { isOne($0) }
    for (kind, entry) in profile.kinds {
      let managed = management[kind] ?? KindManagement()
      let templated = entry.templates.flatMap { [$0.attribute] + $0.template.attributes }
      let names = managed.own + managed.create + managed.merge + [entry.naming] + templated
      if isIdentity || isCorrelation || names.contains(where: isOne) { welcome.insert(kind) }
      if managed.merge.contains(where: isOne) { merged.insert(kind) }
    }
  }
}

/// A set of kinds in one octet.
struct KindSet: Hashable, Sendable {
  private var bits: UInt8 = 0

  func contains(_ kind: Kind) -> Bool { bits & KindSet.bit(kind) != 0 }
  mutating func insert(_ kind: Kind) { bits |= KindSet.bit(kind) }

  private static func bit(_ kind: Kind) -> UInt8 {
    switch kind {
    case .organisation: 1
    case .unit: 2
    case .function: 4
    case .person: 8
    case .commission: 16
    case .administrativeCommission: 32
    }
  }
}

extension Template {
  /// The attributes (server names) it is made of.
  package var attributes: [String] {
    parts.compactMap { if case .attribute(let name) = $0 { name } else { nil } }
  }
}
