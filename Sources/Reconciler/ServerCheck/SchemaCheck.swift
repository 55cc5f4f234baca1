import Directory
import LDAP

/// Whether the server's schema has what profile and configuration speak of.
struct SchemaCheck {
  private(set) var items: [ServerCheck.Item] = []
  private let schema: Schema
  private let configuration: Configuration

  init(_ schema: Schema, _ configuration: Configuration) {
    self.schema = schema
    self.configuration = configuration
    classes()
    attributes()
    if items.isEmpty {
      items.append(.init(.schema, .good, "every class and attribute of profile and manage is in the schema"))
    }
  }

  private mutating func classes() {
    let profile = configuration.profile
    var names: Set<String> = []
    for (kind, profile) in profile.kinds where configuration.management[kind] != nil {
      names.formUnion(profile.classes)
      // One of several is enough to recognise by.
      if !profile.recognise.contains(where: { schema.objectClass($0) != nil }) {
        names.formUnion(profile.recognise)
      }
    }
    for name in names.sorted() where schema.objectClass(name) == nil {
      items.append(
        .init(
          .schema, .bad, "the schema has no object class \(name)",
          advice: "load schemas/hsa.schema, or name the server's own class in the profile"))
    }
  }

  private mutating func attributes() {
    let profile = configuration.profile
    var names = Set([profile.identity, profile.startDate, profile.endDate] + profile.correlation)
    for kind in configuration.management.kinds.values { names.formUnion(kind.own + kind.create + kind.merge) }
    names.formUnion(profile.kinds.filter { configuration.management[$0.kind] != nil }.map(\.profile.naming))
    let owned = Set(
      configuration.management.kinds.values.flatMap { $0.own + $0.merge }.map(\.asciiLowercased))
    for name in names.sorted() { judge(name, isOwned: owned.contains(name.asciiLowercased)) }
  }

  private mutating func judge(_ name: String, isOwned: Bool) {
    guard let type = schema.attributeType(name) else {
      items.append(
        .init(
          .schema, .bad, "the schema has no attribute \(name)",
          advice: "load schemas/hsa.schema, or give the server's own name under `attributes` in the profile"))
      return
    }
    guard isOwned else { return }
    if type.isNoUserModification {
      items.append(
        .init(
          .schema, .bad, "\(name) is made by the server and cannot be owned", advice: "remove it from manage")
      )
    } else if !schema.hasEquality(name) {
      items.append(
        .init(
          .schema, .degraded,
          "\(name) has no equality rule: it is replaced whole, under the condition that nothing in the entry changed"
        ))
    }
  }
}

extension Configuration {
  /// A server that lacks a class or an attribute would refuse changes half-way; it is told before anything is planned.
  package func refuseUnsuitable(_ schema: Schema) throws(Refusal) {
    let wrong = SchemaCheck(schema, self).items.filter { $0.verdict == .bad }
    guard !wrong.isEmpty else { return }
    let position = SourcePosition(file: profileFile, line: 1, column: 1)
    throw Refusal(
      .directoryUnsuitable, .configurationWrong, "the server's schema is not what profile and `manage` name",
      findings: wrong.map { Finding("schema-differs", at: position, $0.text, advice: $0.advice) })
  }
}
