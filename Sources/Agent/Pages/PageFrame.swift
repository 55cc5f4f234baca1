/// What surrounds every page: who reads it, in which language, and what was just done.
struct PageFrame: Sendable {
  /// The languages that the pages speak.
  enum Language: String, CaseIterable, Sendable {
    case swedish = "sv"
    case english = "en"

    /// The one to switch to.
    var other: Language { self == .swedish ? .english : .swedish }
  }

  /// One message about what the reader just did.
  struct Notice: Sendable {
    enum Kind: String, CaseIterable, Sendable {
      case success, info, problem
    }

    var kind: Kind
    var text: String
  }

  var language: Language
  /// Absent on refusals, where nobody is signed in.
  var userName: String?
  var userID: String?
  var csrf: String
  /// The current path with its query, for the language switch.
  var path: String
  var notice: Notice?
}

extension PageFrame {
  /// What the frame's template reads.
  func fields(title: String, trail: [PageCrumb], words: Words) -> PageField {
    .group([
      "title": .text(title),
      "userName": .optional(userName),
      "userID": .optional(userID),
      "isKnown": .flag(userID != nil),
      "csrf": .text(csrf),
      "otherLanguage": .text(language.other.rawValue),
      "languageLink": .text(PagePath.inLanguage(language.other, of: path)),
      "notice": .optional(
        notice.map { notice in
          [
            "kind": .text(notice.kind.rawValue), "text": .text(notice.text),
            "word": .text(words.frame.word(for: notice.kind)),
            "role": .text(notice.kind == .problem ? "alert" : "status"),
          ]
        }),
      "hasTrail": .flag(!trail.isEmpty),
      "trail": .groups(trail) { ["link": .text($0.link), "text": .text($0.text)] },
    ])
  }
}
