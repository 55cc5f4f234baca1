import Foundation

/// What has been in force and what has been done, by whom.
struct HistoryPage: Page {
  /// A version of the provider's file.
  struct Version: Sendable {
    var serial: Int
    var at: Date
    var by: String
    var rows: Int
    /// The first digits of its SHA-256.
    var digest: String
    var note: String?
    var isInForce: Bool
  }

  /// Something that somebody did.
  struct Event: Sendable {
    var at: Date
    var by: String
    var byID: String
    var what: String
    /// The run that it led to.
    var run: Int?
    var outcome: String
  }

  var providerID: String
  var providerName: String
  /// Newest first, both of them.
  var versions: [Version]
  var events: [Event]
}

extension HistoryPage {
  static let templateName = "history"

  func title(_ words: Words) -> String { words.history.title }

  func trail(_ words: Words) -> [PageCrumb] {
    [.home(words), .provider(providerID, providerName)]
  }

  func fields(_ words: Words) -> [String: PageField] {
    let place = PagePath.path("providers", providerID, "versions")
    return [
      "hasVersions": .flag(!versions.isEmpty),
      "versions": .groups(versions) { $0.fields(words, in: place) },
      "hasHistory": .flag(!events.isEmpty),
      "history": .groups(events) { $0.fields },
    ]
  }
}

extension HistoryPage.Version {
  fileprivate func fields(_ words: Words, in place: String) -> [String: PageField] {
    [
      "serial": .number(serial),
      "at": .time(at),
      "by": .text(by),
      "rows": .number(rows),
      "digest": .text(digest),
      "note": .optional(note),
      "link": .text("\(place)/\(serial)"),
      "download": .text(words.history.downloadVersion(serial)),
      "isInForce": .flag(isInForce),
    ]
  }
}

extension HistoryPage.Event {
  /// One row of a history.
  var fields: [String: PageField] {
    [
      "at": .time(at),
      "by": .text(by),
      // Whose name nobody knows is told once.
      "byID": .optional(byID == by ? nil : byID),
      "what": .text(what),
      "run": .optional(run.map { String($0) }),
      "outcome": .text(outcome),
    ]
  }
}
