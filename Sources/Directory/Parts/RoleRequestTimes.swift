import Foundation

// Requests begin and end without any entry becoming another.
extension RoleRules {
  /// When a request next begins or ends to hold.
  package func nextBoundary(after instant: Date) -> Date? {
    requests.flatMap(\.bounds).filter { $0 > instant }.min()
  }

  /// Those for whom a request began or ended to hold after one instant and no later than another.
  package func touched(after: Date, upTo: Date) -> Touched {
    let changed = requests.filter { $0.bounds.contains { $0 > after && $0 <= upTo } }
    return Touched(Set(changed.map(\.person)))
  }
}

extension RoleRequest {
  fileprivate var bounds: [Date] { [from, to].compactMap { $0 } }
}
