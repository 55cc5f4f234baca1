import Directory
import Foundation
import GRDB
import LDAP

// What ties entries to each other, and so what a change of one touches.
extension IndexUpdate {
  /// An entry's part in what a plan depends on.
  struct Ties {
    var identity: String?
    var isContainer: Bool
    /// Sorted, each once.
    var links: [EntryLink]
    /// The name's normal form, where it becomes another.
    var name: String?

    init(identity: String?, isContainer: Bool, links: [EntryLink], name: String?) {
      self.identity = identity
      self.isContainer = isContainer
      self.links = links
      self.name = name
    }

    init(_ facts: EntryFacts, _ links: [EntryLink], name: String?) {
      self.init(
        identity: facts.identity?.normalForm, isContainer: facts.isContainer, links: links, name: name)
    }
  }

  func ties(of row: Row, withName: Bool) throws -> Ties {
    Ties(
      identity: row.identity, isContainer: row.isContainer, links: try links(of: row.id),
      name: withName && memory.isComplete ? try nameKey(of: row.id) : nil)
  }

  /// Notes whom it touches that an entry came, went or became another.
  mutating func touch(_ before: Ties?, _ after: Ties?) throws {
    guard memory.isComplete else { return }
    for ties in [before, after].compactMap({ $0 }) { touch(ties) }
    let old = Set(before?.links ?? [])
    for link in old.symmetricDifference(after?.links ?? []) { try touch(link) }
    guard before?.isContainer != true, after?.isContainer != true, before?.name != after?.name else { return }
    for name in [before?.name, after?.name].compactMap({ $0 }) { try touchThose(naming: name) }
  }

  private mutating func touch(_ ties: Ties) {
    if ties.isContainer { touched.hasStructure = true }
    if let identity = ties.identity {
      touched.identities.insert(HSAIdentity(identity))
    } else if ties.links.contains(where: { $0.sort == .value }) {
      // It may be correlated with a row, and has no HSA-id by which to say so: the whole is looked at.
      touched.hasStructure = true
    }
  }

  private mutating func touch(_ link: EntryLink) throws {
    switch link.sort {
    case .member, .provider, .unitMember, .identity: touched.identities.insert(HSAIdentity(link.target))
    case .name:
      if let id = try entry(key: link.target), let identity = try row(id)?.identity {
        touched.identities.insert(HSAIdentity(identity))
      }
    case .value: return
    }
  }

  /// Those who refer to a name that now is, or no longer is, an entry's.
  private mutating func touchThose(naming name: String) throws {
    let sql = """
      SELECT entry.identity FROM link CROSS JOIN entry ON entry.id = link.entry
      WHERE link.target = ? AND link.sort = ? AND entry.identity IS NOT NULL
      """
    let arguments: StatementArguments = [name, EntryLink.Sort.name.rawValue]
    for identity in try String.fetchAll(db.cachedStatement(sql: sql), arguments: arguments) {
      touched.identities.insert(HSAIdentity(identity))
    }
  }

  // MARK: links and boundaries

  static func sorted(_ links: [EntryLink]) -> [EntryLink] {
    Set(links).sorted { ($0.sort.rawValue, $0.target) < ($1.sort.rawValue, $1.target) }
  }

  /// Sorted as ``sorted(_:)`` does.
  func links(of id: Int64) throws -> [EntryLink] { try IndexUpdate.links(of: id, db) }

  /// - Parameter left: these are left out.
  static func links(of id: Int64, _ db: Database, but left: EntryLink.Sort? = nil) throws -> [EntryLink] {
    var links: [EntryLink] = []
    // The table lies in the order of entry and sort: what is left out is not read.
    let sql = """
      SELECT sort, target FROM link WHERE entry = ?1 AND sort < ?2
      UNION ALL SELECT sort, target FROM link WHERE entry = ?1 AND sort > ?2
      """
    let statement = try db.cachedStatement(sql: sql)
    let cursor = try GRDB.Row.fetchCursor(statement, arguments: [id, left?.rawValue ?? 0])
    while let row = try cursor.next() {
      guard let sort = EntryLink.Sort(rawValue: row[0]) else { continue }
      links.append(EntryLink(sort, row[1]))
    }
    return sorted(links)
  }

  func insert(_ link: EntryLink, of id: Int64) throws {
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO link (entry, sort, target) VALUES (?, ?, ?)")
      .execute(arguments: [id, link.sort.rawValue, link.target])
  }

  func insert(_ boundary: Date, of id: Int64) throws {
    try db.cachedStatement(sql: "INSERT INTO boundary (entry, at) VALUES (?, ?)")
      .execute(arguments: [id, boundary.timeIntervalSince1970])
  }

  func replace(_ old: [EntryLink], by new: [EntryLink], of id: Int64) throws {
    let (left, right) = (Set(old), Set(new))
    let statement = try db.cachedStatement(
      sql: "DELETE FROM link WHERE entry = ? AND sort = ? AND target = ?")
    for link in old where !right.contains(link) {
      try statement.execute(arguments: [id, link.sort.rawValue, link.target])
    }
    for link in new where !left.contains(link) { try insert(link, of: id) }
  }

  func replaceBoundaries(by new: [Date], of id: Int64) throws {
    let wanted = Set(new)
    let known = Set(try IndexUpdate.boundaries(of: id, db))
    if known == wanted { return }
    try db.cachedStatement(sql: "DELETE FROM boundary WHERE entry = ?").execute(arguments: [id])
    for boundary in wanted { try insert(boundary, of: id) }
  }

  static func boundaries(of id: Int64, _ db: Database) throws -> [Date] {
    try Double.fetchAll(
      db.cachedStatement(sql: "SELECT at FROM boundary WHERE entry = ? ORDER BY at"), arguments: [id]
    ).map { Date(timeIntervalSince1970: $0) }
  }
}

extension EntryFacts {
  /// The kind's place in the order of kinds; -1 for none.
  var rank: Int { kind?.rank ?? -1 }
}
