/// A provider's `contextCSN`: for each server that takes writes, the newest change that it has.
package struct ContextState: Hashable, Sendable {
  /// The newest change by server id, as the CSN's text.
  private var newest: [Substring: String] = [:]

  package init(_ values: [String]) {
    for value in values {
      // 20261121223213.123456Z#000000#001#000000: time, count, server id, modifier.
      let parts = value.split(separator: "#", omittingEmptySubsequences: false)
      guard parts.count == 4 else { continue }
      newest[parts[2]] = max(newest[parts[2]] ?? "", value)
    }
  }

  /// Whether nothing is known.
  package var isEmpty: Bool { newest.isEmpty }

  /// How many servers of `earlier` are missing here or have an older newest change.
  package func serversBehind(_ earlier: ContextState) -> Int {
    earlier.newest.count { server, csn in (newest[server] ?? "") < csn }
  }

  /// Whether a server in `earlier` is missing here or has an older newest change: the directory went back in time.
  package func isBehind(_ earlier: ContextState) -> Bool { serversBehind(earlier) > 0 }
}
