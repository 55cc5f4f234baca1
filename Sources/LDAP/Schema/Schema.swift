/// The attribute types and object classes that a server knows (RFC 4512 section 4).
///
/// Names are looked up by alias or OID and without regard to letter case; attribute options (`;binary`) are left
/// aside. Where two definitions claim one name, the later one has it.
public struct Schema: Sendable {
  /// A definition that could not be read, and was left out.
  public struct Fault: Hashable, Sendable {
    /// What kind of definition it was.
    public enum Element: String, Hashable, Sendable { case attributeType, objectClass, file }
    /// What kind of definition it was.
    public var element: Element
    /// Which of the definitions, or of the texts, that were given: from 0.
    public var index: Int
    /// The line of the text on which the definition begins, from 1; 1 for descriptions out of a server.
    public var line: Int
    /// What is wrong with it.
    public var reason: String
  }

  /// What is wrong with a schema as a whole, or all that is wrong with schema files.
  public struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Every fault found.
    public var faults: [Fault]

    /// The first faults, with text and line.
    public var description: String {
      let shown = faults.prefix(5).map { "text \($0.index + 1), line \($0.line): \($0.reason)" }
      return "schema with \(faults.count) fault(s): " + shown.joined(separator: "; ")
    }
  }

  /// The attribute types, in the order of their origin.
  public internal(set) var attributeTypes: [AttributeType] = []
  /// The object classes, in the order of their origin.
  public internal(set) var objectClasses: [ObjectClass] = []
  /// The definitions that could not be read.
  public internal(set) var faults: [Fault] = []
  internal var attributeIndex: [String: Int] = [:]
  internal var classIndex: [String: Int] = [:]
  /// The EQUALITY rule of each type, inherited ones included; `nil` where there is none.
  internal var equalityRules: [MatchingRule?] = []

  /// The most definitions that one schema may have; servers have about a thousand.
  public static let maximumCount = 50_000

  internal init() {}

  /// Reads descriptions of RFC 4512 sections 4.1.1 and 4.1.2, as in the subschema of a server.
  ///
  /// One that cannot be read is left out and listed in ``faults``: servers are not always careful.
  /// - Throws: when there are more than ``maximumCount`` descriptions.
  public init(attributeTypes: [String], objectClasses: [String]) throws(SyntaxError) {
    guard attributeTypes.count + objectClasses.count <= Self.maximumCount else {
      throw SyntaxError(faults: [Self.tooMany])
    }
    read(attributeTypes: attributeTypes, objectClasses: objectClasses)
  }

  /// Reads the subschema entry of a server (RFC 4512 section 4.2), its attributes `attributeTypes` and `objectClasses`.
  ///
  /// What cannot be read is left out and listed in ``faults``.
  public init(subschema entry: Entry) {
    let types = entry["attributeTypes"].map { String(decoding: $0.bytes, as: UTF8.self) }
    let classes = entry["objectClasses"].map { String(decoding: $0.bytes, as: UTF8.self) }
    if types.count + classes.count > Self.maximumCount { faults.append(Self.tooMany) }
    read(
      attributeTypes: Array(types.prefix(Self.maximumCount)),
      objectClasses: Array(classes.prefix(Self.maximumCount)))
  }

  private static let tooMany = Fault(
    element: .attributeType, index: maximumCount, line: 1, reason: "more than \(maximumCount) definitions")

  private mutating func read(attributeTypes: [String], objectClasses: [String]) {
    for (index, text) in attributeTypes.enumerated() {
      do throws(SchemaDescription.Fault) {
        self.attributeTypes.append(AttributeType(try SchemaDescription(parsing: text)))
      } catch {
        faults.append(Fault(element: .attributeType, index: index, line: 1, reason: error.reason))
      }
    }
    for (index, text) in objectClasses.enumerated() {
      do throws(SchemaDescription.Fault) {
        self.objectClasses.append(ObjectClass(try SchemaDescription(parsing: text)))
      } catch {
        faults.append(Fault(element: .objectClass, index: index, line: 1, reason: error.reason))
      }
    }
    rebuildIndex()
  }

  /// This schema with the definitions of another added; where both define a name or OID, the other's holds.
  public func merging(_ other: Schema) -> Schema {
    var merged = self
    merged.attributeTypes += other.attributeTypes
    merged.objectClasses += other.objectClasses
    merged.faults += other.faults
    merged.rebuildIndex()
    return merged
  }

  internal mutating func rebuildIndex() {
    attributeIndex = [:]
    classIndex = [:]
    for (index, type) in attributeTypes.enumerated() {
      for key in type.names + [type.oid] {
        attributeIndex[key] = index
        attributeIndex[key.asciiLowercased] = index
      }
    }
    for (index, objectClass) in objectClasses.enumerated() {
      for key in objectClass.names + [objectClass.oid] { classIndex[key.asciiLowercased] = index }
    }
    equalityRules = attributeTypes.indices.map { index in
      inherited(from: index, \.equality).map { MatchingRule($0) ?? .octetString }
    }
  }

  /// What the type at `index`, or else the nearest type above it, says.
  internal func inherited(from index: Int, _ field: KeyPath<AttributeType, String?>) -> String? {
    var index = index
    // Types above types above types: a circle in a faulty schema ends here too.
    for _ in 0..<32 {
      if let found = attributeTypes[index][keyPath: field] { return found }
      guard let superior = attributeTypes[index].superior, let next = attributePosition(superior) else {
        return nil
      }
      index = next
    }
    return nil
  }
}
