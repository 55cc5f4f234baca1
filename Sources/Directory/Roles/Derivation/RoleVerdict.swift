/// What a condition says of an entry: true, false or Undefined (RFC 4511 section 4.5.1.7).
struct RoleVerdict: Hashable, Sendable {
  private let rank: UInt8
  private init(rank: UInt8) { self.rank = rank }

  static let no = RoleVerdict(rank: 0)
  static let undefined = RoleVerdict(rank: 1)
  static let yes = RoleVerdict(rank: 2)
  /// Not judged yet.
  static let open = RoleVerdict(rank: 3)

  init(_ answer: Bool?) { rank = answer.map { $0 ? 2 : 0 } ?? 1 }

  /// False if one is false, else Undefined if one is, else true.
  static func & (left: Self, right: Self) -> Self { Self(rank: min(left.rank, right.rank)) }
  /// True if one is true, else Undefined if one is, else false.
  static func | (left: Self, right: Self) -> Self { Self(rank: max(left.rank, right.rank)) }
  static prefix func ! (verdict: Self) -> Self { Self(rank: 2 - verdict.rank) }
}
