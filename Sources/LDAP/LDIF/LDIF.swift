/// One record of LDIF: an entry or a change (RFC 2849).
public enum LDIFRecord: Hashable, Sendable {
  /// An entry as it is.
  case content(Entry)
  /// A change to an entry, with the controls that are to go with the request.
  case change(WriteOperation, controls: [LDIFControl])
}

/// A `control:` line of a change record (RFC 2849).
public struct LDIFControl: Hashable, Sendable {
  /// The dotted OID of the control.
  public var oid: String
  /// Whether the server has to refuse the request when it does not know the control.
  public var criticality: Bool
  /// The control's value, in BER as a rule; `nil` for none.
  public var value: [UInt8]?

  /// Makes a control line.
  public init(oid: String, criticality: Bool = false, value: [UInt8]? = nil) {
    self.oid = oid
    self.criticality = criticality
    self.value = value
  }
}

/// LDIF as a whole (RFC 2849), for inputs that fit in memory; ``LDIFReader`` is for large ones.
public enum LDIF {
  /// Reads entries and changes.
  ///
  /// - Throws: the first fault. Nothing is taken from a file with a fault.
  public static func records(in bytes: [UInt8]) throws(LDIFFault) -> [LDIFRecord] {
    var parser = LDIFRecordParser()
    var splitter = LDIFLineSplitter(maximumLength: LDIFReader.Limits().lineLength)
    bytes.withUnsafeBytes { bytes in splitter.read(bytes) { parser.take($0, $1) } }
    splitter.finish { parser.take($0, $1) }
    return try parser.finish()
  }
}
