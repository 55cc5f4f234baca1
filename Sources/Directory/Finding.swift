/// A place in a file that a person wrote.
package struct SourcePosition: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The path as it was given.
  package var file: String
  /// Counted from 1.
  package var line: Int
  /// Counted from 1, in characters.
  package var column: Int

  package init(file: String, line: Int, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String { "\(file):\(line):\(column)" }

  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

/// Something wrong, or worth knowing, about a desired state, a configuration or what a directory holds.
///
/// A finding never holds a person's data: it names the place, the rule, and the subject by HSA-id.
package struct Finding: Hashable, Sendable {
  /// How much it matters: an error stops the plan, a warning does not.
  package enum Severity: String, Hashable, Sendable, Codable { case error, warning }

  /// A stable code by which it is looked up, such as `duplicate-identity`.
  package var code: String
  package var severity: Severity
  /// Where it was found; `nil` when it is about the directory.
  package var position: SourcePosition?
  /// The other place, where two places disagree.
  package var other: SourcePosition?
  /// The HSA-id of the entry concerned.
  package var subject: HSAIdentity?
  /// What is wrong, and why that is so; one sentence, no full stop.
  package var message: String
  /// What to do next; one sentence, no full stop.
  package var advice: String?

  package init(
    _ code: String, _ severity: Severity = .error, at position: SourcePosition? = nil,
    and other: SourcePosition? = nil,
    subject: HSAIdentity? = nil, _ message: String, advice: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.position = position
    self.other = other
    self.subject = subject
    self.message = message
    self.advice = advice
  }
}
