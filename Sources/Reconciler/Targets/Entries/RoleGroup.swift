import Crypto
import Directory
import LDAP

/// A group of a target, as it was read.
struct RoleGroup {
  var dn: DistinguishedName
  var entryUUID: String
  var entryCSN: String?
  /// Its `cn` in its name: the role's value.
  var name: String
  /// Its members by ``GroupMember/key(_:_:)``, as the server spells them; the stand-in is not among them.
  var members: [String: Value] = [:]
  /// The members in the server's order, by key.
  var order: [String] = []
  var hasStandIn = false
}

enum GroupMember {
  /// What those who are nobody known go by begins with this.
  static let unknownPrefix = "dn "

  /// What tells one member from another: the normal form of its name, or its octets where it is no name.
  static func key(_ value: Value, _ schema: Schema) -> String {
    guard let name = value.bytes.withUnsafeBytes({ try? DistinguishedName(parsing: $0) }) else {
      return "octets \(value.bytes.hexadecimalText)"
    }
    return name.normalForm(schema)
  }

  /// What a member that is nobody known goes by: always the same for the same name, and telling nothing of it.
  static func unknown(_ key: String) -> HSAIdentity {
    HSAIdentity("\(unknownPrefix)\(Array(SHA256.hash(data: Array(key.utf8))).hexadecimalText.prefix(16))")
  }
}

extension [UInt8] {
  fileprivate var hexadecimalText: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension GroupTarget {
  /// The groups of some roles, the shallowest first.
  ///
  /// - Parameter values: as their groups are called.
  func groups(of values: [String], _ reader: TargetReader) async throws -> [RoleGroup] {
    let names = Set(values).sorted()
    // The server compares names by its own rule; rare letters it may tell apart where we do not.
    guard names.count <= TargetReader.chunk, names.allSatisfy(Self.isPlain) else {
      return try await groups(reader).ours
    }
    return try await groups(reader, .or(names.map { .equal("cn", Value($0)) })).ours
  }

  /// Whether all agree on which letters of a name are one: those of Western Europe but `ß` and `µ`.
  private static func isPlain(_ name: String) -> Bool {
    name.unicodeScalars.allSatisfy { $0.value < 0x100 && $0.value != 0xDF && $0.value != 0xB5 }
  }

  /// All groups of the target that are ours, the shallowest first, and how many memberships the others have.
  ///
  /// - Parameters:
  ///   - filter: which groups; `nil`: all.
  ///   - readsMembers: whether their members are read too.
  func groups(
    _ reader: TargetReader, _ filter: Filter? = nil, readsMembers: Bool = true
  ) async throws -> (ours: [RoleGroup], foreign: Int) {
    let schema = reader.schema
    let standIn = standIn.map { $0.normalForm(schema) }
    let ofClass = Filter.equal("objectClass", Value(settings.objectClass))
    let filter = filter.map { .and([ofClass, $0]) } ?? ofClass
    let attributes = (readsMembers ? [settings.memberAttribute] : []) + ["entryUUID", "entryCSN"]
    var result: (ours: [RoleGroup], foreign: Int) = ([], 0)
    for batch in try await reader.all(under: settings.base, filter, attributes) {
      for index in 0..<batch.count {
        let entry = try batch.entry(index)
        let members = entry.values(of: settings.memberAttribute, schema)
        guard let name = Self.name(of: entry.dn, schema), form.owns.match(name) else {
          result.foreign += readsMembers ? members.count : 1
          continue
        }
        guard let uuid = entry.text("entryUUID") else { throw RoleTargetFault.noEntryUUID }
        var group = RoleGroup(
          dn: entry.dn, entryUUID: uuid, entryCSN: entry.text("entryCSN"), name: name)
        for member in members {
          let key = GroupMember.key(member, schema)
          group.hasStandIn = group.hasStandIn || key == standIn
          guard key != standIn, group.members.updateValue(member, forKey: key) == nil else { continue }
          group.order.append(key)
        }
        result.ours.append(group)
      }
    }
    result.ours.sort { ($0.dn.rdns.count, $0.dn.description) < ($1.dn.rdns.count, $1.dn.description) }
    return result
  }

  /// The `cn` that an entry is named by; what it is called besides does not make it ours.
  private static func name(of dn: DistinguishedName, _ schema: Schema) -> String? {
    dn.rdns.first?.pairs.first { schema.canonicalName($0.type).equalsIgnoringASCIICase("cn") }?.value.text
  }
}
