import Directory
import LDAP

extension Refusal {
  /// What standard error shows: what was found, why nothing was done, what to do next.
  package var lines: [String] {
    let word = exitCode == .refused ? "refused" : "error"
    return (findings.isEmpty ? [] : FindingsText(findings).text.splitLines + [""])
      + ["hsasync: \(word): \(VisibleText(message).text)"]
      + (advice.map { ["    \(VisibleText($0).text)"] } ?? [])
  }
}

extension LDAPError {
  /// What standard error shows.
  ///
  /// - Parameter showsDiagnostic: whether the server's own words are among it. They may repeat what nobody should find
  ///   in a log: they are for a terminal only.
  package func lines(showsDiagnostic: Bool = false) -> [String] {
    var lines = ["hsasync: error: \(VisibleText(description).text)"]
    if showsDiagnostic, let words = diagnostic, !words.isEmpty {
      lines.append("    the server says: \(VisibleText(words).text)")
    }
    if let advice { lines.append("    \(VisibleText(advice).text)") }
    return lines
  }
}

extension String {
  /// The lines of a text that ends with a line break, or does not.
  package var splitLines: [String] {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
