import Foundation

extension Baseline {
  /// As the store keeps it.
  package var json: CanonicalJSON {
    [
      "entries": .number(entries), "observed": .counts(observed), "population": population.json,
      "readAt": .number(Int((readAt.timeIntervalSince1970 * 1_000).rounded())), "scale": scale.json,
    ]
  }

  /// Reads what ``json`` wrote.
  ///
  /// - Throws: what is not so in it.
  package init(json: CanonicalJSON) throws(CanonicalJSON.ContentError) {
    let reading = JSONReading(json)
    try reading.allow(["entries", "observed", "population", "readAt", "scale"])
    self.init(
      population: try Population(try reading("population")), observed: try reading("observed").counts(),
      scale: try RoleScale(try reading("scale")), entries: try reading("entries").number(),
      readAt: Date(timeIntervalSince1970: Double(try reading("readAt").number()) / 1_000))
  }
}
