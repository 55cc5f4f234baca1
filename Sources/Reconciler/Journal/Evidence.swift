import Directory
import LDAP

/// What the directory shows of operations of which nobody knows what became.
struct Evidence: Sendable {
  struct Finding: Sendable {
    var verdict: Outcome.Verdict
    /// The entry's that was found.
    var entryUUID: String?
  }

  let connection: LDAPConnection
  let schema: Schema
  let base: DistinguishedName
  /// How many entries are read at a time.
  private static let window = 32

  init(connection: LDAPConnection, schema: Schema, base: DistinguishedName) {
    self.connection = connection
    self.schema = schema
    self.base = base
  }

  /// - Returns: by the operations' numbers.
  func read(_ operations: [JournalledOperation]) async throws -> [Int: Finding] {
    try await withThrowingTaskGroup(of: (Int, Finding).self) { group in
      var found: [Int: Finding] = [:]
      var rest = operations[...]
      for operation in rest.prefix(Evidence.window) { group.addTask { try await look(operation) } }
      rest = rest.dropFirst(Evidence.window)
      while let (number, finding) = try await group.next() {
        found[number] = finding
        if let operation = rest.popFirst() { group.addTask { try await look(operation) } }
      }
      return found
    }
  }

  /// What was sent after a change, which it came after in the plan, shows that the change had been applied.
  static func spread(
    _ found: inout [Int: Finding], in operations: [JournalledOperation],
    alsoFrom applied: [JournalledOperation]
  ) {
    for operation in applied {
      for earlier in operation.change?.after ?? [] { found[earlier]?.verdict = .applied }
    }
    for operation in operations.reversed() where found[operation.number]?.verdict == .applied {
      for earlier in operation.change?.after ?? [] { found[earlier]?.verdict = .applied }
    }
  }

  private func look(_ operation: JournalledOperation) async throws -> (Int, Finding) {
    guard let change = operation.change else { return (operation.number, Finding(verdict: .unknown)) }
    let condition = change.condition(csn: nil)
    let attributes =
      Fulfilment.attributes(of: change) + (condition?.attributes.sorted() ?? []) + ["objectClass"]
    let entry = try await connection.find(change, under: base, attributes: attributes)
    let verdict = judge(change, entry, condition)
    return (operation.number, Finding(verdict: verdict, entryUUID: entry?.text("entryUUID")))
  }

  /// As wanted: applied. As before: not. Neither: somebody else has been there, and it cannot be told.
  private func judge(_ change: Change, _ entry: Entry?, _ condition: Filter?) -> Outcome.Verdict {
    if Fulfilment(schema: schema).isFulfilled(change, by: entry) { return .applied }
    switch change.operation {
    case .add: return entry == nil ? .notSent : .unknown
    case .delete: return .notSent
    case .rename: return entry.map { isAt(change.dn, $0) } == true ? .notSent : .unknown
    case .modify:
      guard let entry, let condition, condition.matches(entry, schema: schema) == true else {
        return .unknown
      }
      return change.findsWhatItReplaces(in: entry, schema) ? .notSent : .unknown
    }
  }

  private func isAt(_ dn: DistinguishedName, _ entry: Entry) -> Bool {
    entry.dn.normalForm(schema) == dn.normalForm(schema)
  }
}

extension LDAPConnection {
  /// The entry that a change is about, wherever it lies now; `nil` when there is none.
  nonisolated func find(
    _ change: Change, under base: DistinguishedName, attributes: [String]
  ) async throws -> Entry? {
    if let uuid = change.precondition.entryUUID {
      let filter = Filter.equal("entryUUID", Value(uuid))
      return try await firstEntry(under: base, filter: filter, attributes: attributes)
    }
    if let entry = try await entry(change.newDN ?? change.dn, attributes: attributes) { return entry }
    guard change.newDN != nil else { return nil }
    return try await entry(change.dn, attributes: attributes)
  }
}
