import Directory

/// Which changes may be sent now: the order of a plan as a value, without a server.
///
/// A change is ready when all it comes after have been applied, all it follows have ended, and nothing else is under way
/// at the same entry.
/// Those that come after one that was not applied are skipped with it.
struct WriteQueue {
  private enum State { case waiting, ready, outstanding, settled }

  private var states: [State]
  /// How many changes each still waits for.
  private var missing: [Int]
  /// The changes that come after each, as the plan says.
  private var dependents: [[Int]]
  /// The changes that follow each, or are later at the same entry: they wait for this one to end, however it ends.
  private var followers: [[Int]]
  private var ready = MinimumHeap()
  /// How many have not ended.
  private(set) var remaining: Int
  private(set) var outstanding = 0

  /// - Parameter entry: what identifies the entry that a change addresses.
  init(_ changes: [Change], entry: (Change) -> String) {
    states = Array(repeating: .waiting, count: changes.count)
    missing = changes.map { Set($0.after).count }
    dependents = Array(repeating: [], count: changes.count)
    followers = Array(repeating: [], count: changes.count)
    remaining = changes.count
    var earlierAtEntry: [String: [Int]] = [:]
    for change in changes {
      for earlier in Set(change.after) { dependents[earlier].append(change.id) }
      for earlier in Set(earlierAtEntry[entry(change), default: []]).union(change.following) {
        followers[earlier].append(change.id)
        missing[change.id] += 1
      }
      earlierAtEntry[entry(change), default: []].append(change.id)
    }
    for id in changes.indices where missing[id] == 0 { makeReady(id) }
  }

  /// Takes the first change in plan order that may be sent; it counts as outstanding until it ends.
  mutating func next() -> Int? {
    while let id = ready.removeFirst() {
      guard states[id] == .ready else { continue }
      states[id] = .outstanding
      outstanding += 1
      return id
    }
    return nil
  }

  /// Ends a change that was outstanding.
  ///
  /// - Returns: those that are skipped because of it, each with the change that it came directly after.
  mutating func settle(_ id: Int, applied: Bool) -> [(id: Int, because: Int)] {
    guard states[id] == .outstanding else { return [] }
    outstanding -= 1
    end(id)
    if applied {
      for dependent in dependents[id] { release(dependent) }
      return []
    }
    return skipDependents(of: id)
  }

  /// Ends all that have not been sent.
  mutating func skipRest() -> [Int] {
    let rest = states.indices.filter { states[$0] == .waiting || states[$0] == .ready }
    for id in rest {
      states[id] = .settled
      remaining -= 1
    }
    return rest
  }

  private mutating func skipDependents(of failed: Int) -> [(id: Int, because: Int)] {
    var skipped: [(id: Int, because: Int)] = []
    var front = [failed]
    while let cause = front.popLast() {
      for dependent in dependents[cause] where states[dependent] == .waiting {
        skipped.append((dependent, cause))
        end(dependent)
        front.append(dependent)
      }
    }
    return skipped.sorted { $0.id < $1.id }
  }

  private mutating func end(_ id: Int) {
    states[id] = .settled
    remaining -= 1
    for follower in followers[id] { release(follower) }
  }

  private mutating func release(_ id: Int) {
    missing[id] -= 1
    if missing[id] == 0 && states[id] == .waiting { makeReady(id) }
  }

  private mutating func makeReady(_ id: Int) {
    states[id] = .ready
    ready.insert(id)
  }
}
