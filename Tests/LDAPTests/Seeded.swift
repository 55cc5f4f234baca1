/// Random numbers that are the same each time (SplitMix64), so that a failure can be looked at again.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Octets, mostly those that have a meaning somewhere.
  mutating func octets(upTo count: Int) -> [UInt8] {
    let special = Array(" ,+=\"\\<>;#*()&|!:-\n\r\u{0}abcÅäö$".utf8)
    return (0..<Int.random(in: 0...count, using: &self)).map { _ in
      Bool.random(using: &self)
        ? special.randomElement(using: &self) ?? 0 : UInt8.random(in: 0...255, using: &self)
    }
  }

  /// Text of letters, spaces and signs, which may begin and end with spaces.
  mutating func text(upTo count: Int) -> String {
    let letters = Array("aAbB  -,+=\"\\<>;#åÄöÖéß\u{30A}\u{A0}ﬁ①")
    return String(
      (0..<Int.random(in: 0...count, using: &self)).map { _ in letters.randomElement(using: &self) ?? "x" })
  }
}
