import Directory
import Foundation

/// Whether a gain may be sent: its person is still entitled to it, and has lost what must be lost before.
struct RolePermit: Sendable {
  private let isStillEntitled: @Sendable (RoleChange, Date) -> Bool
  /// Roles that nobody may hold two of, one set of patterns for each constraint.
  private let exclusive: [[RolePattern]]
  /// Whether a target could not be read, so that nobody knows who holds what there.
  private let hasUnread: Bool
  /// The losses that no target has confirmed.
  private let unconfirmed: [HSAIdentity: [OverdueLoss]]

  init(
    unconfirmed: [OverdueLoss], unread: Set<String>, exclusive: [[RolePattern]],
    isStillEntitled: @escaping @Sendable (RoleChange, Date) -> Bool
  ) {
    self.unconfirmed = Dictionary(grouping: unconfirmed, by: \.person)
    self.exclusive = exclusive
    self.isStillEntitled = isStillEntitled
    hasUnread = !unread.isEmpty
  }

  /// Why a change may not be sent; `nil`: it may.
  func hindrance(of change: RoleChange, at time: Date) -> String? {
    guard change.direction != .loss else { return nil }
    guard isStillEntitled(change, time) else { return RoleOutcome.ended }
    // What is held already is only given another period.
    guard change.direction == .gain else { return nil }
    let open = unconfirmed[change.person] ?? []
    if open.contains(where: { $0.target == change.target && $0.value != change.value }) {
      return RoleOutcome.lossUnconfirmed
    }
    let limits = exclusive.filter { $0.match(change.role) }
    let role = RoleName.normalForm(change.role)
    if limits.contains(where: { limit in
      open.contains { RoleName.normalForm($0.role) != role && limit.match($0.role) }
    }) {
      return RoleOutcome.exclusiveUnconfirmed
    }
    return hasUnread && !limits.isEmpty ? RoleOutcome.exclusiveUnread : nil
  }
}
