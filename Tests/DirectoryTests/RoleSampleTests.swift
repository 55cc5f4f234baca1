import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory

/// The rules that are shipped: the active ones and the examples.
@Suite struct RoleSampleTests {
  static let files = ["conf/roles.yaml"] + yaml(in: "conf/examples")
  static let requestFiles = yaml(in: "conf/examples/requests")

  private static func yaml(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Repository.path(folder))) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
  }

  private func rules(_ file: String, requests: [String] = []) throws -> RoleRules {
    try RoleRules(
      parsing: try Repository.bytes(file), file: file, profile: Catalogue.profile,
      requests: try requests.map { (try Repository.bytes($0), $0) })
  }

  @Test func `there are active rules, and more that are examples`() {
    #expect(Self.files.count >= 9 && !Self.requestFiles.isEmpty)
  }

  @Test(arguments: files)
  func `each file is read without a fault, its rules known to profile and schema`(_ file: String) throws {
    let rules = try rules(file)
    #expect(rules.warnings.map(\.message) == [])
    let found = rules.check(profile: Catalogue.profile, schema: Catalogue.schema, asOf: noon)
    #expect(
      found.filter { $0.code != "example-fails" }.map { "\($0.position?.description ?? "") \($0.message)" }
        == [])
    for rule in rules.rules {
      #expect(rule.examples.count >= 2, "\(rule.name)")
      #expect(rule.examples.contains { $0.gives.isEmpty } && rule.examples.contains { !$0.gives.isEmpty })
    }
  }

  @Test func `a file of requests is read beside the rules`() throws {
    let alone = try rules("conf/roles.yaml")
    let both = try rules("conf/roles.yaml", requests: Self.requestFiles)
    #expect(both.requests.count > alone.requests.count && both.digest != alone.digest)
    #expect(both.warnings.isEmpty)
  }

  @Test func `examples say that they are inactive, and what is not known`() throws {
    for file in Self.files.dropFirst() {
      let text = String(decoding: try Repository.bytes(file), as: UTF8.self)
      #expect(text.contains("# INACTIVE.") && text.contains("# Not known:"), "\(file)")
    }
  }

  /// Rules read what others write: an attribute that a target of roles writes would feed itself.
  @Test(arguments: files)
  func `no rule reads the attribute that roles are written to`(_ file: String) throws {
    for rule in try rules(file).rules {
      let names =
        rule.conditions.flatMap(\.filter.attributes)
        + rule.role.parts.compactMap {
          if case .attribute(_, let name) = $0 { name } else { nil }
        }
      #expect(!names.contains { $0.equalsIgnoringASCIICase("hsaSystemRole") }, "\(rule.name)")
    }
  }

  @Test func `a file that was cut is read as fewer rules or refused, and never something else`() throws {
    let bytes = try Repository.bytes("conf/roles.yaml")
    let whole = try rules("conf/roles.yaml")
    var refused = 0
    for length in stride(from: 0, to: bytes.count, by: 37) {
      do {
        let cut = try RoleRules(parsing: Array(bytes[..<length]), file: "a.yaml", profile: Catalogue.profile)
        #expect(cut.rules.count <= whole.rules.count && cut.digest != whole.digest)
        #expect(zip(cut.rules, whole.rules).allSatisfy { $0.name == $1.name })
      } catch {
        refused += 1
        #expect(error.all.haveErrors)
        #expect(error.all.allSatisfy { $0.position?.file == "a.yaml" })
      }
    }
    #expect(refused > 100)
  }

  @Test func `octets that were swapped are read or refused, and nothing breaks`() throws {
    let bytes = try Repository.bytes("conf/roles.yaml")
    for at in stride(from: 0, to: bytes.count, by: 61) {
      var other = bytes
      other[at] = [0x7B, 0x22, 0x28, 0x3A, 0x0A, 0xFF, 0x29, 0x2D][at % 8]
      do throws(Findings) {
        let read = try RoleRules(parsing: other, file: "a.yaml", profile: Catalogue.profile)
        #expect(!read.rules.isEmpty)
      } catch {
        #expect(error.all.haveErrors)
      }
    }
  }
}
