import Crypto
import Foundation
import LDAP

/// A plan as a file, to be read by machines, reviewed by others and applied as it is; `schemas/plan.schema.json`
/// describes it.
///
/// It is canonical: the same plan is the same octets, keys in alphabetical order, one change of an entry a line. There are two
/// forms. The *saved* one holds every value, those of protected persons and personal numbers too, is to be kept like the
/// directory itself, and is the only one that can be applied. The *redacted* one is for sharing: personal numbers stand as
/// `{"masked": "personalNumber"}`, and a protected person's change has its HSA-id, action and cause only. It has
/// no full digest either, from which what is masked could be found by trying.
package struct PlanFile: Sendable {
  /// Raised when something that was there means something else, or is gone.
  package static let formatVersion = 2

  private let plan: Plan
  private let profile: Profile

  package init(_ plan: Plan, profile: Profile) {
    self.plan = plan
    self.profile = profile
  }

  /// Writes the whole text, change by change.
  ///
  /// - Returns: the SHA-256 that a saved file carries and ``read(_:path:)`` gives back, in hexadecimal; of a
  ///   redacted text that of what was written, which it does not carry.
  @discardableResult
  package func write(to out: inout some TextOutputStream, redacted: Bool) -> String {
    let disclosure = redacted ? Disclosure(of: plan, profile: profile) : nil
    return PlanFileText(plan, disclosure: disclosure).write { out.write($0) }
  }

  package func text(redacted: Bool) -> String {
    var text = ""
    write(to: &text, redacted: redacted)
    return text
  }

  /// The saved form and its SHA-256: what a store keeps, and an approval names.
  package func saved() -> (bytes: [UInt8], sha256: String) {
    var bytes: [UInt8] = []
    let sum = PlanFileText(plan, disclosure: nil).write { bytes += $0.utf8 }
    return (bytes, sum)
  }

  /// Reads a saved plan.
  ///
  /// Nothing is read but what this version writes, octet by octet, with its checksum and its digest right.
  /// - Parameter path: what the findings call the file.
  /// - Returns: the plan, and the SHA-256 in hexadecimal over all of the file: one octet that is another gives another.
  /// - Throws: the one finding that stands in the way, with its place: `plan-file-truncated`, `plan-file-form`,
  ///   `plan-file-version`, `plan-file-redacted`, `plan-file-checksum`, `plan-file-content`, `plan-file-order` or
  ///   `plan-file-digest`.
  package static func read(_ bytes: [UInt8], path: String) throws(Findings) -> (plan: Plan, sha256: String) {
    do {
      return try PlanFileReader(bytes).read()
    } catch {
      throw Findings([error.finding(in: path)])
    }
  }
}

/// The text of a plan file, piece by piece.
struct PlanFileText {
  private let plan: Plan
  private let disclosure: Disclosure?
  private let changes: ChangeJSON

  /// - Parameter disclosure: what may be shown; `nil`: everything, as it is.
  init(_ plan: Plan, disclosure: Disclosure?) {
    self.plan = plan
    self.disclosure = disclosure
    changes = ChangeJSON(disclosure: disclosure)
  }

  /// Writes all of it; gives the SHA-256 of what stands before the checksum, which is the last line.
  func write(_ emit: (String) -> Void) -> String {
    var hash = SHA256()
    pieces { piece in
      var piece = piece
      piece.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
      emit(piece)
    }
    let sum = hash.finalize().hexadecimal
    emit(disclosure == nil ? "\"sha256\":\"\(sum)\"}\n" : "}\n")
    return sum
  }

  private func pieces(_ emit: (String) -> Void) {
    var isFirst = true
    for (name, value) in head {
      emit((isFirst ? "{\"" : ",\n\"") + name + "\":" + value.text)
      isFirst = false
    }
    emit(",\n\"changes\":[")
    for (index, change) in plan.changes.enumerated() {
      emit((index > 0 ? ",\n" : "\n") + line(change).text)
    }
    emit("]")
    for (name, value) in tail { emit(",\n\"" + name + "\":" + value.text) }
    if disclosure == nil { emit(",\n") }
  }

  /// What comes before the changes; each list is in alphabetical order, as everywhere in it.
  private var head: [(String, CanonicalJSON)] {
    let base = disclosure?.name(plan.base) ?? plan.base.description
    return PlanFileText.present([
      ("absentees", saved { .array(plan.absentees.map { .string($0.text) }) }),
      ("applicable", .bool(plan.obstacle == nil)), ("base", .string(base)),
    ])
  }

  private var tail: [(String, CanonicalJSON)] {
    let digest = plan.digest
    return PlanFileText.present([
      ("code", .string(digest.code)), ("counts", counts), ("desired", plan.desired.json),
      ("digest", saved { .string(digest.hex) }), ("findings", .array(plan.findings.map(\.json))),
      ("foreseen", .array(plan.foreseen.map { $0.json(isRedacted: disclosure != nil) })),
      ("formatVersion", .number(PlanFile.formatVersion)), ("guards", .array(plan.guards.map(\.json))),
      ("instant", .string(plan.instant.wholeSecondsText)), ("observed", .counts(plan.observed)),
      ("ofEndings", .bool(plan.isOfEndings)), ("part", plan.part.map { .string($0) }),
      ("population", saved { plan.population.json }), ("proof", plan.proof.json),
      ("redacted", .bool(disclosure != nil)),
      ("roles", plan.roles.map(RolesJSON(disclosure: disclosure).object)),
    ])
  }

  private static func present(_ members: [(String, CanonicalJSON?)]) -> [(String, CanonicalJSON)] {
    members.compactMap { name, value in value.map { (name, $0) } }
  }

  private func saved(_ value: () -> CanonicalJSON) -> CanonicalJSON? { disclosure == nil ? value() : nil }

  private var counts: CanonicalJSON {
    var counts = Dictionary(
      uniqueKeysWithValues: Change.Action.allCases.map { ($0.rawValue, CanonicalJSON.number(plan.count($0))) }
    )
    counts["unchanged"] = .number(plan.unchanged)
    counts["byAbsence"] = .number(plan.changes.count(where: \.isByAbsence))
    counts["endings"] = .number(plan.changes.count(where: \.isEnding))
    return .object(counts)
  }

  private func line(_ change: Change) -> CanonicalJSON {
    var members = changes.members(of: change)
    if disclosure == nil || !change.isProtected { members["inverse"] = changes.inverse(of: change) }
    return CanonicalJSON(present: members)
  }
}
