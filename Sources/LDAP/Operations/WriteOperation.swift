/// One change of one attribute inside a modify request (RFC 4511 section 4.6).
public struct Modification: Hashable, Sendable {
  /// What is done with the values.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// The values are added to those that are there.
    case add
    /// These values are taken away; with no values, the whole attribute is.
    case delete
    /// The attribute has exactly these values afterwards; with no values it is gone, without error when it was not there.
    case replace
  }

  /// What is done with the values.
  public var kind: Kind
  /// The attribute description.
  public var attribute: String
  /// The values concerned.
  public var values: [Value]

  /// Makes a modification.
  public init(_ kind: Kind, _ attribute: String, _ values: [Value] = []) {
    self.kind = kind
    self.attribute = attribute
    self.values = values
  }
}

/// A request that changes the directory: add, modify, modify DN or delete (RFC 4511 sections 4.6 to 4.9).
public enum WriteOperation: Hashable, Sendable {
  /// Adds an entry. The C function behind it is `ldap_add_ext`.
  case add(Entry)
  /// Changes attributes of the entry at a name. The C function behind it is `ldap_modify_ext`.
  case modify(DistinguishedName, [Modification])
  /// Renames the entry at a name, and moves it under `newSuperior` if one is given. The C function behind it is `ldap_rename`.
  case rename(
    DistinguishedName, newRDN: RelativeDistinguishedName, deleteOldRDN: Bool, newSuperior: DistinguishedName?)
  /// Deletes the (leaf) entry at a name. The C function behind it is `ldap_delete_ext`.
  case delete(DistinguishedName)

  /// The name of the entry that the request addresses.
  public var dn: DistinguishedName {
    switch self {
    case .add(let entry): entry.dn
    case .modify(let dn, _), .rename(let dn, _, _, _), .delete(let dn): dn
    }
  }
}
