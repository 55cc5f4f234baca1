import Directory
import Foundation
import Reconciler
import TestKit
import Testing

@testable import Agent

@Suite struct `A role that only so many may hold` {
  private static let role = "SIA;Handläggare"
  private static let people = [LiveRegion.nurse, "SE2321000016-31SG"]

  private func region() async throws -> LiveRegion {
    let region = try await LiveRegion(["a.yaml": LiveRegion.person("telephoneNumber: \"+46812345678\"")])
    try region.folder.write(
      "roles.yaml",
      """
      rules:
        - rule: vakt
          role: "\(Self.role)"
          description: {sv: Vakt, en: On watch}
          source: a test
          when: {person: "(title=Vakthavande)"}
          scope: none
      constraints:
        - {roles: ["SIA;*"], maximum: 1}
      """)
    try region.folder.write(
      "hsasync.yaml",
      region.folder.text("hsasync.yaml").replacing(
        "rules: \(Repository.path("conf/roles.yaml"))", with: "rules: roles.yaml"))
    for person in Self.people {
      try await region.change(person, "changetype: modify\nreplace: title\ntitle: Vakthavande\n")
    }
    return region
  }

  private func holders(_ region: LiveRegion) async throws -> [String] {
    var holders: [String] = []
    for person in Self.people where try await region.values("hsaSystemRole", of: person).contains(Self.role) {
      holders.append(person)
    }
    return holders
  }

  @Test func `goes to the next one when its holder and the value are taken away by hand at once`()
    async throws
  {
    let region = try await region()
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    let first = try #require(try await holders(region).first)
    #expect(try await holders(region).count == 1)
    let value = Data(Self.role.utf8).base64EncodedString()
    try await region.change(
      first,
      "changetype: modify\nreplace: title\ntitle: Kurator\n-\ndelete: hsaSystemRole\nhsaSystemRole:: \(value)\n"
    )
    try await running.sees("the next one's holding it") {
      let now = try await holders(region)
      return now.count == 1 && now != [first]
    }
    try await running.settles()
  }

  @Test func `keeps nobody else's change waiting for a look at everything`() async throws {
    let region = try await region()
    try await region.align()
    let running = try region.agent()
    try await running.settles()
    // The first change after a start finds out who they are.
    for number in 1...2 {
      try await region.change(
        "SE2321000016-31F8", "changetype: modify\nreplace: hsaAltText\nhsaAltText: nummer \(number)\n")
      try await running.settles()
    }
    try await region.change(
      LiveRegion.nurse, "changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +46800000000\n")
    try await running.sees("the number's being put right") {
      try await region.values("telephoneNumber", of: LiveRegion.nurse) == ["+46812345678"]
    }
    #expect(try await holders(region).count == 1)
  }
}
