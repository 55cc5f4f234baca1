import Directory
import Foundation
import TestKit
import Testing

@testable import Agent
@testable import Reconciler

@Suite struct `A configuration that is read again` {
  private let folder: TemporaryFolder
  private let inForce: Configuration
  private static let good = """
    server:
      url: ldaps://ek.example.org
      bind: {method: external}
    base: o=Region Exempel,c=SE
    profile: hsa

    """

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("profiles/hsa.yaml", Repository.bytes("conf/profiles/hsa.yaml"))
    let path = try folder.write("hsasync.yaml", Self.good)
    inForce = try Configuration.load(path, environment: [:])
  }

  private func reload(_ text: String) throws -> ConfigurationReload.Outcome {
    try folder.write("hsasync.yaml", text)
    return ConfigurationReload(of: inForce.file, environment: [:])(inForce)
  }

  private func codes(_ text: String) throws -> [String] {
    guard case .refused(let findings) = try reload(text) else { return [] }
    #expect(findings.all.allSatisfy { $0.position?.file == inForce.file })
    return findings.all.map(\.code)
  }

  @Test func `comes into force when it is right`() throws {
    let outcome = try reload(
      Self.good + "apply: {window: 8}\ndaemon: {heartbeat: 5s}\ncontrol: {readers: anna}\n")
    guard case .accepted(let new) = outcome else {
      Issue.record("refused")
      return
    }
    #expect(new.apply.window == 8 && new.daemon.heartbeat == .seconds(5))
    #expect(new.daemon.control.readers == ["anna"])
  }

  @Test func `is told from another by what all files say that it is read from`() throws {
    #expect(inForce.digest.count == 64)
    guard case .accepted(let same) = try reload(Self.good) else { throw Failure("refused") }
    #expect(same.digest == inForce.digest)
    guard case .accepted(let other) = try reload(Self.good + "apply: {window: 8}\n") else {
      throw Failure("refused")
    }
    #expect(other.digest != inForce.digest)
    let profile = folder.text("profiles/hsa.yaml")
    try folder.write("profiles/hsa.yaml", profile + "# \n")
    guard case .accepted(let third) = try reload(Self.good) else { throw Failure("refused") }
    #expect(third.digest != inForce.digest)
  }

  @Test func `is refused with all that is wrong`() throws {
    #expect(try codes(Self.good + "apply: {window: 0}\nbse: x\n") == ["wrong-number", "unknown-key"])
    #expect(try codes("") == ["file-empty"])
    #expect(try codes(Self.good.replacing("profile: hsa", with: "profile: other")) == ["profile-missing"])
  }

  @Test func `is refused when its file is gone`() throws {
    try FileManager.default.removeItem(atPath: inForce.file)
    guard case .refused(let findings) = ConfigurationReload(of: inForce.file, environment: [:])(inForce)
    else {
      Issue.record("accepted")
      return
    }
    #expect(findings.all.map(\.code) == ["file-missing"])
  }

  @Test(arguments: [
    "store: elsewhere\n", "audit: {head: [journald]}\n", "control: {socket: /run/other}\n",
    "http: {listen: \"127.0.0.1:1\"}\n", "daemon: {lock: \"cn=lock,o=Region Exempel,c=SE\"}\n",
  ])
  func `is refused when a running agent could take over only half of it`(text: String) throws {
    #expect(try codes(Self.good + text) == ["needs-restart"])
  }

  @Test func `is for the same catalogue`() throws {
    #expect(try codes(Self.good.replacing("o=Region", with: "ou=Annan,o=Region")) == ["needs-restart"])
  }
}
