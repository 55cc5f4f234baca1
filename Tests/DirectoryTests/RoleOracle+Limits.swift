import Foundation
import LDAP

@testable import Directory

extension RoleOracle {
  func request(_ role: String, _ person: One, _ suits: (RoleRequest) -> Bool) -> RoleRequest? {
    rules.requests.filter {
      $0.person == person.id && RoleName.normalForm($0.role) == RoleName.normalForm(role)
        && holds($0.from, $0.to)
        && suits($0)
    }.max { left, right in
      let (a, b) = (left.to ?? .distantFuture, right.to ?? .distantFuture)
      if a != b { return a < b }
      let (c, d) = (left.from ?? .distantPast, right.from ?? .distantPast)
      return c != d ? c > d : left.position > right.position
    }
  }

  private func lies(_ one: One, under units: [HSAIdentity]) -> Bool {
    units.contains { id in
      all.contains { $0.isSound && $0.id == id && one.path.suffix($0.path.count).elementsEqual($0.path) }
    }
  }

  /// Applies the constraints that look at one person.
  func limited(_ given: [Held], _ person: One) -> [Held] {
    var held = given
    func each(_ index: Int, _ body: (inout Held) -> Void) {
      for at in held.indices
      where held[at].refusal == nil && rules.constraints[index].roles.match(held[at].assignment.role) {
        body(&held[at])
      }
    }
    for (index, constraint) in rules.constraints.enumerated() {
      guard case .units(let units) = constraint.limit, !lies(person, under: units) else { continue }
      each(index) { $0.refusal = index }
    }
    for (index, constraint) in rules.constraints.enumerated() {
      guard case .requesters(let filter, let units) = constraint.limit else { continue }
      each(index) { one in
        let found = request(one.assignment.role, person) { request in
          guard request.requester != person.id, let by = persons.first(where: { $0.id == request.requester }),
            isValid(by), filter.map({ $0.matches(by.entry, schema: schema) == true }) ?? true
          else { return false }
          return units.isEmpty || lies(by, under: units)
        }
        if let found { one.assignment.narrow(found) } else { one.refusal = index }
      }
    }
    for (index, constraint) in rules.constraints.enumerated() {
      guard case .exclusive = constraint.limit else { continue }
      var first: String?
      for pattern in constraint.roles where first == nil {
        first = held.filter { $0.refusal == nil && pattern.matches($0.assignment.role) }
          .map { RoleName.normalForm($0.assignment.role) }.min()
      }
      each(index) { if RoleName.normalForm($0.assignment.role) != first { $0.refusal = index } }
    }
    return held
  }
}

extension Assignment {
  mutating func narrow(_ request: RoleRequest) {
    from = [from, request.from].compactMap(\.self).max()
    to = [to, request.to].compactMap(\.self).min()
  }
}
