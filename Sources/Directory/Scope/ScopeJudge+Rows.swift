import LDAP

// What an administrator's files want.
extension ScopeJudge {
  /// An error for each row, or part of one, that goes beyond what is the administrator's; empty when nothing does.
  ///
  /// - Parameter state: of the administrator's files alone.
  /// - Throws: what the lookup throws.
  package mutating func findings(in state: DesiredState) throws -> [Finding] {
    var judge = RowJudge(state: state, own: Self.identities(of: state))
    for source in state.sources { try judge.take(source, &self) }
    try state.table.withRows { table in
      for row in state.rows.indices { try judge.take(row, table, &self) }
    }
    return judge.findings.inOrder
  }

  private static func identities(of state: DesiredState) -> Set<HSAIdentity> {
    Set(state.rows.indices.compactMap { state.identity(of: $0) })
  }

  /// Whether a row may refer to an HSA-id: of an entry that is the administrator's, or that a row of the same files is
  /// about, which is judged by itself.
  fileprivate mutating func mayRefer(to identity: HSAIdentity, _ own: Set<HSAIdentity>) throws -> Bool {
    switch try reach.standing(of: identity) {
    case .within: true
    case .outside: false
    case .unknown: own.contains(identity) && scope.mayCreate(identity)
    }
  }
}

/// The rows of some files while they are looked at.
private struct RowJudge {
  let state: DesiredState
  /// Whom the rows are about.
  let own: Set<HSAIdentity>
  var findings: [Finding] = []

  /// What a source says that it has all of must be the administrator's to the last entry.
  mutating func take<Lookup>(_ source: DesiredState.Source, _ judge: inout ScopeJudge<Lookup>) throws {
    guard !source.completeKinds.isEmpty else { return }
    if let under = source.completeUnder, try isWithin(under, &judge) { return }
    findings.append(judge.outside(nil, nil, "what `complete` of \(source.name) says all is told of"))
  }

  mutating func take<Lookup>(
    _ row: Int, _ table: EntryTable.Rows, _ judge: inout ScopeJudge<Lookup>
  ) throws {
    let position = state.position(of: row)
    guard let identity = state.identity(of: row) else {
      let finding = Finding(
        "scope-without-identity", at: position,
        "a row without HSA-id may mean anybody's entry, and you may write only your own",
        advice: "give the row its HSA-id")
      return findings.append(finding)
    }
    let standing = try judge.reach.standing(of: identity)
    guard standing == .within || (standing == .unknown && judge.scope.mayCreate(identity)) else {
      // Nothing more is said of it: not even which of its values are wrong.
      return findings.append(judge.outside(position, identity, "this entry"))
    }
    guard state.rows[row].kind != .administrativeCommission else {
      return findings.append(judge.outside(position, identity, "an administrative commission"))
    }
    try take(place: row, identity, isNew: standing == .unknown, position, &judge)
    let before = standing == .within ? try judge.links(of: identity) : []
    for attribute in table.attributes(of: row) {
      try take(attribute, of: row, identity, before, table, &judge)
    }
  }

  private mutating func take<Lookup>(
    place row: Int, _ identity: HSAIdentity, isNew: Bool, _ position: SourcePosition,
    _ judge: inout ScopeJudge<Lookup>
  ) throws {
    let parent = state.rows[row].parent
    guard parent != DesiredState.noParent else {
      if isNew { findings.append(judge.outside(position, identity, "the place where this entry would lie")) }
      return
    }
    if judge.scope.providers.contains(identity) {
      findings.append(judge.outside(position, identity, "the place where this care provider lies"))
    } else if try !isWithin(state.parents[Int(parent)], &judge) {
      findings.append(judge.outside(position, identity, "the place where this entry shall lie"))
    }
  }

  private mutating func isWithin<Lookup>(
    _ parent: DesiredState.Parent, _ judge: inout ScopeJudge<Lookup>
  ) throws -> Bool {
    switch parent {
    case .identity(let identity): try judge.mayRefer(to: identity, own)
    case .name(let name): try judge.reach.isWithin(name)
    }
  }

