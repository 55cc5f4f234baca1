import Foundation
import TestKit
import Testing

/// What systemd's own tools say of the units, where they are installed.
private let analyzer = "/usr/bin/systemd-analyze"
private let hasAnalyzer = FileManager.default.isExecutableFile(atPath: analyzer)

/// The units as `make install` puts them, in a folder of their own.
private struct InstalledUnits {
  let root: TemporaryFolder
  /// All that was installed.
  let files: [String]
  let binary: String

  init(prefix: String = "/opt/hsasync", sysconf: String = "/opt/etc") async throws {
    root = try TemporaryFolder()
    let source = try root.write("built/hsasync", "#!/bin/sh\necho \"# $*\"\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: source)
    let answer = try await Tool.run(Repository.path(".ci/install"), [source, root.path, prefix, sysconf])
    files = answer.output.split(separator: "\n").map(String.init)
    binary = "\(root.path)\(prefix)/bin/hsasync"
  }

  /// A copy that systemd's tools can judge here: its program is the one that was installed below the root.
  func unit(_ name: String, as other: String? = nil) throws -> String {
    let text = root.text("opt/hsasync/lib/systemd/system/\(name)")
    return try root.write(
      "units/\(other ?? name)", text.replacing("/opt/hsasync/bin/hsasync", with: binary))
  }
}

/// Sections, keys and values of a unit, without comments.
private func directives(_ text: String) -> [String] {
  text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
}

@Suite struct `The systemd units` {
  private static let services = ["hsasync.service", "hsasync@.service"]

  @Test(.enabled(if: hasAnalyzer)) func `are what systemd takes`() async throws {
    let units = try await InstalledUnits()
    let paths = try [
      units.unit("hsasync.socket"), units.unit("hsasync.service"),
      units.unit("hsasync@.socket", as: "hsasync@norr.socket"),
      units.unit("hsasync@.service", as: "hsasync@norr.service"),
    ]
    let answer = try await Tool.run(analyzer, ["verify"] + paths, check: false)
    // Other units of this machine may have their faults; those are not ours.
    let faults = (answer.output + answer.errors).split(separator: "\n").filter { $0.contains("hsasync") }
    #expect(faults.isEmpty && answer.code == 0, "\(answer.output)\(answer.errors)")
  }

  @Test(.enabled(if: hasAnalyzer)) func `that are wrong would be found out`() async throws {
    let units = try await InstalledUnits()
    let path = try units.unit("hsasync.service")
    let text = units.root.text("units/hsasync.service")
    try units.root.write("units/hsasync.service", text.replacing("Type=notify", with: "Type=notifying"))
    let answer = try await Tool.run(analyzer, ["verify", path], check: false)
    #expect((answer.output + answer.errors).contains("notifying"))
  }

  @Test(.enabled(if: hasAnalyzer), arguments: services)
  func `expose as little as the agent can live with`(name: String) async throws {
    let units = try await InstalledUnits()
    let path = try units.unit(name)
    func isWithin(_ threshold: Int) async throws -> Bool {
      let arguments = ["security", "--offline=true", "--threshold=\(threshold)", "--no-pager", path]
      return try await Tool.run(analyzer, arguments, check: false).code == 0
    }
    #expect(try await isWithin(15))
    // The gate does close: nobody gets below the sockets that it needs.
    #expect(try await !isWithin(5))
  }

  @Test func `for several catalogues differ from the one for a single one in names only`() throws {
    func text(_ name: String) throws -> String {
      String(decoding: try Repository.bytes("systemd/\(name)"), as: UTF8.self)
    }
    for kind in ["service", "socket"] {
      let single = directives(try text("hsasync.\(kind)"))
      let several = directives(
        try text("hsasync@.\(kind)").replacing(", catalogue %i", with: "").replacing(
          "hsasync@%i", with: "hsasync"
        )
        .replacing("hsasync-%i", with: "hsasync").replacing("%i.yaml", with: "hsasync.yaml")
        .replacing("%i.ldap", with: "ldap"))
      #expect(single == several)
    }
  }

  @Test func `are installed with the paths that they are installed for`() async throws {
    let units = try await InstalledUnits()
    for file in ["hsasync.service", "hsasync@.service", "hsasync.socket", "hsasync@.socket"] {
      let path = "opt/hsasync/lib/systemd/system/\(file)"
      #expect(units.files.contains(units.root.path(path)))
      let text = units.root.text(path)
      #expect(
        !text.isEmpty && !text.contains("/usr/") && !text.contains(" /etc/") && !text.contains("=/etc/"))
    }
    let lines = directives(units.root.text("opt/hsasync/lib/systemd/system/hsasync.service"))
    #expect(lines.contains("ExecStart=/opt/hsasync/bin/hsasync run --config /opt/etc/hsasync/hsasync.yaml"))
    #expect(lines.contains("LoadCredential=ldap:/opt/etc/hsasync/ldap"))
  }

  @Test(.enabled(if: hasAnalyzer && geteuid() == 0))
  func `come with a user, and folders that others do not read`() async throws {
    let units = try await InstalledUnits(sysconf: "/etc")
    let root = units.root
    for name in ["ldap", "norr.ldap"] { try root.write("etc/hsasync/\(name)", "secret") }
    try await Tool.run(
      "systemd-sysusers", ["--root=\(root.path)", root.path("opt/hsasync/lib/sysusers.d/hsasync.conf")])
    try await Tool.run(
      "systemd-tmpfiles",
      ["--root=\(root.path)", "--create", root.path("opt/hsasync/lib/tmpfiles.d/hsasync.conf")])
    let user = root.text("etc/passwd").split(separator: ":").map(String.init)
    #expect(user.first == "hsasync" && user.last == "/usr/sbin/nologin\n")
    let number = try #require(Int(user[2]))
    func rights(_ path: String) throws -> String {
      let all = try FileManager.default.attributesOfItem(atPath: root.path(path))
      func number(_ key: FileAttributeKey) -> Int { (all[key] as? NSNumber)?.intValue ?? -1 }
      let mode = String(number(.posixPermissions), radix: 8)
      return "\(mode) \(number(.ownerAccountID)) \(number(.groupOwnerAccountID))"
    }
    #expect(try rights("etc/hsasync") == "750 0 \(number)")
    #expect(try rights("etc/hsasync/hsasync.yaml") == "640 0 \(number)")
    #expect(try rights("etc/hsasync/ldap") == "600 0 0")
    #expect(try rights("etc/hsasync/norr.ldap") == "600 0 0")
    #expect(try rights("run/hsasync") == "755 \(number) \(number)")
  }
}
