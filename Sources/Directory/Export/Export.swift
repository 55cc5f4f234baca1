import LDAP

/// Turns what a directory has into a desired state that agrees with it: YAML for people, LDIF for bulk.
///
/// Only what is managed is written, with the HSA-id, the place, the name and (where `objectClass` is managed) the
/// marks. A plan of the result against the same directory is empty.
package struct Export: Sendable {
  struct Row: Sendable {
    var kind: Kind
    /// Index of the entry in ``Export/table``.
    var entry: Int
    var identity: HSAIdentity
  }

  let profile: Profile
  let management: Management
  let schema: Schema
  var builder = EntryTableBuilder()
  private(set) var rows: [Row] = []
  /// Names of entries that have an HSA-id, as the server spells them, and the ids.
  var names = ByteIndex(foldingCase: true)
  var identities: [HSAIdentity] = []
  private var classifier: KindClassifier
  private var kept: [Kind: Set<String>] = [:]
  /// Entries of a managed kind that have no HSA-id: they cannot be rows, and are left out.
  package private(set) var withoutIdentity = 0
  let identityName: UInt32
  let classesName: UInt32

  package init(profile: Profile, management: Management, schema: Schema) {
    self.profile = profile
    self.management = management
    self.schema = schema
    classifier = KindClassifier(profile)
    identityName = builder.intern(Array(profile.identity.utf8))
    classesName = builder.intern(Array("objectClass".utf8))
    for (kind, entry) in profile.kinds {
      guard let managed = management[kind] else { continue }
      let names =
        managed.own + managed.create + managed.merge + [profile.identity, "objectClass", entry.naming]
      kept[kind] = Set(names.map { schema.canonicalName($0).asciiLowercased })
      for name in names {
        let id = builder.intern(Array(name.utf8))
        guard !name.contains(";"), let type = schema.attributeType(name) else { continue }
        for other in type.names + [type.oid] { builder.alias(Array(other.utf8), to: id) }
      }
    }
  }

  /// Takes the next entries that were read.
  package mutating func take(_ batch: EntryTable) {
    let canonical = batch.names.map { schema.canonicalName($0).asciiLowercased }
    let identity = schema.canonicalName(profile.identity).asciiLowercased
    batch.withRows { rows in
      for entry in 0..<rows.count {
        var classes = 0..<0
        var found: HSAIdentity?
        for attribute in rows.attributes(of: entry) {
          let name = canonical[rows.name(of: attribute)]
          if name == "objectclass" { classes = rows.values(of: attribute) }
          guard name == identity, let value = rows.values(of: attribute).first else { continue }
          found = HSAIdentity(String(decoding: rows.bytes(of: value), as: UTF8.self))
        }
        take(entry, classifier.classify(rows, classes: classes).kind, found, batch.names, canonical, rows)
      }
    }
  }

  private mutating func take(
    _ entry: Int, _ kind: Kind?, _ identity: HSAIdentity?, _ names: [String], _ canonical: [String],
    _ rows: EntryTable.Rows
  ) {
    if let identity, self.names.insert(rows.dn(of: entry)).isNew { identities.append(identity) }
    guard let kind, let kept = kept[kind] else { return }
    guard let identity else {
      withoutIdentity += 1
      return
    }
    builder.beginEntry(dn: rows.dn(of: entry))
    for attribute in rows.attributes(of: entry) where kept.contains(canonical[rows.name(of: attribute)]) {
      builder.beginAttribute(id: builder.intern(Array(names[rows.name(of: attribute)].utf8)))
      for value in rows.values(of: attribute) { builder.appendValue(rows.bytes(of: value)) }
    }
    builder.endEntry()
    self.rows.append(Row(kind: kind, entry: builder.table.count - 1, identity: identity))
  }

  /// The entries as LDIF content records, in the order in which they were read.
  package func ldif() -> [UInt8] {
    var writer = LDIFWriter()
    writer.comment("hsasync export: attributes that are managed, as the directory has them")
    let table = builder.table
    for row in rows { writer.append(table: table, index: row.entry) }
    return writer.takeBytes()
  }
}
