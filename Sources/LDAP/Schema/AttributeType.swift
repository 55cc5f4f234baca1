/// What a schema says of an attribute type (RFC 4512 section 4.1.2).
public struct AttributeType: Hashable, Sendable {
  /// Who may use it for what.
  public enum Usage: String, Hashable, Sendable {
    case userApplications, directoryOperation, distributedOperation, dSAOperation
  }

  /// The object identifier, dotted; or whatever stands for it when the schema has no number.
  public var oid: String
  /// The short names, the first being the one that servers use.
  public var names: [String]
  /// The type that this one is a subtype of, as written: a name or an OID.
  public var superior: String?
  /// The EQUALITY rule as written here; see ``Schema/equality(of:)`` for the one that holds.
  public var equality: String?
  /// The ORDERING rule as written here.
  public var ordering: String?
  /// The SUBSTR rule as written here.
  public var substring: String?
  /// The OID of the syntax as written here.
  public var syntax: String?
  /// The least upper bound of a value's length (`{64}`), in the unit of the syntax; servers need not enforce it.
  public var maximumLength: Int?
  /// Whether an entry may have one value only.
  public var isSingleValue = false
  /// Whether it is shared by the entries of an area (RFC 3671).
  public var isCollective = false
  /// Whether only the server may write it.
  public var isNoUserModification = false
  /// Whether it is obsolete.
  public var isObsolete = false
  /// What it is for.
  public var usage = Usage.userApplications

  /// Makes a type of an identifier and names.
  public init(oid: String, names: [String] = []) {
    self.oid = oid
    self.names = names
  }

  /// The name that servers use: the first, or the OID of a type without name.
  public var name: String { names.first ?? oid }

  /// Whether it is kept by the server for itself, and returned on request only.
  public var isOperational: Bool { usage != .userApplications }
}