  private mutating func take<Lookup>(
    _ attribute: Int, of row: Int, _ identity: HSAIdentity, _ before: Set<EntryLink>,
    _ table: EntryTable.Rows, _ judge: inout ScopeJudge<Lookup>
  ) throws {
    let column = table.name(of: attribute)
    let written = state.table.names[column]
    let name = written.hasPrefix("remove:") ? String(written.dropFirst(7)) : written
    let values = table.values(of: attribute).map { table.bytes(of: $0) }
    let position = state.position(of: row)
    guard !judge.definesScope(name) else {
      guard column != DesiredState.identityName else { return }
      if !judge.isAsItIs(name, values, state.rows[row].kind, before) {
        findings.append(judge.notYours(name, position, identity))
      }
      return
    }
    let plain = String(name.asciiLowercased.prefix { $0 != ";" })
    guard let form = judge.profile.references[plain] else { return }
    let sort = judge.sort(of: name, form)
    for value in values where try !judge.mayRefer(value, sort, own, before) {
      findings.append(judge.outside(position, identity, "what \(name) names"))
      return
    }
  }
}

extension ScopeJudge {
  /// What an entry names now: to leave it as it is is no reference of the administrator's.
  fileprivate func links(of identity: HSAIdentity) throws -> Set<EntryLink> {
    try reach.lookup.entries(with: identity).reduce(into: []) { links, entry in
      links.formUnion(try reach.lookup.facts(of: entry).links)
      links.formUnion(try reach.lookup.members(of: entry))
    }
  }

  fileprivate func notYours(
    _ name: String, _ position: SourcePosition, _ identity: HSAIdentity
  ) -> Finding {
    Finding(
      "scope-attribute", at: position, subject: identity,
      "\(name) decides who answers for an entry and what it is, and is the region's to write",
      advice: "leave \(name) out, or ask the region's administrators")
  }

  /// Whether an attribute that decides who answers for an entry says what it says already, or what it says of every entry
  /// of the kind.
  fileprivate func isAsItIs(
    _ name: String, _ values: [UnsafeRawBufferPointer], _ kind: Kind, _ before: Set<EntryLink>
  ) -> Bool {
    if name.equalsIgnoringASCIICase("objectClass") {
      let plain = plainClasses(of: kind)
      return values.allSatisfy { plain.contains(String(decoding: $0, as: UTF8.self).asciiLowercased) }
    }
    return !values.isEmpty
      && values.allSatisfy { before.contains(EntryLink(.provider, HSAIdentity.normalForm($0))) }
  }

  /// What links are kept of an attribute's values.
  fileprivate func sort(of name: String, _ form: Profile.ReferenceForm) -> EntryLink.Sort {
    switch form {
    case .memberPeriod: .member
    case .name: .name
    case .identity:
      name.equalsIgnoringASCIICase(profile.serverName("hsaHealthCareUnitMember")) ? .unitMember : .identity
    }
  }

  /// Whether a value names an entry that is the administrator's, or one that the same sort of attribute names already.
  fileprivate mutating func mayRefer(
    _ value: UnsafeRawBufferPointer, _ sort: EntryLink.Sort, _ own: Set<HSAIdentity>,
    _ before: Set<EntryLink>
  ) throws -> Bool {
    if sort == .name, value.contains(UInt8(ascii: "=")) {
      // What is no name is told of by others, as a fault of the value.
      guard let name = try? DistinguishedName(parsing: value) else { return true }
      if before.contains(EntryLink(.name, name.normalForm(schema))) { return true }
      return try reach.isWithin(name)
    }
    let first = value.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)[0]
    let identity = HSAIdentity(HSAIdentity.normalForm(UnsafeRawBufferPointer(rebasing: first)))
    return try before.contains(EntryLink(sort, identity.normalForm)) || mayRefer(to: identity, own)
  }
}
