/// What a schema says of an object class (RFC 4512 section 4.1.1).
public struct ObjectClass: Hashable, Sendable {
  /// What a class is for.
  public enum Kind: String, Hashable, Sendable {
    /// Only a base for others.
    case abstract
    /// What an entry *is*; each entry has one, with its superclasses.
    case structural
    /// What an entry has besides.
    case auxiliary
  }

  /// The object identifier, dotted; or whatever stands for it when the schema has no number.
  public var oid: String
  /// The short names, the first being the one that servers use.
  public var names: [String]
  /// The classes that this one is a subclass of, as written.
  public var superiors: [String] = []
  /// What it is for.
  public var kind = Kind.structural
  /// The attributes that an entry of the class has to have, as written here.
  public var must: [String] = []
  /// The attributes that an entry of the class may have, as written here.
  public var may: [String] = []
  /// Whether it is obsolete.
  public var isObsolete = false

  /// Makes a class of an identifier and names.
  public init(oid: String, names: [String] = []) {
    self.oid = oid
    self.names = names
  }

  /// The name that servers use: the first, or the OID of a class without name.
  public var name: String { names.first ?? oid }
}
