/// Why a piece of LDIF is wrong. Tells the place and the rule, never the text.
public struct LDIFFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of fault it is.
  public enum Code: String, Hashable, Sendable {
    /// The line breaks the grammar of RFC 2849: no colon, a wrong name, stray octets.
    case syntax
    /// The value is not base64.
    case base64
    /// The text is not UTF-8.
    case encoding
    /// The name is not a distinguished name (RFC 4514).
    case dn
    /// The value is to be fetched from a URL, which is never done.
    case url
    /// A line or a file is too large.
    case limit
    /// The record lacks something, has too much, or is of the wrong kind.
    case record
    /// The version is not 1.
    case version
  }

  /// What kind of fault it is.
  public var code: Code
  /// The line, from 1; of a folded line its first.
  public var line: Int
  /// The octet in the line, its folds undone, from 1.
  public var column: Int
  /// What is wrong, without anything of the file itself.
  public var reason: String

  /// Makes a fault.
  public init(_ code: Code, line: Int, column: Int = 1, reason: String) {
    self.code = code
    self.line = line
    self.column = column
    self.reason = reason
  }

  /// The place and the reason.
  public var description: String { "LDIF line \(line), column \(column): \(reason)" }
}
