import Foundation

/// Addresses within the site, built so that no identity can break out of its own segment.
enum PagePath {
  private static let plain = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~")

  /// A path of the given segments, each encoded by itself.
  static func path(_ segments: String...) -> String {
    "/" + segments.map(encoded).joined(separator: "/")
  }

  /// One segment with everything but letters, digits and `-_~` percent-encoded.
  ///
  /// The full stop is encoded too: a segment `..` would otherwise climb.
  static func encoded(_ segment: String) -> String {
    segment.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
  }

  /// The current page in the other language; the rest of its query is kept.
  ///
  /// Anything that is not plainly a path of this site leads home: the address came with a request.
  static func inLanguage(_ language: PageFrame.Language, of current: String) -> String {
    let halves = current.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = halves.first.map(String.init) ?? "/"
    let isOurs = path.hasPrefix("/") && !path.hasPrefix("//") && !path.contains("\\")
    let query = halves.count > 1 ? halves[1].split(separator: "&").map(String.init) : []
    let kept = query.filter { !$0.hasPrefix("language=") && $0 != "language" }
    let items = (isOurs ? kept : []) + ["language=\(language.rawValue)"]
    return (isOurs ? path : "/") + "?" + items.joined(separator: "&")
  }
}
