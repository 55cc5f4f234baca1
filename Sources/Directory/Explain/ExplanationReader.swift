import LDAP

/// Looks up what an explanation tells of one identity.
struct ExplanationReader {
  private let identity: HSAIdentity
  private let sources: Explanation.Sources
  private let changes: [Change]
  private let rules: AttributeRules
  /// The row of the identity, or the one without HSA-id that was found to mean it.
  let row: Int?
  let kind: Kind?
  let isProtected: Bool

  private var desired: DesiredState { sources.desired }
  private var schema: Schema { sources.schema }

  init(_ identity: HSAIdentity, _ sources: Explanation.Sources, changes: [Change]) {
    self.identity = identity
    self.sources = sources
    self.changes = changes
    rules = AttributeRules(
      profile: sources.profile, management: sources.management, schema: sources.schema)
    let row = ExplanationReader.row(of: identity, sources.desired, rules, changes)
    let classes = sources.observed.flatMap { $0["objectClass"] }.compactMap(\.text)
    let observedKind = sources.profile.kinds.first { _, profile in
      profile.recognise.contains { name in classes.contains { $0.equalsIgnoringASCIICase(name) } }
    }?.kind
    self.row = row
    kind = row.map { sources.desired.rows[$0].kind } ?? observedKind
    let wanted = row.map { ExplanationReader.values(of: "objectClass", row: $0, sources.desired) } ?? []
    isProtected = (classes + wanted).contains {
      $0.equalsIgnoringASCIICase(sources.profile.protectedClass)
    }
  }

  private static func row(
    of identity: HSAIdentity, _ desired: DesiredState, _ rules: AttributeRules, _ changes: [Change]
  ) -> Int? {
    let names = Set(
      desired.table.names.indices.filter { rules.slot(of: desired.table.names[$0]) == rules.identity })
    let found = desired.table.withRows { view in
      desired.rows.indices.first { row in
        view.attributes(of: row).contains { attribute in
          names.contains(view.name(of: attribute))
            && view.values(of: attribute).contains {
              HSAIdentity(String(decoding: view.bytes(of: $0), as: UTF8.self)) == identity
            }
        }
      }
    }
    if let found { return found }
    for change in changes {
      guard case .desired(let position) = change.cause else { continue }
      return desired.rows.indices.first {
        !desired.rows[$0].hasIdentity && desired.position(of: $0) == position
      }
    }
    return nil
  }

  private static func values(of name: String, row: Int, _ desired: DesiredState) -> [String] {
    desired.table.withRows { view in
      view.attributes(of: row)
        .filter { desired.table.names[view.name(of: $0)].equalsIgnoringASCIICase(name) }
        .flatMap { view.values(of: $0).map { String(decoding: view.bytes(of: $0), as: UTF8.self) } }
    }
  }

  var parent: DesiredState.Parent? {
    guard let row, desired.rows[row].parent != DesiredState.noParent else { return nil }
    return desired.parents[Int(desired.rows[row].parent)]
  }

  /// The source that wants it, or those that say they have all of its kind.
  var speaking: [String] {
    if let row { return [desired.sources[Int(desired.rows[row].source)].name] }
    guard let kind else { return [] }
    return desired.sources.filter { $0.completeKinds.contains(kind) }.map(\.name)
  }

  /// The HSA-id in the desired state that is nearly this one.
  var suggestion: HSAIdentity? {
    let names = Set(
      desired.table.names.indices.filter { rules.slot(of: desired.table.names[$0]) == rules.identity })
    let known = desired.table.withRows { view in
      desired.rows.indices.flatMap { row in
        view.attributes(of: row).filter { names.contains(view.name(of: $0)) }
          .flatMap { view.values(of: $0).map { String(decoding: view.bytes(of: $0), as: UTF8.self) } }
      }
    }
    return Spelling.suggestion(for: identity.text, among: known).map { HSAIdentity($0) }
  }

  // MARK: Attributes

  /// What there is to say of each attribute that is desired, observed or ours, by name; or of one.
  func attributes(only wanted: String?) -> [Explanation.Attribute] {
    guard let kind else { return [] }
    var names: [String: String] = [:]
    let mentioned = mentions
    let managed = sources.management[kind].map { $0.own + $0.create + $0.merge } ?? []
    let observed = sources.observed.flatMap { $0.attributes.map(\.name) }
    for name in managed + mentioned.map(\.name) + observed + [wanted].compactMap({ $0 }) {
      let key = self.key(name)
      if names[key] == nil { names[key] = schema.canonicalName(name) }
    }
    let only = wanted.map(key)
    return names.filter { only == nil || $0.key == only }
      .map { attribute($0.value, key: $0.key, kind: kind, mentioned) }
      .sorted { $0.name.asciiLowercased < $1.name.asciiLowercased }
  }

