import TestKit
import Testing

@Suite struct `The private server` {
  @Test func `answers when it is made and is gone when it is stopped`() async throws {
    let slapd = try await Slapd()
    let answer = try await Tool.run(
      "ldapwhoami", ["-H", slapd.ldapi, "-Y", "EXTERNAL", "-Q"], environment: ["LDAPNOINIT": "1"])
    #expect(answer.output == "dn:\(Slapd.adminDN.lowercased())\n")
    slapd.stop()
    let after = try await Tool.run("ldapwhoami", ["-H", slapd.ldapi, "-Y", "EXTERNAL", "-Q"], check: false)
    #expect(after.code != 0)
  }
}
