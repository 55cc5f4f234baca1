import Foundation
import TestKit
import Testing

/// What is wrong with a directory: a clear message, the right exit code, nothing written.
@Suite struct BadServerTests {
  @Test func `a wrong password is not permitted`() async throws {
    let region = try await SampleRegion()
    try region.folder.write("credentials/ldap", "wrong")
    for verb in ["plan", "apply"] {
      let answer = try await region.hsasync([verb])
      #expect(answer.code == 77, "\(answer)")
      #expect(answer.errors.contains("invalidCredentials"))
      #expect(!answer.errors.contains("wrong-"), "the password was told")
    }
  }

  @Test func `a missing password file is a wrong configuration`() async throws {
    let region = try await SampleRegion()
    try FileManager.default.removeItem(atPath: region.folder.path("credentials/ldap"))
    let answer = try await region.hsasync(["plan"])
    #expect(answer.code == 78, "\(answer)")
    #expect(answer.errors.contains("credentials/ldap"))
  }

  @Test func `being taken for somebody else is not permitted`() async throws {
    let region = try await SampleRegion()
    let config = try region.config(desired: [("a.yaml", Array("persons: []\n".utf8))]) {
      $0.replacing("identity: dn:cn=hsasync", with: "identity: dn:cn=somebody")
    }
    let answer = try await region.hsasync(["plan"], config: config)
    #expect(answer.code == 77, "\(answer)")
  }

  @Test func `a base that is not there is told with its place in the configuration`() async throws {
    let region = try await SampleRegion()
    let config = try region.config(desired: [("a.yaml", Array("persons: []\n".utf8))]) {
      $0.replacing("\nbase: o=Region Exempel,c=SE", with: "\nbase: ou=Ingen,o=Region Exempel,c=SE")
    }
    let answer = try await region.hsasync(["plan"], config: config)
    #expect(answer.code == 78, "\(answer)")
    #expect(answer.errors.contains(/hsasync\.yaml:[0-9]+:[0-9]+: error: .*\[base-missing\]/))
  }

  @Test func `a base outside the naming contexts is told with its place in the configuration`() async throws {
    let region = try await SampleRegion()
    let config = try region.config(desired: [("a.yaml", Array("persons: []\n".utf8))]) {
      $0.replacing("\nbase: o=Region Exempel,c=SE", with: "\nbase: o=Region Exempel,c=NO")
    }
    let answer = try await region.hsasync(["plan"], config: config)
    #expect(answer.code == 78, "\(answer)")
    #expect(answer.errors.contains(/hsasync\.yaml:[0-9]+:[0-9]+: error: .*\[base-outside-naming-contexts\]/))
  }

  @Test func `a schema that lacks a class is told`() async throws {
    let region = try await SampleRegion()
    let profile = String(decoding: try Repository.bytes("conf/profiles/hsa.yaml"), as: UTF8.self)
      .replacing(
        "classes: [top, person, hsaPersonExtension]", with: "classes: [top, person, hsaPersonUtvidgning]")
    let path = try region.folder.write("profile.yaml", profile)
    let person = """
      persons:
        - {hsaIdentity: SE2321000016-7X3K, parent: SE2321000016-1000, givenName: Anna, sn: Berg}

      """
    let config = try region.config(desired: [("a.yaml", Array(person.utf8))]) {
      $0.replacing(/profile: .*/, with: "profile: \(path)")
    }
    let before = try await region.contents()
    for arguments in [["check", "--server"], ["plan"], ["apply"]] {
      let answer = try await region.hsasync(arguments, config: config)
      #expect([65, 69, 78].contains(answer.code), "\(arguments): \(answer)")
      #expect((answer.output + answer.errors).contains("hsaPersonUtvidgning"), "\(arguments): \(answer)")
    }
    #expect(try await region.contents() == before)
  }

  @Test func `a directory that is not there is unavailable`() async throws {
    let region = try await SampleRegion()
    region.slapd.stop()
    for verb in ["plan", "apply"] {
      let answer = try await region.hsasync([verb])
      #expect(answer.code == 69, "\(answer)")
      #expect(answer.errors.contains("hsasync: error:"))
    }
  }

  @Test(arguments: ["garbage", "HTTP/1.1 400 Bad Request\\r\\n\\r\\n", "\\x30\\x84\\xff\\xff\\xff\\xff"])
  func `a directory that answers garbage is unavailable`(garbage: String) async throws {
    let region = try await SampleRegion()
    let program = """
      import socket
      s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
      print(s.getsockname()[1], flush=True)
      while True:
          c, _ = s.accept(); c.recv(1000); c.sendall(b"\(garbage)"); c.close()
      """
    let python = try await Tool.run("python3", ["-c", "import sys; print(sys.executable)"]).output
      .trimmingSuffix { $0 == "\n" }
    let server = try Server(
      String(python), ["-u", "-c", program], log: region.folder.path("port"), folder: region.folder)
    defer { server.stop() }
    try await eventually { region.folder.text("port").hasSuffix("\n") }
    let port = region.folder.text("port").split(separator: "\n").first ?? ""
    let config = try region.config(desired: [("a.yaml", Array("persons: []\n".utf8))]) {
      $0.replacing("${HSASYNC_URL}", with: "ldap://127.0.0.1:\(port)\n  allowPlainText: true")
    }
    let answer = try await region.hsasync(["plan"], config: config)
    #expect(answer.code == 69, "\(answer)")
    #expect(answer.errors.contains("hsasync: error:"))
  }

  @Test func `an operator's own bind sees and does what that account may`() async throws {
    let region = try await SampleRegion()
    let file = try region.folder.write("reader", region.slapd.password(of: "reader"))
    let config = Repository.path("conf/hsasync.yaml")
    let before = try await region.contents()
    let answer = try await region.hsasync(
      ["apply", "--bind", Slapd.readerDN, "--password-file", file], config: config)
    #expect(answer.code != 0, "\(answer)")
    #expect(try await region.contents() == before)
  }
}

extension String {
  fileprivate func trimmingSuffix(_ isDropped: (Character) -> Bool) -> Substring {
    var result = self[...]
    while let last = result.last, isDropped(last) { result.removeLast() }
    return result
  }
}
