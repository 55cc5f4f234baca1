import Directory
import Foundation

extension Adoption {
  /// By which entryUUID an HSA-id was known, and which it has now.
  package func told(_ language: Language) -> String {
    let identity = VisibleText(identity.text).text
    let since = since.formatted(.iso8601)
    let (old, new) = (VisibleText(replaced).text, VisibleText(entryUUID).text)
    return language.say(
      """
      \(identity)
          known by  \(old) since \(since)
          is now    \(new)
      """,
      """
      \(identity)
          känd som  \(old) sedan \(since)
          är nu     \(new)
      """)
  }
}
