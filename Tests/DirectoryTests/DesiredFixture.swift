import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// The catalogue of the tests of desired state: the shipped profile and schema, and a management of every list.
enum Catalogue {
  static let profile = loaded {
    try Profile(parsing: try Repository.bytes("conf/profiles/hsa.yaml"), file: "hsa.yaml")
  }
  static let schema = loaded {
    let text = String(decoding: try Repository.bytes("schemas/hsa.schema"), as: UTF8.self)
    return Schema.standard.merging(try Schema.parsing(slapdSchema: [text]))
  }
  static let management = loaded { try managed(manage, profile) }
  /// A reader that has read nothing; a copy costs nothing.
  static let reader = DesiredReader(profile: profile, management: management, schema: schema)
  static let manage = """
    organisation: {own: [telephoneNumber, mail], merge: [objectClass, description]}
    unit: {absent: deactivate, own: [ou, telephoneNumber, mail, startDate, endDate, route, manager,
      hsaResponsibleHealthCareProvider, hsaHealthCareUnitMember], merge: [objectClass, description]}
    function: {absent: delete, own: [telephoneNumber, mail, roleOccupant], create: [cn], merge: [description]}
    person: {absent: deactivate, own: [givenName, sn, fullName, personalIdentityNumber, mail, title, telephoneNumber,
      manager, jpegPhoto, hsaSyncId, startDate, endDate, hsaPassportValidThrough],
      create: [cn], merge: [objectClass, description]}
    commission: {own: [hsaCommissionPurpose, hsaCommissionRight, hsaCommissionMember, startDate, endDate],
      create: [cn], merge: [description]}
    """

  static func managed(_ yaml: String, _ profile: Profile) throws -> Management {
    let document = try YAMLDocument(parsing: Array(yaml.utf8), file: "hsasync.yaml")
    return try Management(parsing: document.root, file: "hsasync.yaml", profile: profile)
  }

  private static func loaded<Value>(_ load: () throws -> Value) -> Value {
    do { return try load() } catch { fatalError("the shipped files are not readable: \(error)") }
  }
}

/// The plan's instant of these tests: 2026-06-01.
let noon = Date(timeIntervalSince1970: 1_780_308_000)

/// Reads files of rows, and gives the state with what reading and checking found.
func desired(
  _ yaml: String..., management: Management = Catalogue.management, profile: Profile = Catalogue.profile,
  observed: [String]? = nil
) -> (state: DesiredState, findings: [Finding]) {
  var reader = DesiredReader(profile: profile, management: management, schema: Catalogue.schema)
  for (index, text) in yaml.enumerated() {
    reader.add(yaml: Array(text.utf8), file: "\("abcdef".map(String.init)[index]).yaml")
  }
  let (state, findings) = reader.finish()
  var index: ByteIndex?
  if let observed {
    var known = ByteIndex(foldingCase: true)
    for identity in observed { _ = known.insert(identity) }
    index = known
  }
  let checked = state.check(
    profile: profile, management: management, schema: Catalogue.schema, instant: noon, observed: index)
  return (state, (findings + checked).inOrder)
}

extension [Finding] {
  /// `code line:column` of each, the file left out where it is the first.
  var brief: [String] {
    map { finding in
      let mark = finding.severity == .warning ? "?" : ""
      guard let place = finding.position else { return "\(finding.code)\(mark)" }
      let file = place.file == "a.yaml" ? "" : place.file + ":"
      let other =
        finding.other.map { " & \($0.file == "a.yaml" ? "" : $0.file + ":")\($0.line):\($0.column)" } ?? ""
      return "\(finding.code)\(mark) \(file)\(place.line):\(place.column)\(other)"
    }
  }
}

extension DesiredState {
  /// A row as text: attributes in order, values joined by `|`.
  func text(_ row: Int) -> [String: String] {
    table.withRows { rows in
      var result: [String: String] = [:]
      for attribute in rows.attributes(of: row) {
        result[table.names[rows.name(of: attribute)]] = rows.values(of: attribute)
          .map { String(decoding: rows.bytes(of: $0), as: UTF8.self) }.joined(separator: "|")
      }
      return result
    }
  }
}

/// The findings with which something was refused.
func refusal(_ body: () throws -> Void) -> [Finding] {
  do {
    try body()
    return []
  } catch let error as Findings {
    return error.all
  } catch {
    Issue.record("another error: \(error)")
    return []
  }
}
