import Directory
import Foundation
import Reconciler

/// A file that an ombud has handed in, with what was found in it and what it would have done; not in force.
package struct ProposedFile: Sendable {
  /// Its number, by which its owner, and nobody else, asks for it.
  package let id: Int
  package let upload: ProviderFiles.Upload
  /// As its owner called it.
  package let name: String
  package let provider: HSAIdentity
  package let actor: Actor
  package let time: Date
  /// The serial of the version that was in force.
  package let basis: Int
  package let findings: [Finding]
  package let rows: Int
  /// `nil` where there are errors.
  package let plan: Plan?

  init(
    _ upload: ProviderFiles.Upload, named name: String, for provider: HSAIdentity, by actor: Actor,
    basis: Int, findings: [Finding], rows: Int, plan: Plan?
  ) {
    id = Int.random(in: 1...999_999_999)
    self.upload = upload
    self.name = name
    self.provider = provider
    self.actor = actor
    time = Date()
    self.basis = basis
    // By the name that its owner knows it by: where the agent keeps its files is nobody's business.
    self.findings = findings.map { finding in
      guard let place = finding.position else { return finding }
      return Finding(
        finding.code, finding.severity,
        at: SourcePosition(file: name, line: place.line, column: place.column),
        subject: finding.subject, finding.message, advice: finding.advice)
    }
    self.rows = rows
    self.plan = plan
  }

  /// The line of the file that a finding is about; `nil` where it is about none.
  package func line(of finding: Finding) -> String? {
    guard let number = finding.position?.line, number > 0 else { return nil }
    let lines = upload.octets.split(separator: 0x0A, maxSplits: number, omittingEmptySubsequences: false)
    guard lines.count >= number else { return nil }
    return String(decoding: lines[number - 1].prefix(400), as: UTF8.self)
  }
}
