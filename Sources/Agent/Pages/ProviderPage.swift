import Foundation

/// One provider: what is in force, what waits, what is under way, and the way to upload.
struct ProviderPage: Page {
  /// The desired-state file that is in force.
  struct File: Sendable {
    var serial: Int
    var uploadedAt: Date
    var uploadedBy: String
  }

  /// A file that was uploaded and neither accepted nor discarded.
  struct Proposal: Sendable {
    var number: Int
    var fileName: String
    var at: Date
    var by: String
    var errors: Int
  }

  /// A plan that a guard held.
  struct WaitingPlan: Sendable {
    var code: String
    var since: Date
    var reasons: [String]
  }

  /// A request that is queued or running.
  struct Request: Sendable {
    var id: String
    var what: String
    var state: RequestPage.State
    var since: Date
  }

  var id: String
  var name: String
  var state: HomePage.State
  var sentence: String
  /// Absent when it has no beginning.
  var mandateFrom: Date?
  /// Absent when the mandate runs until further notice.
  var mandateTo: Date?
  /// How the mandate was given.
  var mandateGiven: String
  var file: File?
  var proposals: [Proposal]
  var plansWaiting: [WaitingPlan]
  var requests: [Request]
  /// The latest events, newest first.
  var history: [HistoryPage.Event]
}

extension ProviderPage {
  static let templateName = "provider"

  func title(_ words: Words) -> String { name }

  func trail(_ words: Words) -> [PageCrumb] { [.home(words)] }

  func fields(_ words: Words) -> [String: PageField] {
    let place = PagePath.path("providers", id)
    return [
      "id": .text(id),
      "place": .text(place),
      "state": state.field(words),
      "sentence": .text(sentence),
      "mandateFrom": .time(mandateFrom),
      "mandateTo": .time(mandateTo),
      "mandateGiven": .text(mandateGiven),
      "file": .optional(file?.fields(words)),
      "hasProposals": .flag(!proposals.isEmpty),
      "proposals": .groups(proposals) { $0.fields(words, in: place) },
      "hasPlans": .flag(!plansWaiting.isEmpty),
      "plans": .groups(plansWaiting) { $0.fields },
      "hasWork": .flag(!requests.isEmpty || !proposals.isEmpty),
      "hasRequests": .flag(!requests.isEmpty),
      "requests": .groups(requests) { $0.fields(words) },
      "hasHistory": .flag(!history.isEmpty),
      "history": .groups(history) { $0.fields },
    ]
  }
}

extension ProviderPage.File {
  func fields(_ words: Words) -> [String: PageField] {
    [
      "serial": .text(words.provider.version(serial)),
      "at": .time(uploadedAt),
      "by": .text(uploadedBy),
    ]
  }
}

extension ProviderPage.Proposal {
  fileprivate func fields(_ words: Words, in place: String) -> [String: PageField] {
    [
      "link": .text("\(place)/proposals/\(number)"),
      "fileName": .text(fileName),
      "at": .time(at),
      "by": .text(by),
      "verdict": .text(words.provider.errors(errors)),
    ]
  }
}

extension ProviderPage.WaitingPlan {
  fileprivate var fields: [String: PageField] {
    [
      "code": .text(code),
      "link": .text(PagePath.path("plans", code)),
      "since": .time(since),
      "reasons": .texts(reasons),
    ]
  }
}

extension ProviderPage.Request {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    [
      "what": .text(what),
      "link": .text(PagePath.path("requests", id)),
      "state": state.field(words),
      "since": .time(since),
    ]
  }
}
