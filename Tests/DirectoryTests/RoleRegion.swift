import Foundation
import LDAP
import TestKit

@testable import Directory

/// The sample region with the sample rules.
enum RoleRegion {
  static let base = "o=Region Exempel,c=SE"

  static func rules(_ file: String = "conf/roles.yaml") throws -> RoleRules {
    try RoleRules(parsing: try Repository.bytes(file), file: file, profile: Catalogue.profile)
  }

  /// As it is before the first apply.
  static func table() throws -> EntryTable {
    var builder = EntryTableBuilder()
    var reader = LDIFReader()
    try Repository.bytes("conf/region/directory.ldif").withUnsafeBytes { reader.read($0, into: &builder) }
    reader.finish(into: &builder)
    return builder.table
  }

  static func derivation(_ rules: RoleRules? = nil, at instant: Date = noon) throws -> RoleDerivation {
    var derivation = RoleDerivation(
      try rules ?? self.rules(), profile: Catalogue.profile, schema: Catalogue.schema,
      base: try DistinguishedName(parsing: base))
    derivation.take(try table())
    derivation.derive(at: instant)
    return derivation
  }
}
