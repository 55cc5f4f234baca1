import LDAP

/// Reads desired files, YAML and LDIF, into one table of rows; at the end gives the desired state and all findings.
///
///     var reader = DesiredReader(profile: profile, management: management, schema: schema)
///     reader.add(yaml: bytes, file: "desired/vc-norr.yaml")
///     reader.beginLDIF(file: "hr.ldif", declared: declaration)
///     reader.feed(chunk)
///     reader.finishLDIF()
///     let (state, findings) = reader.finish()
///
/// The schema tells which attribute names are one attribute and which attributes hold times; the server's own is
/// best, and without it bare dates are understood in the profile's start and end dates only.
package struct DesiredReader: Sendable {
  let profile: Profile
  let management: Management
  let schema: Schema
  let limits: YAMLLimits
  var builder = EntryTableBuilder()
  var rows: [DesiredState.Row] = []
  var places = AttributePlaces()
  var sources: [DesiredState.Source] = []
  var files: [String] = []
  var parents: [DesiredState.Parent] = []
  /// ``parents`` by a key: `#` + HSA-id in capitals, or the octets of a name.
  var parentIndex = ByteIndex()
  var findings: [Finding] = []
  /// Rows that are of no kind; they are left out at the end.
  var dropped: Set<Int> = []
  let identityName: UInt32
  let classesName: UInt32
  var ldif: LDIFSource?

  package init(
    profile: Profile, management: Management, schema: Schema = .standard, limits: YAMLLimits = YAMLLimits()
  ) {
    self.profile = profile
    self.management = management
    self.schema = schema
    self.limits = limits
    builder.sharesValues = true
    identityName = builder.intern(Array(profile.identity.utf8))
    classesName = builder.intern(Array("objectClass".utf8))
    for name in profile.rowAttributes(management) { _ = intern(name) }
  }

  /// The index of an attribute, all of whose names in the schema are from now on names of it.
  mutating func intern(_ name: String) -> UInt32 {
    let id = builder.intern(Array(name.utf8))
    guard !name.contains(";"), let type = schema.attributeType(name) else { return id }
    for other in type.names + [type.oid] { builder.alias(Array(other.utf8), to: id) }
    return id
  }

  /// The desired state and everything that is wrong with how it is written.
  ///
  /// What is wrong with *what* is written is ``DesiredState/check(profile:management:schema:instant:observed:)``'s.
  package consuming func finish() -> (state: DesiredState, findings: [Finding]) {
    var joiner = RowJoiner(self)
    joiner.join()
    return (joiner.state, (findings + joiner.findings).inOrder)
  }

  /// Notes a source and its file; gives their indices.
  mutating func begin(file: String, _ declaration: SourceDeclaration) -> (source: UInt16, file: UInt16)? {
    guard files.count < Int(UInt16.max) else {
      findings.append(
        Finding(
          "too-many-files", at: SourcePosition(file: file, line: 1),
          "there are more than 65,534 desired files",
          advice: "put several into one"))
      return nil
    }
    files.append(file)
    sources.append(
      DesiredState.Source(
        name: file, completeKinds: declaration.completeKinds, completeUnder: declaration.completeUnder,
        provides: declaration.provides, scope: declaration.scope))
    return (UInt16(sources.count - 1), UInt16(files.count - 1))
  }

  /// The index of a parent, given to it now if it has none.
  mutating func number(_ parent: DesiredState.Parent) -> UInt32 {
    let key =
      switch parent {
      case .identity(let identity): "#" + identity.normalForm
      case .name(let name): name.description
      }
    let (number, isNew) = parentIndex.insert(key)
    if isNew { parents.append(parent) }
    return UInt32(number)
  }
}

extension Profile {
  /// The attributes (server names) that a row may need: what is managed, what names and finds an entry, and what
  /// the templates mention.
  func rowAttributes(_ management: Management) -> [String] {
    var names = [identity, "objectClass", startDate, endDate] + correlation
    for (kind, profile) in kinds {
      names.append(profile.naming)
      for (attribute, template) in profile.templates {
        names.append(attribute)
        for case .attribute(let name) in template.parts { names.append(name) }
      }
      if let managed = management[kind] { names += managed.own + managed.create + managed.merge }
    }
    var seen: Set<String> = []
    return names.filter { seen.insert($0.asciiLowercased).inserted }
  }
}
