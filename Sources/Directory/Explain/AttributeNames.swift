import LDAP

/// The names under which people may ask for an attribute.
package struct AttributeNames {
  private let profile: Profile
  private let schema: Schema
  private let entries: [Entry]

  /// - Parameter entries: what an entry has is an attribute, whatever schema and profile know.
  package init(profile: Profile, schema: Schema, entries: [Entry] = []) {
    self.profile = profile
    self.schema = schema
    self.entries = entries
  }

  /// The server's name for an attribute by its canonical name, an alias, its OID or as rows write it.
  package func serverName(of word: String) -> String? {
    if word == "members", let members = profile.memberAttribute { return members }
    let name = profile.serverName(word)
    if schema.attributeType(name) != nil { return schema.canonicalName(name) }
    return entries.lazy.flatMap(\.attributes).first { $0.name.equalsIgnoringASCIICase(name) }?.name
  }

  /// The name that was probably meant.
  package func suggestion(for word: String) -> String? {
    let known = profile.serverNames.keys.sorted() + schema.attributeTypes.flatMap(\.names)
    return Spelling.suggestion(for: word, among: known)
  }
}
