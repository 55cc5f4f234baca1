import Directory
import Foundation

/// When targets that owe us losses are tried again, all day: each by itself, at growing intervals, until it has confirmed
/// that nobody holds what nobody is to hold.
///
///     retry.take(store.overdue(), states: store.targetStates(), at: Date())
///     for attempt in retry.due(at: Date()) { … }  // look at its persons, and push what is still to be lost
///     sleep until retry.next
package struct OverdueRetry: Sendable {
  /// What is to be done about one target now.
  package struct Attempt: Hashable, Sendable {
    package var target: String
    /// Whose losses it has not confirmed: look at them anew, for some may be entitled again.
    package var persons: Set<HSAIdentity>
    /// Whether all is to be read that the target has: it was away, and nobody knows what became of it meanwhile.
    package var isWhole: Bool
  }

  private struct Debt: Sendable {
    var persons: Set<HSAIdentity> = []
    var isAway = false
    /// How often it has been tried since it last owed nothing.
    var attempts = 0
    var due: Date
  }

  /// How long is waited after the first attempt that did not help, in seconds; it doubles with each.
  private static let first = 1.0
  private let longest: Double
  private var debts: [String: Debt] = [:]

  /// - Parameter longest: the longest pause between two attempts (``DaemonSettings/longestPause``).
  package init(longest: Duration = DaemonSettings().longestPause) { self.longest = longest / .seconds(1) }

  /// Takes what is owed now; a target that owes nothing any longer is forgotten, one that is new is due at once.
  ///
  /// - Parameters:
  ///   - overdue: all losses that no target has confirmed.
  ///   - states: how targets were met last: one that could not be reached is caught up even where it owes nothing.
  ///   - targets: the names of those there are.
  package mutating func take(
    _ overdue: [OverdueLoss], states: [TargetState] = [], targets: Set<String>, at time: Date
  ) {
    let persons = Dictionary(grouping: overdue, by: \.target).mapValues { Set($0.map(\.person)) }
    let away = Set(states.filter { $0.fault != nil }.map(\.name))
    for name in targets {
      guard persons[name] != nil || away.contains(name) || debts[name]?.isAway == true else {
        debts[name] = nil
        continue
      }
      var debt = debts[name] ?? Debt(due: time)
      debt.persons = persons[name] ?? []
      // Once away, it stays so until an attempt has read it whole.
      debt.isAway = debt.isAway || away.contains(name)
      debts[name] = debt
    }
    debts = debts.filter { targets.contains($0.key) }
  }

  /// When the next attempt is due; `nil` when nobody owes anything.
  package var next: Date? { debts.values.map(\.due).min() }

  /// What is due, by target.
  package func due(at time: Date) -> [Attempt] {
    debts.filter { $0.value.due <= time }.sorted { $0.key < $1.key }.map { name, debt in
      Attempt(target: name, persons: debt.persons, isWhole: debt.isAway)
    }
  }

  /// Takes that a target has been tried; what it still owes is told by the next ``take(_:states:targets:at:)``.
  ///
  /// - Parameters:
  ///   - fault: why it could not be read or written; `nil`: it could, as much of it as the attempt asked for.
  ///   - jitter: at random, from 0 to below 1, so that several agents do not knock at once.
  package mutating func tried(
    _ target: String, _ fault: RoleTargetFault?, at time: Date, jitter: Double = .random(in: 0..<1)
  ) {
    guard var debt = debts[target] else { return }
    if fault == nil { debt.isAway = false }
    let doubled = min(OverdueRetry.first * Double(1 << min(debt.attempts, 20)), longest)
    let asked = fault?.retryAfter.flatMap { $0.isFinite && $0 > 0 ? min($0, 86_400) : nil } ?? 0
    debt.attempts += 1
    debt.due = time.addingTimeInterval(max(doubled * (0.5 + jitter / 2), asked))
    debts[target] = debt
  }

  /// Has a target tried at once: something was pushed to it, and it is there again.
  package mutating func hurry(_ target: String, at time: Date) {
    guard var debt = debts[target] else { return }
    debt.due = min(debt.due, time)
    debts[target] = debt
  }

  /// Has all of them tried at once: the clock by which they wait was set.
  package mutating func hurry(at time: Date) {
    for name in debts.keys.sorted() { hurry(name, at: time) }
  }

  /// The losses that are overdue and still follow: who is entitled again loses nothing.
  ///
  /// - Parameter forecast: of these persons, by the entries as they are and what targets hold now.
  package static func changes(_ overdue: [OverdueLoss], by forecast: RoleForecast) -> [RoleChange] {
    let owed = Set(overdue.map { [$0.target, $0.person.normalForm, $0.value] })
    return forecast.roles(for: []).changes.filter {
      $0.direction == .loss && owed.contains([$0.target, $0.person.normalForm, $0.value])
    }
  }
}
