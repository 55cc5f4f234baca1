import Directory
import LDAP

extension Applier {
  /// Reads what a plan addresses and tells which of its changes would not be made: stale, refused, or with a name that
  /// is taken. Nothing is written.
  ///
  /// What lies in a place that the plan is yet to make is not judged. Of one entry the first such change is told.
  /// - Returns: the outcomes that there would be, in plan order; none when every condition holds.
  /// - Throws: `LDAPError` when the directory cannot be read.
  package func preflight(_ plan: Plan) async throws -> [Outcome] {
    guard !plan.changes.isEmpty else { return [] }
    let server = try await lease()
    let session = session(server.connection)
    do {
      let writer = Writer(
        session: session, schema: server.schema, support: settings.support ?? WriteSupport(server.rootDSE),
        base: plan.base,
        serverSpells: profile.serverSpells, unique: Set(profile.unique.map(\.asciiLowercased)),
        identity: profile.identity, settings: settings, permit: permit)
      let lease = WriteSession.Lease(connection: server.connection, generation: 1)
      let outcomes = try await Preflight(plan.changes, writer, lease).outcomes(window: settings.window)
      await session.close()
      return outcomes
    } catch {
      await session.close()
      throw error
    }
  }
}

/// Judges the changes of a plan against what is there, entry by entry, each as the changes before it will leave it.
struct Preflight: Sendable {
  let writer: Writer
  let lease: WriteSession.Lease
  private let changes: [Change]
  private let names: PresentNames
  /// The changes of each entry, in plan order.
  private let groups: [[Int]]
  /// The first change that takes an entry away from its name, by entryUUID.
  private let leaving: [String: Int]

  init(_ changes: [Change], _ writer: Writer, _ lease: WriteSession.Lease) {
    self.writer = writer
    self.lease = lease
    self.changes = changes
    names = PresentNames(changes, writer.schema)
    let byEntry = Dictionary(grouping: changes.indices) { index in
      changes[index].precondition.entryUUID ?? changes[index].dn.normalForm(writer.schema)
    }
    groups = byEntry.values.sorted { $0[0] < $1[0] }
    let left = changes.filter { $0.isRename || $0.isDeletion }.compactMap { change in
      change.precondition.entryUUID.map { ($0, change.id) }
    }
    leaving = Dictionary(left, uniquingKeysWith: min)
  }

