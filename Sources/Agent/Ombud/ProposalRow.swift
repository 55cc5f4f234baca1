import Directory
import HTTPTypes
import Hummingbird
import Reconciler

/// A file that was handed in, as programs are told of it.
struct ProposalRow: Encodable {
  /// By which it is put in force.
  var number: Int
  var rows: Int
  var findings: [ControlFinding]
  /// How many changes it would make; `nil` where there are errors.
  var changes: Int?
  /// How many roles would come and go.
  var roles: Int?
  /// Whether guards would hold it, until another person approves it.
  var isHeld: Bool

  init(_ proposed: ProposedFile) {
    number = proposed.id
    rows = proposed.rows
    findings = proposed.findings.map { ControlFinding($0) }
    changes = proposed.plan?.changes.count
    roles = proposed.plan?.roles?.changes.count
    isHeld = proposed.plan?.tripped.isEmpty == false
  }
}

extension Request {
  /// A desired-state file that is handed in as it is.
  ///
  /// - Throws: ``ControlFault``: 413 when it is too large, 415 when its type is neither YAML nor LDIF.
  func upload() async throws -> ProviderFiles.Upload {
    let formats: [String: ProviderFiles.Format] = [
      "application/yaml": .yaml, "text/ldif": .ldif, "application/ldif": .ldif,
    ]
    guard let format = formats[(headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()] else {
      throw ControlFault(
        OrderBodyReader.fault(
          "the body is a desired-state file", advice: "send it as application/yaml or text/ldif"),
        .unsupportedMediaType)
    }
    return ProviderFiles.Upload(try await octets(upTo: ProviderFiles.largest), format)
  }
}
