/// The most that passes: so many, and so many per cent of what there is. Either alone trips.
package struct GuardLimit: Hashable, Sendable {
  package var count: Int
  package var percent: Int

  package init(count: Int, percent: Int) {
    self.count = count
    self.percent = percent
  }

  /// Whether so many are too many.
  ///
  /// One alone never trips by percentage: one of three is a third of a clinic, and an ordinary Monday.
  /// - Parameter plans: how many plans' worth is allowed, for a window of time.
  package func trips(_ found: Int, of population: Int, plans: Int = 1) -> Bool {
    if found > count * plans { return true }
    return population > 0 && found > plans && found * 100 > population * percent * plans
  }
}

extension GuardLimit {
  /// The figures where the configuration has none, by size.
  ///
  /// A percentage that suits a region lets a clinic be emptied, and a count that suits a clinic stops a region every
  /// day; hence a step for each size. No larger population lets fewer through than a smaller one. What they mean for
  /// deactivations: a clinic of 3 may lose 1 without anybody being asked, a clinic of 40 may lose 4, a provider of
  /// 500 may lose 25 (a bad month's turnover on one day), and a region of 150,000 may lose 500 (staff turnover of
  /// 15 % a year is about 60 a day, and the first day after a holiday has a week's).
  package static func standard(_ name: GuardVerdict.Name, of population: Int) -> GuardLimit {
    let steps = steps(name)
    let index = sizes.firstIndex { population <= $0 } ?? sizes.count
    return GuardLimit(count: steps[index].0, percent: steps[index].1)
  }

  /// Up to how many a step goes; the last has no end.
  static let sizes = [10, 100, 1_000, 20_000]

  private static func steps(_ name: GuardVerdict.Name) -> [(Int, Int)] {
    switch name {
    // Can be undone, and happens in bulk: a new telephone exchange. A shifted column changes all of a file.
    case .updated: [(8, 100), (40, 75), (150, 40), (2_000, 25), (10_000, 10)]
    // A reorganisation is rare, announced, and worth a look.
    case .moved: [(2, 50), (15, 20), (100, 15), (500, 10), (2_000, 5)]
    // Somebody has written each of them down; a column of wrong dates has been written down too.
    case .ended: [(2, 50), (10, 25), (50, 10), (200, 5), (1_000, 2)]
    // One person has a few roles, and who leaves or moves takes all of them along: about three times what
    // deactivations may take away. Whoever has fewer than somebody had may be locked out of a care system.
    case .rolesLost: [(3, 50), (15, 30), (75, 15), (300, 8), (1_500, 3)]
    // Who is employed is given a few at once, hence more than all who are there in a small place. A rule that takes
    // in too many takes in most of a large one.
    case .rolesGranted: [(10, 300), (50, 100), (150, 50), (500, 15), (2_500, 5)]
    // A commission that ends takes the roles of all its members, and somebody has written its date down.
    case .rolesEnded: [(6, 60), (30, 60), (150, 30), (600, 15), (3_000, 5)]
    // The count is of memberships, by how many persons there are; the percentage is of each commission by itself.
    case .membersRemoved: [(5, 50), (25, 50), (100, 50), (500, 50), (2_000, 50)]
    // Above what deletions may take away in one plan, so that what was allowed is not held against the next one.
    case .desiredShrank, .observedShrank: [(2, 50), (10, 20), (75, 10), (500, 8), (2_000, 5)]
    // What is deleted or deactivated locks somebody out.
    default: [(1, 50), (5, 10), (25, 5), (100, 3), (500, 1)]
    }
  }
}
