/// Waits until a condition holds, looking again every few milliseconds.
///
/// - Throws: ``Failure`` when it does not hold within the time; what the condition throws.
package func eventually(
  within limit: Duration = .seconds(60), _ what: String = "the condition",
  _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now.advanced(by: limit)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw Failure("\(what) did not come true within \(limit)") }
    try await Task.sleep(for: .milliseconds(5))
  }
}
