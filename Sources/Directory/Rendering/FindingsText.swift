/// Findings as lines that an editor can jump to: `file:line:column: error: message [code]`, and what to do beneath.
package struct FindingsText {
  let findings: [Finding]
  private let language: Language

  /// Sorted by place, those about the directory last.
  ///
  /// - Parameter language: of what counts them; findings themselves are in English, so that they can be looked up.
  package init(_ findings: [Finding], language: Language = .english) {
    self.findings = findings.sorted(by: FindingsText.precedes)
    self.language = language
  }

  /// All findings and a line that counts them; nothing when there are none.
  package func write(to out: inout some TextOutputStream) {
    for finding in findings { write(finding, to: &out) }
    if !findings.isEmpty { out.write("\n" + FindingsText.count(findings, language) + "\n") }
  }

  /// The findings as one text.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Such as `2 errors, 1 warning`.
  package static func count(_ findings: [Finding], _ language: Language = .english) -> String {
    let errors = findings.count { $0.severity == .error }
    let warnings = findings.count - errors
    let parts = [
      errors > 0 ? language.count(errors, .error) : nil,
      warnings > 0 ? language.count(warnings, .warning) : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  private func write(_ finding: Finding, to out: inout some TextOutputStream) {
    let place = finding.position.map { VisibleText($0.description).text } ?? "directory"
    let message = VisibleText(finding.message).text
    let subject = finding.subject.map { VisibleText($0.text).text }.flatMap {
      message.contains($0) ? nil : $0 + ": "
    }
    out.write("\(place): \(finding.severity.rawValue): \(subject ?? "")\(message) [\(finding.code)]\n")
    if let other = finding.other { out.write("    see also \(VisibleText(other.description).text)\n") }
    if let advice = finding.advice { out.write("    \(VisibleText(advice).text)\n") }
  }

  private static func precedes(_ left: Finding, _ right: Finding) -> Bool {
    switch (left.position, right.position) {
    case (let left?, let right?) where left != right: left < right
    case (.some, nil): true
    case (nil, .some): false
    default:
      (left.code, left.subject?.normalForm ?? "", left.message) < (
        right.code, right.subject?.normalForm ?? "", right.message
      )
    }
  }
}

extension Int {
  /// The number in groups of three digits: `18 211`.
  package var grouped: String {
    let digits = String(magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(" ") }
      result.append(digit)
    }
    return self < 0 ? "-" + result : result
  }

  /// The number and what is counted: `1 error`, `2 errors`, `1 entry`, `2 entries`.
  package func counting(_ noun: String) -> String {
    if self == 1 { return "1 " + noun }
    return grouped + " " + (noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "s")
  }
}
