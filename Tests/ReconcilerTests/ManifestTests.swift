import Directory
import Foundation
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// Desired files in a folder of their own, and a configuration that requires them to be sealed.
struct SealedBench {
  let folder: TemporaryFolder
  var configuration: Configuration
  let schema: Schema
  var set: String { folder.path("set") }
  var manifest: String { folder.path("set/manifest.json") }

  static let yaml = """
    functions:
      - {hsaIdentity: SE2321000016-F001, parent: SE2321000016-1000, cn: Kassa}
      - {hsaIdentity: SE2321000016-F002, parent: SE2321000016-1000, cn: Lab}

    """
  static let ldif = """
    dn: cn=Person,ou=Enhet,o=Region Exempel,c=SE
    objectClass: person
    objectClass: hsaPersonExtension
    cn: Person
    sn: Person
    hsaIdentity: SE2321000016-P1

    """

  init(_ policy: Configuration.ManifestPolicy = .required) throws {
    folder = try TemporaryFolder()
    try folder.write("set/b/functions.yaml", Self.yaml)
    try folder.write("set/hr.ldif", Self.ldif)
    let environment = ["HSASYNC_URL": "ldapi://%2Fnone", "CREDENTIALS_DIRECTORY": "/none"]
    configuration = try Configuration.load(Repository.path("conf/hsasync.yaml"), environment: environment)
    let place = SourcePosition(file: "hsasync.yaml", line: 7)
    configuration.desired = [.init(paths: [folder.path("set/")], manifest: policy, position: place)]
    schema = try configuration.offlineSchema()
  }

  @discardableResult
  func seal(_ serial: Int? = nil, accepted: DesiredSummary? = nil) throws -> [SealedFolder] {
    let sealed = try configuration.seal(serial: serial, accepted: accepted, at: AuditBench.instant)
    for item in sealed { try Data(item.bytes).write(to: URL(filePath: item.path)) }
    return sealed
  }

  func load(accepted: DesiredSummary? = nil) -> LoadedDesired {
    configuration.loadDesired(schema: schema, accepted: accepted)
  }

  /// The findings as `file code`; nothing may have been read when there are any.
  func faults(accepted: DesiredSummary? = nil) -> [String] {
    let loaded = load(accepted: accepted)
    if loaded.findings.haveErrors { #expect(loaded.state.rows.isEmpty) }
    #expect(loaded.findings.allSatisfy { $0.advice != nil })
    return loaded.findings.map {
      "\(($0.position?.file ?? "").split(separator: "/").last ?? "") \($0.code)"
    }
  }
}

@Suite struct `A sealed set of desired files` {
  @Test func `is read, and says what it was`() throws {
    let bench = try SealedBench()
    let sealed = try bench.seal()
    #expect(sealed.map(\.path) == [bench.manifest])
    #expect(sealed[0].serial == 1 && sealed[0].files == 2 && sealed[0].rows == 3)
    let loaded = bench.load()
    #expect(loaded.findings == [])
    #expect(loaded.state.rows.count == 3)
    let summary = loaded.summary
    #expect(summary.serial == 1 && summary.identifier == "serial 1")
    #expect(summary.rows == [.function: 2, .person: 1])
    #expect(
      summary.rowsBySource == ["\(bench.set)/b/functions.yaml": 2, "\(bench.set)/hr.ldif": 1])
    #expect(summary.rowsBySource.keys.sorted() == loaded.state.sources.map(\.name).sorted())
    #expect(summary.seals == [bench.set: .init(serial: 1, sha256: sealed[0].sha256)])
    #expect(summary.digest.count == 64)
  }

