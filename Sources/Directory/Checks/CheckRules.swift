import LDAP

/// What a check asks of each attribute of a table, looked up once and good for every table with these names.
package struct CheckRules: Sendable {
  package let names: [String]
  let rules: [AttributeRule]
  let creation: CreationNeeds

  package init(_ names: [String], profile: Profile, management: Management, schema: Schema) {
    self.names = names
    rules = names.enumerated().map { AttributeRule($0, $1, profile, management, schema) }
    creation = CreationNeeds(names: names, profile: profile, schema: schema)
  }

  /// The index of the HSA-id's attribute, and the names (in small letters) of attributes whose values only one row
  /// may have, by index.
  var unique: [Int: String] {
    Dictionary(
      uniqueKeysWithValues: rules.lazy.filter { $0.isUnique && !$0.isIdentity && !$0.isRemoval }.map {
        ($0.index, names[$0.index].asciiLowercased)
      })
  }
}
