import Foundation

/// The requests, by whom they are for.
struct RoleRequests: Sendable {
  /// By the number of the person's HSA-id.
  private var byPerson: [Int32: [(role: String, requester: Int32, request: RoleRequest)]] = [:]
  /// The persons (numbers) for whom each (number) has asked.
  private(set) var byRequester: [Int32: Set<Int32>] = [:]

  init(_ requests: [RoleRequest], _ number: (HSAIdentity) -> Int32) {
    for request in requests {
      let (person, requester) = (number(request.person), number(request.requester))
      byPerson[person, default: []].append((RoleName.normalForm(request.role), requester, request))
      byRequester[requester, default: []].insert(person)
    }
  }

  var all: [(person: Int32, request: RoleRequest)] {
    byPerson.keys.sorted().flatMap { person in (byPerson[person] ?? []).map { (person, $0.request) } }
  }

  /// Of the requests for a person and role (normal form) that hold at an instant and suit, the one that lasts longest.
  func best(
    for person: Int32, role: String, at instant: Double, where suits: (_ requester: Int32) -> Bool
  ) -> RoleRequest? {
    let fitting = (byPerson[person] ?? []).filter {
      $0.role == role && $0.request.holds(at: instant) && suits($0.requester)
    }
    return fitting.map(\.request).max { left, right in
      (left.end, -left.start, right.position) < (right.end, -right.start, left.position)
    }
  }

  func has(_ person: Int32) -> Bool { byPerson[person] != nil }
}

extension RoleRequest {
  fileprivate var start: Double { from?.timeIntervalSince1970 ?? -.infinity }
  fileprivate var end: Double { to?.timeIntervalSince1970 ?? .infinity }
  func holds(at instant: Double) -> Bool { instant.isNaN || start <= instant && instant < end }
}
