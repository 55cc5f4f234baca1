import Directory
import Foundation
import GRDB

// What parts of a plan are measured against.
extension Store {
  /// The figures of the whole; `nil` when they have never been kept, or cannot be read any more.
  package func baseline() throws(Refusal) -> Baseline? {
    let text = try read { db in try Data.fetchOne(db, sql: "SELECT text FROM baseline") }
    guard let text, let json = try? CanonicalJSON(parsing: [UInt8](text)) else { return nil }
    return try? Baseline(json: json)
  }

  /// Keeps the figures of the whole in place of those before.
  package func keep(_ baseline: Baseline) throws(Refusal) {
    let text = Data(baseline.json.text.utf8)
    try write { db in
      try db.execute(sql: "INSERT OR REPLACE INTO baseline (one, text) VALUES (1, ?)", arguments: [text])
    }
  }
}
