/// Everything that is wrong with a file, thrown at once instead of the first fault alone.
package struct Findings: Error, Hashable, Sendable, CustomStringConvertible {
  /// In the order of their places.
  package var all: [Finding]

  package init(_ all: [Finding]) { self.all = all.inOrder }

  /// How many there are; what they say is for those who may read them.
  package var description: String { "\(all.count) finding(s), first: \(all.first?.code ?? "none")" }
}

extension [Finding] {
  /// Ordered by file, line and column; findings about no place come last.
  package var inOrder: [Finding] {
    enumerated().sorted { left, right in
      switch (left.element.position, right.element.position) {
      case (let a?, let b?) where a != b: a < b
      case (.some, nil): true
      case (nil, .some): false
      default: left.offset < right.offset
      }
    }.map(\.element)
  }

  /// Whether one of them stops the plan.
  package var haveErrors: Bool { contains { $0.severity == .error } }
}
