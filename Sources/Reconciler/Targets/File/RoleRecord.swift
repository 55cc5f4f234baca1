import Directory
import Foundation

/// One assignment in a file of roles.
struct RoleRecord: Hashable, Codable {
  struct Because: Hashable, Codable {
    var entry: String
    var attribute: String
    var value: String
  }
  var person: String
  var role: String
  var scope: String?
  var commission: String?
  var unit: String?
  var provider: String?
  var function: String?
  /// RFC 3339, in UTC and whole seconds.
  var from: String?
  /// The first moment that is outside.
  var to: String?
  var rule: String
  var because: [Because]

  /// - Parameter evidence: the values that give it, where they are known.
  init(_ assignment: Assignment, _ evidence: [RoleEvidence]) {
    person = assignment.person.text
    role = assignment.role
    scope = assignment.scope?.text
    commission = assignment.commission?.text
    unit = assignment.unit?.text
    provider = assignment.provider?.text
    function = assignment.function?.text
    from = assignment.from.map(RoleRecord.text)
    to = assignment.to.map(RoleRecord.text)
    rule = assignment.rule
    because = evidence.map {
      Because(entry: $0.identity.text, attribute: $0.attribute, value: $0.value)
    }
    .sorted { ($0.entry, $0.attribute, $0.value) < ($1.entry, $1.attribute, $1.value) }
  }

  /// Reads a line, without its end; `nil` for one that is not just as this program writes it: nothing in it may be lost
  /// when it is written again.
  init?(line: some Collection<UInt8>, _ decoder: JSONDecoder = JSONDecoder()) {
    guard let record = try? decoder.decode(RoleRecord.self, from: Data(line)), record.isSound,
      line.elementsEqual(record.json.text.utf8)
    else { return nil }
    self = record
  }

  /// What it says; where its rule stands it does not say.
  var assignment: Assignment {
    var assignment = Assignment(
      person: HSAIdentity(person), role: role, rule: rule, position: SourcePosition(file: "", line: 1))
    assignment.scope = scope.map { HSAIdentity($0) }
    assignment.commission = commission.map { HSAIdentity($0) }
    assignment.unit = unit.map { HSAIdentity($0) }
    assignment.provider = provider.map { HSAIdentity($0) }
    assignment.function = function.map { HSAIdentity($0) }
    assignment.from = from.flatMap(RoleRecord.date)
    assignment.to = to.flatMap(RoleRecord.date)
    return assignment
  }

  /// Whether its times are times.
  var isSound: Bool {
    !person.isEmpty && !role.isEmpty
      && [from, to].allSatisfy { $0 == nil || $0.flatMap(RoleRecord.date) != nil }
  }

  static func text(_ date: Date) -> String {
    Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)).formatted(.iso8601)
  }

  static func date(_ text: String) -> Date? { try? Date(text, strategy: .iso8601) }
}

// How it is written.
extension RoleRecord {
  var json: CanonicalJSON {
    CanonicalJSON(present: [
      "person": .string(person), "role": .string(role), "scope": scope.map { .string($0) },
      "commission": commission.map { .string($0) }, "unit": unit.map { .string($0) },
      "provider": provider.map { .string($0) }, "function": function.map { .string($0) },
      "from": from.map { .string($0) }, "to": to.map { .string($0) }, "rule": .string(rule),
      "because": .array(
        because.map {
          [
            "entry": .string($0.entry), "attribute": .string($0.attribute), "value": .string($0.value),
          ]
        }),
    ])
  }

  fileprivate var sortKey: [String] {
    let entries = [scope, commission, unit, provider, function].map { HSAIdentity.normalForm($0 ?? "") }
    let rest = [from ?? "", to ?? "", rule] + because.flatMap { [$0.entry, $0.attribute, $0.value] }
    return [HSAIdentity.normalForm(person), RoleName.normalForm(role)] + entries + rest
  }
}

extension [RoleRecord] {
  /// By person, role, what each is tied to, and period.
  var inOrder: [RoleRecord] {
    guard count > 1 else { return self }
    return map { (key: $0.sortKey, record: $0) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.record)
  }
}
