import Foundation
import Glibc
import TestKit

/// The sample Region Exempel on a private slapd, and the built command with the sample's environment.
final class SampleRegion: Sendable {
  let folder: TemporaryFolder
  let slapd: Slapd

  init(_ content: Slapd.Content = .region, options: Slapd.Options = Slapd.Options()) async throws {
    folder = try TemporaryFolder()
    slapd = try await Slapd([content], options: options)
    try folder.write("credentials/ldap", slapd.password(of: "agent"))
  }

  deinit { Transcript.add(file: folder.path("store/audit/audit.ndjson")) }

  /// What the sample's configuration refers to.
  var environment: [String: String] {
    [
      "HSASYNC_URL": slapd.ldapi, "CREDENTIALS_DIRECTORY": folder.path("credentials"),
      "STATE_DIRECTORY": folder.path("store"),
    ]
  }

  /// Runs the command.
  @discardableResult
  func hsasync(
    _ arguments: [String], config: String? = Repository.path("conf/hsasync.yaml"),
    environment: [String: String] = [:]
  ) async throws -> Tool.Answer {
    let all = arguments + (config.map { ["--config", $0] } ?? [])
    return try await Command.run(all, environment: self.environment.merging(environment) { $1 })
  }

  /// Runs `ldapmodify` as the agent.
  @discardableResult
  func modify(_ ldif: String, arguments: [String] = [], check: Bool = true) async throws -> Tool.Answer {
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.agentDN, "-w", slapd.password(of: "agent")]
    return try await Tool.run("ldapmodify", bind + arguments, input: ldif, check: check)
  }

  /// An LDIF export as the agent sees it, operational attributes included.
  func export() async throws -> String {
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.agentDN, "-w", slapd.password(of: "agent")]
    return try await Tool.run("ldapsearch", bind + ["-LLL", "-b", Slapd.suffix, "*", "+"]).output
  }

  /// Everything below the base as an administrator sees it, but for what every write changes.
  func contents() async throws -> String {
    let bind = ["-H", slapd.ldapi, "-x", "-D", Slapd.adminDN, "-w", slapd.password(of: "admin")]
    let answer = try await Tool.run("ldapsearch", bind + ["-LLL", "-o", "ldif_wrap=no", "-b", Slapd.suffix])
    // Neither the order of entries nor that of values means anything; each server has passwords of its own.
    return answer.output.components(separatedBy: "\n\n").map { entry in
      let lines = entry.split(separator: "\n").filter { !$0.hasPrefix("userPassword:") }
      return (lines.prefix(1) + lines.dropFirst().sorted()).joined(separator: "\n")
    }.sorted().joined(separator: "\n\n")
  }

  /// A configuration like the sample's, with another desired state and other changes to its text.
  ///
  /// - Parameter files: name and content of each file of the desired state.
  func config(desired files: [(String, [UInt8])], _ edit: (String) -> String = { $0 }) throws -> String {
    try SampleConfiguration.write(to: folder, desired: files, edit)
  }
}

/// The sample's configuration in another folder.
enum SampleConfiguration {
  static func write(
    to folder: TemporaryFolder, desired files: [(String, [UInt8])], _ edit: (String) -> String = { $0 }
  ) throws -> String {
    for (name, content) in files { try folder.write("desired/" + name, content) }
    let sample = String(decoding: try Repository.bytes("conf/hsasync.yaml"), as: UTF8.self)
      .replacing("profile: hsa", with: "profile: \(Repository.path("conf/profiles/hsa.yaml"))")
      .replacing("../schemas/hsa.schema", with: Repository.path("schemas/hsa.schema"))
      .replacing(/desired:\n(  - .*\n)+/, with: "desired:\n" + files.map { "  - desired/\($0.0)\n" }.joined())
    return try folder.write("hsasync.yaml", edit(sample))
  }
}

/// The built command.
enum Command {
  /// It lies beside the test bundle.
  static let path: String = {
    let executable = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var folder = executable.deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appending(path: "hsasync")
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue,
        FileManager.default.isExecutableFile(atPath: candidate.path)
      {
        return candidate.path
      }
      folder.deleteLastPathComponent()
    }
    return Repository.path(".build/debug/hsasync")
  }()

  static func run(
    _ arguments: [String], environment: [String: String] = [:], input: String = "", in folder: String? = nil
  ) async throws -> Tool.Answer {
    // Nothing that a test starts may come near the store of the machine: who forgets to name one gets none.
    let state = ["STATE_DIRECTORY": "/proc/no-store"]
    let answer = try await Tool.run(
      path, arguments, environment: state.merging(environment) { $1 }, input: input, in: folder, check: false)
    Transcript.add(arguments, answer)
    return answer
  }
}
