import Foundation
import TestKit
import Testing

/// What people get wrong: a clear message with place and next step, the right exit code, nothing written.
@Suite struct BadInputTests {
  /// One wrong file of a desired state, and what must be said about it.
  struct WrongFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let name: String
    let content: [UInt8]
    /// Must stand in the message.
    let words: [String]

    init(_ description: String, _ name: String, _ content: String, _ words: String...) {
      self.init(description, name, Array(content.utf8), words)
    }

    init(_ description: String, _ name: String, _ content: [UInt8], _ words: [String]) {
      testDescription = description
      self.name = name
      self.content = content
      self.words = words
    }
  }

  private static let person = """
    persons:
      - hsaIdentity: SE2321000016-7X3K
        parent: SE2321000016-1000
        givenName: Anna
        sn: Berg

    """
  private static let record = """
    dn: cn=Anna Berg,o=Region Exempel,c=SE
    objectClass: person
    cn: Anna Berg
    sn: Berg
    hsaIdentity: SE2321000016-7X3K

    """

  /// Eight levels of nine: 387 million values, if anyone unfolded them.
  private static let anchors =
    "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + zip("bcdefghi", "abcdefgh").map { name, below in
      let items = Array(repeating: "*\(below)", count: 9).joined(separator: ",")
      return "\(name): &\(name) [\(items)]\n"
    }.joined()

  static let wrongFiles: [WrongFile] = [
    WrongFile(
      "a truncated YAML file", "a.yaml", person + "  - {hsaIdentity: SE2321000016-7X3L, giv", "a.yaml:"),
    WrongFile("a YAML file cut in a quoted text", "a.yaml", person + "    title: \"Distr", "a.yaml:"),
    WrongFile(
      "a half-written LDIF file", "a.ldif", record + "\ndn: cn=Bo,o=Region Exempel,c=SE\nobjectCl", "a.ldif:8"
    ),
    WrongFile("an empty YAML file", "a.yaml", "", "a.yaml:1:1", "empty"),
    WrongFile("an empty LDIF file", "a.ldif", "", "a.ldif:1:1", "empty"),
    WrongFile(
      "a huge line", "a.ldif",
      Array((record + "title: " + String(repeating: "x", count: 68_000_000) + "\n").utf8),
      ["a.ldif:6"]),
    WrongFile(
      "YAML that is not UTF-8", "a.yaml", Array(person.utf8) + Array("    title: ".utf8) + [0xE5, 0x0A],
      ["a.yaml:", "UTF-8"]),
    WrongFile(
      "LDIF that is not UTF-8", "a.ldif", Array(record.utf8) + Array("title: ".utf8) + [0xE5, 0x0A],
      ["a.ldif:6", "UTF-8"]),
    WrongFile("duplicate keys", "a.yaml", person + "    sn: Ek\n", "a.yaml:6:5", "sn"),
    WrongFile("tabs", "a.yaml", "persons:\n\t- hsaIdentity: SE2321000016-7X3K\n", "a.yaml:2", "tab"),
    WrongFile(
      "anchors that explode", "a.yaml",
      anchors,
      "a.yaml:1", "anchor"),
    WrongFile("depth that explodes", "a.yaml", String(repeating: "[", count: 100_000), "a.yaml:1"),
    WrongFile("an unknown key", "a.yaml", person + "people: []\n", "a.yaml:6", "people"),
    WrongFile("an unknown attribute", "a.yaml", person + "    titel: Läkare\n", "a.yaml:6", "titel", "title"),
    WrongFile(
      "the same person twice", "a.yaml", person + person.dropFirst("persons:\n".count), "a.yaml:6",
      "a.yaml:2", "SE2321000016-7X3K"),
    WrongFile(
      "a wrong check digit", "a.yaml", person + "    personalIdentityNumber: \"195808052385\"\n", "a.yaml:6"),
  ]

  @Test(arguments: wrongFiles) func `a wrong file is told with its place, and nothing is planned`(
    _ wrong: WrongFile
  ) async throws {
    let folder = try TemporaryFolder()
    let config = try SampleConfiguration.write(to: folder, desired: [(wrong.name, wrong.content)])
    // No server: a wrong desired state is told without asking one.
    let answer = try await Command.run(
      ["check", "--config", config], environment: BadInputTests.noServer(folder))
    #expect(answer.code == 65, "\(answer.output.prefix(2000))\(answer.errors.prefix(2000))")
    let said = answer.output + answer.errors
    for word in wrong.words { #expect(said.contains(word), "\(word) is missing in: \(said.prefix(2000))") }
    #expect(said.contains(": error: "))
    #expect(said.utf8.count < 100_000)
    #expect(!said.contains("195808052385"), "a personal number was told")
  }

  @Test(arguments: wrongFiles.filter { !$0.testDescription.contains("huge") })
  func `a wrong file ends plan and apply before anything is written`(_ wrong: WrongFile) async throws {
    let region = try await SampleRegion()
    let config = try region.config(desired: [(wrong.name, wrong.content)])
    let before = try await region.contents()
    for verb in ["plan", "apply"] {
      let answer = try await region.hsasync([verb], config: config)
      #expect(answer.code == 65, "\(verb): \(answer.output.prefix(2000))\(answer.errors.prefix(2000))")
      for word in wrong.words { #expect((answer.output + answer.errors).contains(word), "\(word)") }
    }
    #expect(try await region.contents() == before)
  }

  @Test func `a circle of links is told`() async throws {
    let folder = try TemporaryFolder()
    let config = try SampleConfiguration.write(to: folder, desired: [("a.yaml", Array(Self.person.utf8))])
    try FileManager.default.removeItem(atPath: folder.path("desired/a.yaml"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("desired/a.yaml"), withDestinationPath: "b.yaml")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("desired/b.yaml"), withDestinationPath: "a.yaml")
    let answer = try await Command.run(["check", "--config", config], environment: Self.noServer(folder))
    #expect([65, 78].contains(answer.code), "\(answer)")
    #expect((answer.output + answer.errors).contains("circle"))
  }

  @Test(
    .enabled("setpriv is not installed, or the tests do not run as root") {
      await BadInputTests.canDropRights()
    })
  func `an unreadable file is told`() async throws {
    let folder = try TemporaryFolder()
    let config = try SampleConfiguration.write(to: folder, desired: [("a.yaml", Array(Self.person.utf8))])
    try await Tool.run("chmod", ["-R", "a+rX", folder.path])
    try await Tool.run("chmod", ["600", folder.path("desired/a.yaml")])
    let arguments = [
      "--reuid=65534", "--regid=65534", "--clear-groups", Command.path, "check", "--config", config,
    ]
    let answer = try await Tool.run("setpriv", arguments, environment: Self.noServer(folder), check: false)
    #expect([65, 77, 78].contains(answer.code), "\(answer)")
    #expect((answer.output + answer.errors).contains("may not be read"))
  }

  @Test func `a missing configuration is told`() async throws {
    let answer = try await Command.run(["plan", "--config", "/nonexistent/hsasync.yaml"])
    #expect(answer.code == 78, "\(answer)")
    #expect(answer.errors.contains("/nonexistent/hsasync.yaml:1:1: error:"))
    #expect(answer.output == "")
  }

  @Test func `an unknown key of the configuration is told with a suggestion`() async throws {
    let folder = try TemporaryFolder()
    let config = try SampleConfiguration.write(to: folder, desired: []) {
      $0.replacing("sentinels:", with: "sentinel:")
    }
    let answer = try await Command.run(["check", "--config", config], environment: Self.noServer(folder))
    #expect(answer.code == 78, "\(answer)")
    #expect(answer.errors.contains(/hsasync\.yaml:[0-9]+:[0-9]+: error:.*sentinel/))
    #expect(answer.errors.contains("sentinels"))
  }

  @Test func `an observed file that is no LDIF is told`() async throws {
    let folder = try TemporaryFolder()
    let config = try SampleConfiguration.write(to: folder, desired: [("a.yaml", Array(Self.person.utf8))])
    let file = try folder.write("observed.ldif", "dn: o=Region Exempel,c=SE\nobjectClass organization\n")
    let arguments = ["plan", "--config", config, "--observed", file]
    let answer = try await Command.run(arguments, environment: Self.noServer(folder))
    #expect(answer.code == 65, "\(answer)")
    #expect(answer.errors.contains("observed.ldif:2"))
  }

  static func noServer(_ folder: TemporaryFolder) -> [String: String] {
    [
      "HSASYNC_URL": "ldapi://%2Fnonexistent%2Fldapi", "CREDENTIALS_DIRECTORY": folder.path,
      "STATE_DIRECTORY": folder.path("store"),
    ]
  }

  static func canDropRights() async -> Bool {
    let arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", Command.path, "--version"]
    return (try? await Tool.run("setpriv", arguments)) != nil
  }
}
