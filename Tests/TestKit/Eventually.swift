/// Waits until a condition holds, looking again every few milliseconds.
///
/// On a machine so busy that this task itself hardly gets a turn, what it waits for gets none either: the time is up
/// only when the condition has been looked at often enough too, and at the latest after five times as long.
///
/// - Throws: ``Failure`` when it does not hold within the time; what the condition throws.
package func eventually(
  within limit: Duration = .seconds(60), _ what: String = "the condition",
  _ condition: () async throws -> Bool
) async throws {
  let begun = ContinuousClock.now
  var looks = 0
  while try await !condition() {
    looks += 1
    let waited = begun.duration(to: .now)
    guard waited < limit || (looks < 1_000 && waited < limit * 5) else {
      throw Failure("\(what) did not come true within \(waited), in \(looks) looks")
    }
    try await Task.sleep(for: .milliseconds(5))
  }
}