  private func key(_ name: String) -> String { schema.canonicalName(name).asciiLowercased }

  /// One attribute as the row has it, or one from which the row wants values taken.
  private struct Mention {
    var name: String
    var isRemoval: Bool
    var position: SourcePosition
    var values: [Explanation.Wanted]
  }

  private var mentions: [Mention] {
    guard let row else { return [] }
    return desired.table.withRows { view in
      view.attributes(of: row).map { attribute in
        let name = desired.table.names[view.name(of: attribute)]
        let isRemoval = name.hasPrefix("remove:")
        let values = view.values(of: attribute).enumerated().map { ordinal, value in
          Explanation.Wanted(
            value: Value(copying: view.bytes(of: value)),
            position: desired.position(of: row, attribute: attribute, value: ordinal, in: view))
        }
        return Mention(
          name: isRemoval ? String(name.dropFirst(7)) : name, isRemoval: isRemoval,
          position: desired.position(of: row, attribute: attribute, in: view), values: values)
      }
    }
  }

  private func attribute(
    _ name: String, key: String, kind: Kind, _ mentioned: [Mention]
  ) -> Explanation.Attribute {
    let own = mentioned.filter { self.key($0.name) == key }
    let rule = rules.rule(for: name, kind: kind)
    let observed = sources.observed.flatMap { entry in
      entry.attributes.filter { self.key($0.name) == key }.flatMap(\.values)
    }
    let wanted = own.first { !$0.isRemoval }
    let removed = own.filter(\.isRemoval).flatMap(\.values)
    return Explanation.Attribute(
      name: name, owner: owner(rule, key), ownedAt: sources.management[kind]?.places[name.asciiLowercased],
      desired: wanted?.values, desiredAt: own.first?.position, removed: removed, observed: observed,
      matching: rule.matching, hasEquality: rule.hasEquality,
      agreement: agreement(rule, key, wanted: wanted?.values, removed: removed, observed: observed))
  }

  private func owner(_ rule: AttributeRules.Rule, _ key: String) -> Explanation.Owner {
    if key == self.key(sources.profile.identity) { return .identity }
    switch rule.mode {
    case .own: return .own
    case .create: return .create
    case .merge: return .merge
    case .remove, .ignore: return sources.profile.neverOwned.contains(key) ? .never : .untouched
    }
  }

  private func agreement(
    _ rule: AttributeRules.Rule, _ key: String, wanted: [Explanation.Wanted]?,
    removed: [Explanation.Wanted], observed: [Value]
  ) -> Explanation.Agreement {
    let isCompared = [.own, .merge].contains(rule.mode) && !sources.observed.isEmpty
    guard isCompared, wanted != nil || !removed.isEmpty else { return .notCompared }
    // A name that the row gives as an HSA-id is looked up by the plan.
    if rule.reference == .name, let wanted, wanted.contains(where: { !$0.value.bytes.contains(0x3D) }) {
      let differs = changes.contains { $0.differences.contains { self.key($0.attribute) == key } }
      return differs ? .differs : .agrees
    }
    var taking = rule
    taking.mode = .remove
    let gone = ValueDifference(taking, wanted: removed.map(\.value), observed: observed, schema: schema)
    let split = wanted.map {
      ValueDifference(rule, wanted: $0.map(\.value), observed: observed, schema: schema)
    }
    guard gone.removed.isEmpty else { return .differs }
    guard let split, !split.removed.isEmpty || !split.added.isEmpty else { return .agrees }
    return split.isSpelling ? .spelling : .differs
  }

  // MARK: What stands in the way

  var hindrances: [Explanation.Hindrance] {
    var result: [Explanation.Hindrance] = []
    let errors = sources.findings.count { $0.severity == .error }
    if errors > 0 { result.append(.errors(errors)) }
    let tripped = sources.plan?.guards.filter(\.isTripped) ?? []
    if !tripped.isEmpty { result.append(.guards(tripped)) }
    if let hold = sources.history?.holds[identity] { result.append(.held(run: hold.run, since: hold.since)) }
    if let plan = sources.plan, !plan.proof.isComplete { result.append(.incompleteRead) }
    if sources.observed.count > 1 { result.append(.ambiguous(sources.observed.count)) }
    guard let kind else { return result }
    guard let managed = sources.management[kind] else { return result + [.notManaged(kind)] }
    if row == nil, !sources.observed.isEmpty, changes.isEmpty {
      if speaking.isEmpty {
        result.append(.noSourceSpeaks)
      } else if managed.absent == .keep {
        result.append(.keptWhenAbsent)
      }
    }
    return result
  }
}