  /// - Parameter window: how many entries are read at a time.
  func outcomes(window: Int) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: Outcome?.self) { group in
      var result: [Outcome] = []
      for (started, changes) in groups.enumerated() {
        if started >= window, let judged = try await group.next(), let judged { result.append(judged) }
        group.addTask { try await judge(changes) }
      }
      for try await judged in group { if let judged { result.append(judged) } }
      return result.sorted { $0.change < $1.change }
    }
  }

  /// What the first change of an entry that would not be made comes to.
  private func judge(_ ids: [Int]) async throws -> Outcome? {
    var entry: Entry?
    for (place, id) in ids.enumerated() {
      if let reason = writer.refusal(of: changes[id]) { return Outcome(change: id, .refused(reason)) }
      guard let change = present(changes[id]) else { return nil }
      if let verdict = try await judgeName(change) { return told(id, verdict) }
      if change.isAddition { return nil }
      if place == 0 { entry = try await read(change.dn, ids) }
      // After a write of our own the entry's CSN is another, whoever wrote before.
      let condition = change.condition(csn: place == 0 ? nil : entry?.text("entryCSN"))
      if let found = entry, holds(condition, found, change) {
        entry = change.made(of: found, writer.schema)
        continue
      }
      let verdict = try await writer.explain(change, lease)
      guard verdict == .appliedAlready else { return told(id, verdict) }
      if entry == nil { entry = try await lease.connection.find(change, attributes(ids), writer.base) }
    }
    return nil
  }

  private func told(_ id: Int, _ verdict: Outcome.Verdict) -> Outcome? {
    verdict == .appliedAlready ? nil : Outcome(change: id, verdict)
  }

  private func holds(_ condition: Filter?, _ entry: Entry, _ change: Change) -> Bool {
    (condition.map { $0.matches(entry, schema: writer.schema) == true } ?? true)
      && change.findsWhatItReplaces(in: entry, writer.schema)
  }

  /// A change with the names that its entry has now; `nil` where the entry, or all above it, is yet to be made.
  private func present(_ change: Change) -> Change? {
    guard case .add(var entry) = change.operation else {
      guard let dn = names.present(change.dn, before: change.id) else { return nil }
      var change = change
      change.dn = dn
      return change
    }
    guard let rdn = entry.dn.rdns.first, let parent = entry.dn.parent,
      let above = names.present(parent, before: change.id)
    else { return nil }
    entry.dn = above.child(rdn)
    var change = change
    (change.dn, change.operation) = (entry.dn, .add(entry))
    return change
  }

  private func read(_ dn: DistinguishedName, _ ids: [Int]) async throws -> Entry? {
    try await lease.connection.entry(dn, attributes: attributes(ids))
  }

  /// All that the changes of an entry look at.
  private func attributes(_ ids: [Int]) -> [String] {
    let looked = ids.flatMap { id in
      (changes[id].condition(csn: nil)?.attributes.sorted() ?? []) + changes[id].attributesReplacedWhole
        + Fulfilment.attributes(of: changes[id])
    }
    var seen: Set<String> = []
    return (looked + ["objectClass"]).filter { seen.insert($0.asciiLowercased).inserted }
  }

  // MARK: where an entry is to lie

  /// Whether the name that a change gives its entry can be had: the place is there, and nobody stays who has the name.
  private func judgeName(_ change: Change) async throws -> Outcome.Verdict? {
    guard change.isAddition || change.isRename, let target = change.newDN ?? Optional(change.dn),
      let rdn = target.rdns.first, let parent = target.parent,
      // An addition has its present name already.
      let above = change.isAddition ? parent : names.present(parent, before: change.id)
    else { return nil }
    let name = above.child(rdn)
    guard let other = try await lease.connection.entry(name, attributes: ["entryUUID"]) else {
      let isThere = try await lease.connection.entry(above, attributes: ["1.1"]) != nil
      return isThere ? nil : change.isAddition ? .failed(.noSuchObject) : .stale(.changed)
    }
    let uuid = other.text("entryUUID")
    if let uuid, uuid == change.precondition.entryUUID || leaving[uuid].map({ $0 < change.id }) ?? false {
      return nil
    }
    guard change.isAddition else { return .failed(.entryAlreadyExists) }
    let verdict = try await writer.explain(change, lease)
    return verdict == .stale(.replaced) ? .failed(.entryAlreadyExists) : verdict
  }
}

extension LDAPConnection {
  /// The entry of a change, wherever it lies now.
  fileprivate func find(
    _ change: Change, _ attributes: [String], _ base: DistinguishedName
  ) async throws -> Entry? {
    guard let uuid = change.precondition.entryUUID else {
      return try await entry(change.dn, attributes: attributes)
    }
    return try await firstEntry(under: base, filter: .equal("entryUUID", Value(uuid)), attributes: attributes)
  }
}

extension Change {
  /// An entry as it is once the change has been made to it.
  fileprivate func made(of entry: Entry, _ schema: Schema) -> Entry? {
    var entry = entry
    switch operation {
    case .add(let new): return new
    case .delete: return nil
    case .modify(_, let modifications):
      for modification in modifications { entry.take(modification, schema) }
    case .rename(let old, let rdn, let deletesOld, _):
      if deletesOld, let pairs = old.rdns.first?.pairs {
        for pair in pairs { entry.take(Modification(.delete, pair.type, [pair.value]), schema) }
      }
      for pair in rdn.pairs { entry.take(Modification(.add, pair.type, [pair.value]), schema) }
    }
    return entry
  }
}

extension Entry {
  fileprivate mutating func take(_ modification: Modification, _ schema: Schema) {
    let fulfilment = Fulfilment(schema: schema)
    let wanted = schema.canonicalName(modification.attribute)
    let name = attributes.first { schema.canonicalName($0.name) == wanted }?.name ?? modification.attribute
    switch modification.kind {
    case .add:
      self[name] += modification.values.filter { !fulfilment.contains(self[name], $0, of: name) }
    case .delete where !modification.values.isEmpty:
      self[name].removeAll { fulfilment.contains(modification.values, $0, of: name) }
    case .delete, .replace:
      self[name] = modification.values
    }
  }
}
