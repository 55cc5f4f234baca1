import Directory
import Foundation
import LDAP
import Reconciler
import TestKit

/// What is measured: hsasync's configuration and the commands that are held against each other.
struct Subject {
  let server: PreparedServer
  let folder: TemporaryFolder
  let program: String

  /// The environment that conf/hsasync.yaml asks for.
  func environment(url: String) -> [String: String] {
    [
      "HSASYNC_URL": url, "CREDENTIALS_DIRECTORY": folder.path, "STATE_DIRECTORY": folder.path("store"),
    ]
  }

  /// conf/hsasync.yaml itself, with the region's file in place of the sample's; gives its path.
  func writeConfiguration(desired: String, name: String) throws -> String {
    let sample = String(decoding: try Repository.bytes("conf/hsasync.yaml"), as: UTF8.self)
    let start = try Subject.place(of: "\ndesired:\n", in: sample)
    let end = try Subject.place(of: "\n\n", in: sample, after: start)
    let organisation = try folder.write(
      "organisation.yaml", "organisations:\n  - hsaIdentity: \(Region.organisation)-1000\n")
    let text = sample[..<start] + "\ndesired: [\(organisation), \(desired)]" + sample[end...]
    // A password over TCP without TLS: nobody else is on this machine's loopback.
    let server = text.replacing("  bind:\n", with: "  allowPlainText: true\n  bind:\n", maxReplacements: 1)
      .replacing("profile: hsa\n", with: "profile: \(Repository.path("conf/profiles/hsa.yaml"))\n")
      .replacing("../schemas/", with: "\(Repository.path("schemas"))/")
    try folder.write("ldap", Array(Data(contentsOf: URL(filePath: self.server.passwordFile))))
    chmod(folder.path("ldap"), 0o600)
    return try folder.write(name, String(server))
  }

  /// Writes the rule of one role, and gives what a configuration says of it and of the attribute that it goes to.
  static func roles(_ role: String, to persons: String, in folder: TemporaryFolder) throws -> String {
    let rules = try folder.write(
      "roles.yaml",
      """
      rules:
        - rule: jour
          role: "\(role)"
          description: {sv: Jour, en: On call}
          source: a benchmark
          when: {person: "\(persons)"}
          scope: none
      """)
    return """

      roles: {rules: \(rules)}
      targets:
        - {ldap: {attribute: hsaSystemRole, owns: ["Bench;*"]}}

      """
  }

  private static func place(of text: String, in sample: String, after: String.Index? = nil) throws
    -> String.Index
  {
    let rest = sample[(after.map { sample.index(after: $0) } ?? sample.startIndex)...]
    guard let range = rest.range(of: text) else { throw Failure("conf/hsasync.yaml has no longer \(text)") }
    return range.lowerBound
  }

  /// `hsasync plan`, which has to find nothing to do.
  func plan(configuration: String) throws -> ChildProcess {
    try checked(
      program, ["plan", "--config", configuration, "--detailed-exitcode"],
      environment: environment(url: server.url))
  }

  /// Reads the attributes that a plan reads, as the agent, a thousand entries a page.
  func search(_ attributes: [String]) throws -> ChildProcess {
    try checked(
      "ldapsearch",
      bind + ["-LLL", "-E", "pr=1000/noprompt", "-b", PreparedServer.base, "(objectClass=*)"] + attributes)
  }

  func modify(file: String, url: String) throws -> ChildProcess {
    try checked(
      "ldapmodify",
      ["-x", "-H", url, "-D", PreparedServer.agent, "-y", server.passwordFile, "-c", "-f", file])
  }

  private var bind: [String] {
    ["-x", "-H", server.url, "-D", PreparedServer.agent, "-y", server.passwordFile]
  }

  private func checked(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> ChildProcess {
    let errors = folder.path("errors")
    let output = folder.path("output")
    let isSearch = program == "ldapsearch"
    let result = try ChildProcess.run(
      program, arguments, environment: environment, output: isSearch ? "/dev/null" : output, errors: errors)
    guard result.code == 0 else {
      let said = folder.text("errors") + (isSearch ? "" : String(folder.text("output").prefix(2_000)))
      throw Failure("\(program) ended with \(result.code): \(said)")
    }
    return result
  }
}
