/// A page of the ombud, as a value: what it says, and nothing of how it looks.
protocol Page: Sendable {
  /// The name under which its template is kept in ``Pages``.
  static var templateName: String { get }
  /// The title of the window and the one heading of the first level.
  func title(_ words: Words) -> String
  /// The way back, outermost first; the page itself is left out.
  func trail(_ words: Words) -> [PageCrumb]
  /// What the template reads.
  func fields(_ words: Words) -> [String: PageField]
}

/// One step of the way back to the first page.
struct PageCrumb: Sendable {
  var link: String
  var text: String

  /// The first page, where every way back begins.
  static func home(_ words: Words) -> PageCrumb {
    PageCrumb(link: "/", text: words.home.title)
  }

  /// A provider's own page, above everything that belongs to the provider.
  static func provider(_ id: String, _ name: String) -> PageCrumb {
    PageCrumb(link: PagePath.path("providers", id), text: name)
  }
}
