import LDAP
import TestKit
import Testing

@testable import Directory

@Suite struct `Where several files speak for one entry` {
  private func read(_ files: [(yaml: String, provider: String?)]) -> (
    state: DesiredState, findings: [Finding]
  ) {
    var reader = DesiredReader(
      profile: Catalogue.profile, management: Catalogue.management, schema: Catalogue.schema)
    for (number, file) in files.enumerated() {
      let scope = file.provider.map { ProviderScope(providers: [HSAIdentity($0)]) }
      reader.add(
        yaml: Array(file.yaml.utf8), file: "\(number).yaml", declared: SourceDeclaration(scope: scope))
    }
    return reader.finish()
  }

  private let row = "persons:\n  - {hsaIdentity: SE1-A, title: "

  @Test func `the region's wins over an ombud's, which is told so`() {
    let (state, findings) = read([(row + "Läkare}\n", nil), (row + "Chef}\n", "SE1-PA")])
    #expect(state.rows.count == 1 && state.position(of: 0).file == "0.yaml")
    #expect(findings.map(\.code) == ["region-speaks"] && findings[0].severity == .warning)
    #expect(findings[0].position?.file == "1.yaml")
  }

  @Test func `the first of two ombuds' wins, also where both say what they provide`() {
    let provides = "provides: [title]\n"
    for top in ["", provides] {
      let (state, findings) = read([
        (top + row + "Läkare}\n", "SE1-PA"), (top + row + "Chef}\n", "SE1-PB"),
      ])
      #expect(state.rows.count == 1 && state.position(of: 0).file == "0.yaml")
      #expect(findings.map(\.code) == ["region-speaks"] && !findings.haveErrors)
    }
  }

  @Test func `two of the region's are a fault as ever`() {
    let (_, findings) = read([(row + "Läkare}\n", nil), (row + "Chef}\n", nil)])
    #expect(findings.map(\.code) == ["duplicate-identity"] && findings.haveErrors)
  }
}
