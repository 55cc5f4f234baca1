/// Numbers that look random and are the same in every run (SplitMix64).
struct Seed: RandomNumberGenerator {
  private var state: UInt64

  /// Makes a series of its own for each purpose and place.
  init(_ numbers: Int...) {
    state = 0x9e37_79b9_7f4a_7c15
    for number in numbers { state = (state ^ UInt64(truncatingIfNeeded: number)) &* 0xff51_afd7_ed55_8ccd }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// One of several.
  mutating func pick<Element>(_ list: [Element]) -> Element { list[Int(next() % UInt64(list.count))] }

  /// Whether something happens that happens so often.
  mutating func percent(_ percent: UInt64) -> Bool { next() % 100 < percent }

  mutating func number(below limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
