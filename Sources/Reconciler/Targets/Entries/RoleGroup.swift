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
  /// What tells one member from another: the normal form of its name, or its octets where it is no name.
  static func key(_ value: Value, _ schema: Schema) -> String {
    guard let name = value.bytes.withUnsafeBytes({ try? DistinguishedName(parsing: $0) }) else {
      return "octets \(value.bytes.hexadecimalText)"
    }
    return name.normalForm(schema)
  }

  /// What a member that is nobody known goes by: always the same for the same name, and telling nothing of it.
  static func unknown(_ key: String) -> HSAIdentity {
    HSAIdentity("dn \(Array(SHA256.hash(data: Array(key.utf8))).hexadecimalText.prefix(16))")
  }
}

extension [UInt8] {
  fileprivate var hexadecimalText: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension GroupTarget {
  /// All groups of the target that are ours, the shallowest first, and how many memberships the others have.
  func groups(_ reader: TargetReader) async throws -> (ours: [RoleGroup], foreign: Int) {
    let schema = reader.schema
    let standIn = standIn.map { $0.normalForm(schema) }
    let filter = Filter.equal("objectClass", Value(settings.objectClass))
    let attributes = [settings.memberAttribute, "entryUUID", "entryCSN"]
    var result: (ours: [RoleGroup], foreign: Int) = ([], 0)
    for batch in try await reader.all(under: settings.base, filter, attributes) {
      for index in 0..<batch.count {
        let entry = try batch.entry(index)
        let members = entry.values(of: settings.memberAttribute, schema)
        guard let name = Self.name(of: entry.dn, schema), form.owns.match(name) else {
          result.foreign += members.count
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
