import Directory
import Foundation
import LDAP

extension Observer {
  /// How far the directory's clock is ahead of ours, in whole seconds; `nil` where the server does not show it.
  ///
  /// OpenLDAP shows it in its monitor (`monitorTimestamp` of `cn=Current,cn=Time,cn=Monitor`), 389 Directory Server in
  /// `cn=monitor` (`currenttime`).
  package func clockSkew() async throws(LDAPError) -> Int? {
    guard let (name, attribute) = clockEntry else { return nil }
    let asked = Date()
    do {
      guard let text = try await connection.entry(name, attributes: [attribute])?.text(attribute),
        let shown = GeneralizedTime(parsing: text)
      else { return nil }
      return DirectoryClock.skew(shown, asked: asked, answered: Date())
    } catch  where error.code == .operationFailed {
      return nil  // It may not be read, and that is no fault of the connection.
    }
  }

  private var clockEntry: (DistinguishedName, String)? {
    if let monitor = rootDSE.entry.text("monitorContext"),
      let name = try? DistinguishedName(parsing: "cn=Current,cn=Time,\(monitor)")
    {
      return (name, "monitorTimestamp")
    }
    guard rootDSE.vendor?.contains("389") == true else { return nil }
    return (DistinguishedName([RelativeDistinguishedName("cn", "monitor")]), "currenttime")
  }
}

/// What a clock that shows whole seconds tells.
enum DirectoryClock {
  /// How far a clock is ahead of ours, in seconds: 0 when it showed a second of those between question and answer.
  static func skew(_ shown: GeneralizedTime, asked: Date, answered: Date) -> Int {
    let time = Int(shown.secondsSince1970)
    let first = Int(asked.timeIntervalSince1970.rounded(.down))
    let last = max(first, Int(answered.timeIntervalSince1970.rounded(.down)))
    return time < first ? time - first : time > last ? time - last : 0
  }
}
