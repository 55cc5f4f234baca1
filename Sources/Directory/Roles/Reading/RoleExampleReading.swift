import Foundation
import LDAP

extension RoleFileReading {
  /// Reads the examples of a rule; one that lacks something is reported and left out.
  func examples(_ mapping: inout YAMLMapping) -> [RoleExample] {
    mapping.mappings("examples") { example(&$0) }.compactMap(\.self)
  }

  private func example(_ mapping: inout YAMLMapping) -> RoleExample? {
    var example = RoleExample(
      given: [:], instant: Date(timeIntervalSince1970: 0), gives: [],
      position: mapping.mark.position(in: file))
    mapping.mapping("given") { given(&example, &$0) }
    let instant = moment("at", as: .start, required: true, &mapping)
    guard let gives = gives(&mapping), let instant else { return nil }
    example.instant = instant
    example.gives = gives
    return example
  }

  private func gives(_ mapping: inout YAMLMapping) -> [String]? {
    guard let node = mapping.node("gives"), !node.isNull else {
      mapping.report(
        "missing-key", at: mapping.position(of: "gives"), "`gives` is missing",
        advice: "write the roles that the person then has, or `gives: []`")
      return nil
    }
    let roles = mapping.texts(of: node, "`gives`")
    for role in roles where !isRole(role) {
      mapping.report(
        "wrong-role", at: place(in: node), "a role is a text of 1 to 256 octets without control characters")
    }
    return roles
  }

  private func given(_ example: inout RoleExample, _ mapping: inout YAMLMapping) {
    for subject in RoleSubject.allCases {
      guard let node = mapping.node(subject.rawValue), !node.isNull else { continue }
      if node.text == "none", subject != .person {
        example.absent.insert(subject)
        continue
      }
      example.given[subject] = mapping.nested(node, "`\(subject.rawValue)`") { mapping in
        mapping.all().map { pair in
          Attribute(serverName(pair.key), mapping.texts(of: pair.value, "the attribute").map { Value($0) })
        }
      }
    }
    if let period = mapping.mapping("membership", { period("from", "to", &$0) }) {
      example.membership = period
    }
    guard let node = mapping.node("request"), !node.isNull else { return }
    if node.text == "none" {
      example.request = nil
    } else if let period = mapping.nested(node, "`request`", { period("from", "until", &$0) }) {
      example.request = period
    }
  }
}