  @Test func `has a manifest that is one line of canonical JSON, as sha256sum has the sums`() async throws {
    let bench = try SealedBench()
    try bench.seal(7)
    let text = bench.folder.text("set/manifest.json")
    let sum = try await Tool.run("sha256sum", [bench.folder.path("set/hr.ldif")]).output.prefix(64)
    let expected = #"""
      {"name":"hr.ldif","octets":\#(SealedBench.ldif.utf8.count),"rows":1,"sha256":"\#(sum)"}
      """#
    #expect(text.contains(expected))
    #expect(text.contains(#""name":"b/functions.yaml""#))
    #expect(text.contains(#""sealedAt":"2027-01-15T08:00:00.125Z","serial":7"#))
    #expect(text.hasSuffix("}\n") && text.count { $0 == "\n" } == 1)
  }

  @Test func `is refused unread with a file of it cut at any octet`() throws {
    let bench = try SealedBench()
    try bench.seal()
    for (name, text) in [("b/functions.yaml", SealedBench.yaml), ("hr.ldif", SealedBench.ldif)] {
      let bytes = Array(text.utf8)
      for end in bytes.indices {
        try bench.folder.write("set/\(name)", Array(bytes[..<end]))
        let last = name.split(separator: "/").last ?? ""
        #expect(bench.faults() == ["\(last) sealed-file-truncated"], "\(name) cut at \(end)")
      }
      try bench.folder.write("set/\(name)", text)
    }
    #expect(bench.faults() == [])
  }

  @Test func `is refused unread with any octet of a file changed`() throws {
    let bench = try SealedBench()
    try bench.seal()
    let bytes = Array(SealedBench.ldif.utf8)
    for place in stride(from: 0, to: bytes.count, by: 7) {
      var changed = bytes
      changed[place] ^= 1
      try bench.folder.write("set/hr.ldif", changed)
      #expect(bench.faults() == ["hr.ldif sealed-file-altered"])
    }
    try bench.folder.write("set/hr.ldif", bytes + [10])
    #expect(bench.faults() == ["hr.ldif sealed-file-altered"])
  }

  @Test func `is refused unread with its manifest cut or changed at any octet`() throws {
    let bench = try SealedBench()
    try bench.seal()
    let bytes = Array(bench.folder.text("set/manifest.json").utf8)
    for place in bytes.indices {
      try bench.folder.write("set/manifest.json", Array(bytes[..<place]))
      #expect(bench.faults() == ["manifest.json manifest-wrong"], "cut at \(place)")
      var changed = bytes
      changed[place] ^= 1
      try bench.folder.write("set/manifest.json", changed)
      #expect(bench.faults() == ["manifest.json manifest-wrong"], "changed at \(place)")
    }
  }

  @Test func `is refused unread with a file missing, added or in another's place, or with no manifest`()
    throws
  {
    let bench = try SealedBench()
    try bench.seal()
    let (ldif, yaml, kept) = (
      bench.set + "/hr.ldif", bench.set + "/b/functions.yaml", bench.folder.path("kept")
    )
    for path in [ldif, yaml] {
      #expect(rename(path, kept) == 0)
      #expect(bench.faults() == ["manifest.json sealed-file-missing"])
      #expect(rename(kept, path) == 0)
    }
    let other = try bench.folder.write("set/b/more.yaml", "persons: []\n")
    #expect(bench.faults() == ["more.yaml file-not-sealed"])
    unlink(other)
    try bench.folder.write("set/b/functions.yaml", SealedBench.ldif)
    try bench.folder.write("set/hr.ldif", SealedBench.yaml)
    #expect(bench.faults() == ["functions.yaml sealed-file-swapped", "hr.ldif sealed-file-swapped"])
    unlink(bench.manifest)
    #expect(bench.faults() == ["hsasync.yaml manifest-missing"])
    #expect(rename(bench.set + "/b", kept) == 0)
    #expect(bench.faults() == ["hsasync.yaml manifest-missing"])
  }

  @Test func `is refused unread when it is older than the one that was accepted, or another with its serial`()
    throws
  {
    let bench = try SealedBench()
    try bench.seal()
    let first = bench.load().summary
    let old = Array(bench.folder.text("set/manifest.json").utf8)
    try bench.folder.write("set/hr.ldif", SealedBench.ldif + "title: Läkare\n")
    try bench.seal()
    let second = bench.load().summary
    #expect(second.serial == 2 && second.digest != first.digest)
    #expect(bench.faults(accepted: first) == [])
    #expect(bench.faults(accepted: second) == [])
    let new = Array(bench.folder.text("set/manifest.json").utf8)
    // The old set, whole and sound.
    try bench.folder.write("set/hr.ldif", SealedBench.ldif)
    try bench.folder.write("set/manifest.json", old)
    #expect(bench.faults(accepted: first) == [])
    #expect(bench.faults(accepted: second) == ["manifest.json manifest-old"])
    // An old file in the new set.
    try bench.folder.write("set/manifest.json", new)
    #expect(bench.faults(accepted: second) == ["hr.ldif sealed-file-truncated"])
    // Another set that claims the serial.
    unlink(bench.manifest)
    try bench.seal(2)
    #expect(bench.faults(accepted: second) == ["manifest.json manifest-serial-reused"])
  }

  @Test func `is found out when it is changed between the check and the reading`() throws {
    let bench = try SealedBench()
    try bench.seal()
    let found = DesiredFiles.find(bench.configuration.desired)
    let set = try #require(SealedSet.all(found, bench.configuration).first)
    let check = ManifestCheck(set, accepted: nil)
    #expect(check.findings == [] && check.manifest != nil)
    try bench.folder.write("set/hr.ldif", SealedBench.ldif.replacing("Person", with: "Nobody"))
    let reader = bench.configuration.desiredReader(bench.schema)
    let loaded = DesiredLoading.load(bench.configuration, reader, found, [check])
    #expect(loaded.findings.map(\.code) == ["sealed-file-altered"])
  }

  @Test func `is held against a manifest that need not be there`() throws {
    let bench = try SealedBench(.optional)
    #expect(bench.faults() == [])
    #expect(bench.load().summary.serial == nil)
    #expect(bench.load().summary.identifier.hasPrefix("sha256 "))
    try bench.seal()
    try bench.folder.write("set/hr.ldif", SealedBench.ldif + "\n\n")
    #expect(bench.faults() == ["hr.ldif sealed-file-altered"])
  }

  @Test func `gets a serial above all that were, and no other set's`() throws {
    let bench = try SealedBench()
    #expect(try bench.seal().first?.serial == 1)
    #expect(try bench.seal().first?.serial == 2)
    #expect(try bench.seal(2).first?.serial == 2)
    #expect(try bench.seal(40).first?.serial == 40)
    let low = #expect(throws: Refusal.self) { try bench.seal(39) }
    #expect(low?.exitCode == .usage)
    try bench.folder.write("set/hr.ldif", SealedBench.ldif + "title: Läkare\n")
    let reused = #expect(throws: Refusal.self) { try bench.seal(40) }
    #expect(reused?.message.contains("another set") == true)
    let accepted = DesiredSummary(seals: [bench.set: .init(serial: 90, sha256: "")])
    #expect(try bench.seal(accepted: accepted).first?.serial == 91)
    try bench.folder.write("set/manifest.json", "x")
    let lost = #expect(throws: Refusal.self) { try bench.seal() }
    #expect(lost?.exitCode == .desiredStateWrong)
    #expect(try bench.seal(92).first?.serial == 92)
  }

  @Test func `is not sealed with a file that cannot be read`() throws {
    let bench = try SealedBench()
    try bench.folder.write("set/b/functions.yaml", SealedBench.yaml.dropLast(4) + "")
    let refusal = #expect(throws: Refusal.self) { try bench.seal() }
    #expect(refusal?.exitCode == .desiredStateWrong)
    #expect(refusal?.findings.isEmpty == false)
  }
}

@Suite struct `Sets of desired files` {
  @Test func `lie in the folder that the configuration names, whatever the pattern`() throws {
    let folder = try TemporaryFolder()
    try folder.folder("a/b")
    let top = folder.path
    for (path, root) in [
      ("a", "a"), ("a/", "a"), ("./a/b/", "a/b"), ("a/*.yaml", "a"), ("a/*/x.yaml", "a"), ("a/hr.ldif", "a"),
      ("a/b/c[12].yaml", "a/b"), ("a//b/x.yaml", "a/b"),
    ] {
      #expect(DesiredFiles.root(of: "\(top)/\(path)") == "\(top)/\(root)", "\(path)")
    }
    #expect(DesiredFiles.root(of: "hr.ldif") == "." && DesiredFiles.root(of: "/hr.ldif") == "/")
    #expect(DesiredFiles.root(of: "./x/*.yaml") == "x" && DesiredFiles.root(of: "*.yaml") == ".")
  }

  @Test func `are one where sources share a folder, and have manifests of their own where not`() throws {
    var bench = try SealedBench()
    let place = SourcePosition(file: "hsasync.yaml", line: 9)
    try bench.folder.write(
      "other/a.yaml", "functions: [{hsaIdentity: SE2321000016-F009, parent: SE2321000016-1000, cn: Kök}]\n")
    bench.configuration.desired = [
      .init(paths: [bench.set + "/*.ldif"], position: place),
      .init(paths: [bench.set + "/b/functions.yaml"], manifest: .required, position: place),
      .init(paths: [bench.folder.path("other")], position: place),
    ]
    let sealed = try bench.seal()
    #expect(sealed.map(\.folder) == [bench.set, bench.set + "/b", bench.folder.path("other")])
    #expect(sealed.map(\.serial) == [1, 1, 1])
    #expect(bench.faults() == [])
    // No one serial speaks for all of them.
    #expect(bench.load().summary.serial == nil)
    #expect(bench.load().summary.seals.count == 3)
    unlink(bench.set + "/manifest.json")
    #expect(bench.faults() == [])
    unlink(bench.set + "/b/manifest.json")
    #expect(bench.faults() == ["hsasync.yaml manifest-missing"])
    let only = try bench.configuration.seal(folders: [bench.folder.path("other/")], at: AuditBench.instant)
    #expect(only.map(\.serial) == [2])
    let none = #expect(throws: Refusal.self) {
      try bench.configuration.seal(folders: ["/none"], at: AuditBench.instant)
    }
    #expect(none?.exitCode == .usage)
  }
}
