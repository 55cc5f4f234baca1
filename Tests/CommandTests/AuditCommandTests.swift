import Directory
import Foundation
import Reconciler
import TestKit
import Testing

/// `hsasync audit verify` as an operator meets it.
@Suite struct AuditCommandTests {
  /// A log with so many records in a folder of its own, and the head of the last but one.
  private func log(_ folder: TemporaryFolder, records: Int) throws -> AuditMark {
    let log = try AuditLog.open(folder: folder.path("audit"))
    let actor = Actor(user: "anna", uid: 1001, host: "agent1")
    var head = log.mark
    for number in 1...records {
      head = log.mark
      try log.append([AuditEvent(.released, by: actor, run: number)])
    }
    return head
  }

  private func verify(
    _ folder: TemporaryFolder, _ arguments: [String] = [], input: String = ""
  ) async throws -> Tool.Answer {
    try await Command.run(["audit", "verify", folder.path("audit")] + arguments, input: input)
  }

  @Test func `a sound log is said to be sound, and what would not have been seen`() async throws {
    let folder = try TemporaryFolder()
    let head = try log(folder, records: 12)
    let answer = try await verify(folder, ["--language", "en"])
    #expect(answer.code == 0, "\(answer)")
    #expect(answer.output.hasPrefix("The audit log is sound: 12 records in 1 file, numbers 1 to 12.\n"))
    #expect(answer.output.contains("compared with no head"))
    let journal = "Jan 15 09:00:00 agent1 hsasync[1]: audit head \(head.sequence) \(head.hash)\n"
    let compared = try await verify(folder, ["--head", "-", "--language", "sv"], input: journal)
    #expect(compared.code == 0, "\(compared)")
    #expect(
      compared.output == """
        Revisionsloggen är hel: 12 poster i 1 fil, nummer 1 till 12.
        Den stämmer med 1 kontrollpunkt på annan plats.

        """)
  }

  @Test func `the first wrong line is named, for people and for machines, and the exit code is 65`()
    async throws
  {
    let folder = try TemporaryFolder()
    let head = try log(folder, records: 9)
    try folder.write("head", "\(head.sequence) \(head.hash) 2027-01-15T08:00:00.000Z\n")
    let file = folder.path("audit/audit.ndjson")
    let lines = folder.text("audit/audit.ndjson").split(separator: "\n").map(String.init)
    try folder.write("audit/audit.ndjson", lines[..<6].joined(separator: "\n") + "\n")
    #expect(try await verify(folder).code == 0)
    let cut = try await verify(folder, ["--head", folder.path("head"), "--language", "en"])
    #expect(cut.code == 65, "\(cut)")
    #expect(
      cut.output.hasPrefix("\(file):7: the log ends here, and once had record 8: its end was cut off\n"))
    #expect(cut.output.hasSuffix("Before that place: 6 sound records.\n"))
    let changed = lines.map { $0.replacing(#""run":4"#, with: #""run":5"#) }
    try folder.write("audit/audit.ndjson", changed.joined(separator: "\n") + "\n")
    let json = try await verify(folder, ["--format", "json"])
    #expect(json.code == 65)
    #expect(
      json.output.contains(#""fault":{"expected":4,"file":"\#(file)","found":4,"kind":"changed","line":4}"#))
    #expect(json.output.contains(#""sound":false"#))
  }

  @Test func `wrong use is said, and no log is no sound log`() async throws {
    let folder = try TemporaryFolder()
    #expect(try await verify(folder).code == 64)
    _ = try log(folder, records: 1)
    #expect(try await verify(folder, ["--from", "0"]).code == 64)
    #expect(try await verify(folder, ["--head", "-"], input: "nothing\n").code == 64)
    #expect(try await verify(folder, ["--head", folder.path("none")]).code == 64)
  }
}

/// `hsasync seal` as whoever makes the files meets it.
@Suite struct SealCommandTests {
  private static let row =
    "functions: [{hsaIdentity: SE2321000016-F001, parent: SE2321000016-1000, cn: Kassa}]\n"

  private func bench(_ policy: String) throws -> (folder: TemporaryFolder, arguments: [String]) {
    let folder = try TemporaryFolder()
    try folder.write("conf/desired/a.yaml", Self.row)
    try folder.write("conf/profiles/hsa.yaml", Repository.bytes("conf/profiles/hsa.yaml"))
    let path = try folder.write(
      "conf/hsasync.yaml",
      """
      server: {url: ldapi://%2Fnone, bind: {method: external}}
      base: o=Region Exempel,c=SE
      profile: hsa
      store: \(folder.path("store"))
      manage: {function: {own: [cn]}}
      schema: [\(Repository.path("schemas/hsa.schema"))]
      desired: [{files: desired, manifest: \(policy)}]
      """)
    return (folder, ["--config", path])
  }

  @Test func `a sealed set is read, and refused with 65 once it is cut`() async throws {
    let (folder, config) = try bench("required")
    let unsealed = try await Command.run(["check"] + config)
    #expect(unsealed.code == 65 && unsealed.output.contains("manifest-missing"), "\(unsealed)")
    let sealed = try await Command.run(["seal", "--language", "en"] + config)
    #expect(sealed.code == 0, "\(sealed)")
    #expect(sealed.output == "Sealed desired: serial 1, 1 file, 1 row.\n")
    #expect(sealed.errors == "")
    let attributes = try FileManager.default.attributesOfItem(
      atPath: folder.path("conf/desired/manifest.json"))
    #expect(attributes[.posixPermissions] as? Int == 0o644)
    #expect(try await Command.run(["check"] + config).code == 0)
    try folder.write("conf/desired/a.yaml", Self.row.dropLast(20) + "")
    let cut = try await Command.run(["check"] + config)
    #expect(cut.code == 65 && cut.output.contains("sealed-file-truncated"), "\(cut)")
  }

  @Test func `sealing again counts on, is recorded where there is a store, and speaks Swedish`() async throws
  {
    let (folder, config) = try bench("optional")
    #expect(try await Command.run(["seal"] + config).code == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("store")))
    try folder.folder("store")
    let again = try await Command.run(["seal", "--language", "sv", "desired"] + config)
    #expect(again.output == "Förseglade desired: löpnummer 2, 1 fil, 1 rad.\n", "\(again)")
    #expect(folder.text("store/audit/audit.ndjson").contains(#""event":"sealed""#))
    #expect(try await Command.run(["audit", "verify"] + config).code == 0)
    let low = try await Command.run(["seal", "--serial", "1"] + config)
    #expect(low.code == 64 && low.errors.contains("lower than 2"), "\(low)")
    let json = try await Command.run(["seal", "--serial", "9", "--format", "json"] + config)
    #expect(json.output.contains(#""serial":9"#))
  }
}
