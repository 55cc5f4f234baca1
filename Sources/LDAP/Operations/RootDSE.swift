/// What a server says of itself (RFC 4512 section 5.1).
public struct RootDSE: Hashable, Sendable {
  /// All that it said.
  public var entry: Entry

  /// Makes one of the entry with the empty name.
  public init(_ entry: Entry) { self.entry = entry }

  /// The tops of the trees it holds.
  public var namingContexts: [String] { texts("namingContexts") }
  /// The controls it knows, by OID.
  public var supportedControls: Set<String> { Set(texts("supportedControl")) }
  /// The extended operations it knows, by OID.
  public var supportedExtensions: Set<String> { Set(texts("supportedExtension")) }
  /// Its further features, by OID (RFC 3674).
  public var supportedFeatures: Set<String> { Set(texts("supportedFeatures")) }
  /// The SASL mechanisms it offers on this connection.
  public var saslMechanisms: [String] { texts("supportedSASLMechanisms") }
  /// Who made it, and which version, when it says so (RFC 3045). OpenLDAP tells its kind by its object class alone.
  public var vendor: String? {
    if let name = entry.text("vendorName") {
      return [name, entry.text("vendorVersion")].compactMap(\.self).joined(separator: " ")
    }
    return texts("objectClass").contains { $0.equalsIgnoringASCIICase("OpenLDAProotDSE") } ? "OpenLDAP" : nil
  }
  /// The entry that holds the schema.
  public var subschemaSubentry: String? { entry.text("subschemaSubentry") }

  private func texts(_ name: String) -> [String] { entry[name].compactMap(\.text) }
}
