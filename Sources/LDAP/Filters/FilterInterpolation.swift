extension Filter: ExpressibleByStringInterpolation {
  /// Makes a filter of a literal of RFC 4515; one that is none is a fault of the program and traps.
  public init(stringLiteral text: String) {
    do {
      try self.init(parsing: text)
    } catch {
      preconditionFailure("a Filter literal is wrong: \(error)")
    }
  }

  /// Makes a filter of a literal with values in it.
  public init(stringInterpolation interpolation: StringInterpolation) {
    self.init(stringLiteral: interpolation.text)
  }

  /// Collects a literal, escaping what is put into it.
  public struct StringInterpolation: StringInterpolationProtocol {
    internal var text = ""

    /// Begins with room for a literal.
    public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    /// Adds a part of the literal as it stands.
    public mutating func appendLiteral(_ literal: String) { text += literal }

    /// Adds a text as a value, or as part of one.
    public mutating func appendInterpolation(_ value: String) { appendInterpolation(Value(value)) }

    /// Adds octets as a value, or as part of one.
    public mutating func appendInterpolation(_ value: Value) {
      var octets: [UInt8] = []
      FilterEscape.append(value.bytes, to: &octets)
      text += String(decoding: octets, as: UTF8.self)
    }

    /// Adds a number as a value.
    public mutating func appendInterpolation(_ number: some BinaryInteger) { text += String(number) }

    /// Adds a name as a value.
    public mutating func appendInterpolation(_ name: DistinguishedName) {
      appendInterpolation(name.description)
    }

    /// Adds a whole filter, with its parentheses.
    public mutating func appendInterpolation(_ filter: Filter) { text += filter.description }
  }
}
