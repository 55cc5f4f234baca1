/// The language of what people read; machine formats are never localised.
package enum Language: String, CaseIterable, Hashable, Sendable {
  case english = "en"
  case swedish = "sv"

  /// The language of a locale as POSIX writes it (`sv_SE.UTF-8`); English for all that is not Swedish.
  package init(locale: String) { self = locale.asciiLowercased.hasPrefix("sv") ? .swedish : .english }

  /// Picks the wording.
  package func say(_ english: @autoclosure () -> String, _ swedish: @autoclosure () -> String) -> String {
    self == .english ? english() : swedish()
  }
}
