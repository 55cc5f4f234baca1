import Crypto
import Directory
import Foundation
import LDAP

/// What an index is an index of; one of anything else is worth nothing and is begun anew.
package struct IndexBinding: Hashable, Sendable {
  /// The servers' addresses, in the order of the configuration.
  package var servers: [String]
  /// The entry below which everything is kept, itself among it.
  package var base: DistinguishedName
  /// The filter of the question, as text.
  package var filter: String
  package var attributes: [String]
  /// Who we are at the server: what is seen depends on it.
  package var identity: String
  /// What the reading of an entry depends on: profile, management, rules, schema.
  package var reading: String

  package init(
    servers: [String], base: DistinguishedName, filter: String, attributes: [String], identity: String,
    reading: String
  ) {
    self.servers = servers
    self.base = base
    self.filter = filter
    self.attributes = attributes
    self.identity = identity
    self.reading = reading
  }

  /// 64 hexadecimal digits that are others for any other binding, and for another form of the file.
  var digest: String {
    let parts =
      [IndexSchema.form, base.description, filter, identity, reading] + servers + ["attributes"]
      + attributes.map(\.asciiLowercased).sorted()
    var hash = SHA256()
    for part in parts {
      hash.update(data: Data("\(part.utf8.count):".utf8))
      hash.update(data: Data(part.utf8))
    }
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }
}

/// How an entry is read: what ties it to others, and by which schema names are held equal.
package struct EntryReading: Sendable {
  package let schema: Schema
  package let facts: @Sendable (_ row: Int, _ rows: EntryTable.Rows, _ names: [String]) -> EntryFacts

  package init(
    schema: Schema,
    facts: @escaping @Sendable (_ row: Int, _ rows: EntryTable.Rows, _ names: [String]) -> EntryFacts
  ) {
    self.schema = schema
    self.facts = facts
  }

  /// As plans of a part need it; its ``LinkReader/digest`` belongs into the binding.
  package init(_ reader: LinkReader) {
    schema = reader.schema
    facts = { reader.facts(of: $0, in: $1, names: $2) }
  }
}

/// What all names in an index rest on.
struct IndexGround: Sendable {
  let base: DistinguishedName
  let baseText: [UInt8]
  let baseKey: String
  let reading: EntryReading

  init(_ base: DistinguishedName, _ reading: EntryReading) {
    self.base = base
    self.reading = reading
    baseText = Array(base.description.utf8)
    baseKey = base.normalForm(reading.schema)
  }

  /// Where a raw name says that its entry is.
  enum Place {
    case base
    /// Under a container, by an RDN.
    case below(UnsafeRawBufferPointer, rdn: UnsafeRawBufferPointer)
  }

  /// - Throws: ``Refusal`` when the name does not lie under the base, or is none.
  func place(_ name: UnsafeRawBufferPointer) throws -> Place {
    if baseText.count == name.count, name.elementsEqual(baseText) { return .base }
    let depth = IndexGround.depth(name)
    guard depth >= base.rdns.count else { throw IndexFault.outside }
    if depth > base.rdns.count {
      let length = RawName.rdnLength(name)
      return .below(
        RawName.parent(name, rdnLength: length), rdn: UnsafeRawBufferPointer(rebasing: name[..<length]))
    }
    guard let parsed = try? DistinguishedName(parsing: name), parsed.normalForm(reading.schema) == baseKey
    else { throw IndexFault.outside }
    return .base
  }

  /// An RDN's normal form.
  func key(_ rdn: UnsafeRawBufferPointer) throws -> String {
    guard let parsed = try? DistinguishedName(parsing: rdn), let first = parsed.rdns.first,
      parsed.rdns.count == 1
    else { throw IndexFault.outside }
    return first.normalForm(reading.schema)
  }

  private static func depth(_ name: UnsafeRawBufferPointer) -> Int {
    var rest = name
    var depth = 0
    while rest.count > 0 {
      depth += 1
      rest = RawName.parent(rest, rdnLength: RawName.rdnLength(rest))
    }
    return depth
  }
}

enum IndexFault {
  /// What the server sent is no part of what was asked for; it is not guessed what it may be.
  static var outside: Refusal {
    Refusal(
      .directoryUnsuitable, .directoryUnavailable,
      "the server sent an entry by a name that does not lie under the base",
      advice: "compare the base with what the server has: ldapsearch -b BASE -s sub dn")
  }

  static var withoutUUID: Refusal {
    Refusal(
      .directoryUnsuitable, .directoryUnavailable, "the server sent an entry without entryUUID",
      advice: "give the agent the right to read entryUUID (conf/slapd/acl.conf)")
  }

  /// A refresh was not begun, or was lost with a transaction that failed.
  static var noRefresh: Refusal {
    Refusal(
      .storeUnavailable, .tryAgain, "the end of a refresh came that was not begun with this index",
      advice: "the refresh is begun again by itself")
  }
}
