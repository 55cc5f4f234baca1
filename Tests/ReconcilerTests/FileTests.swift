import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `A file to be read` {
  @Test func `is lent in pieces, to its end`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.ldif", String(repeating: "x", count: 2500))
    var pieces: [Int] = []
    try RegularFile(path).read(chunk: 1000, limit: 1 << 20) { pieces.append($0.count) }
    #expect(pieces == [1000, 1000, 500])
    #expect(try RegularFile(path).contents(limit: 2500).count == 2500)
  }

  @Test func `may not be empty or too large`() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.write("empty.yaml", "")
    let large = try folder.write("large.yaml", "12345")
    #expect(throws: RegularFile.Fault.empty) { _ = try RegularFile(empty).contents(limit: 10) }
    #expect(throws: RegularFile.Fault.tooLarge(limit: 4)) { _ = try RegularFile(large).contents(limit: 4) }
  }

  @Test(.timeLimit(.minutes(10))) func `is never a pipe that would be waited for`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("pipe.yaml")
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: RegularFile.Fault.notRegular) { _ = try RegularFile(path) }
    #expect(throws: RegularFile.Fault.notRegular) { _ = try RegularFile("/dev/zero") }
    #expect(throws: RegularFile.Fault.folder) { _ = try RegularFile(folder.path) }
    #expect(throws: RegularFile.Fault.missing) { _ = try RegularFile(folder.path("none")) }
  }

  @Test func `is refused when it grew, shrank or was written over while it was read`() throws {
    let folder = try TemporaryFolder()
    let longer = String(repeating: "x", count: 3000)
    for (name, text) in [
      ("grown", longer + longer), ("shrunk", "x"), ("other", longer.replacing("x", with: "y")),
    ] {
      let path = try folder.write(name, longer)
      let file = try RegularFile(path)
      var isFirst = true
      #expect(throws: RegularFile.Fault.changedWhileRead, "\(name)") {
        try file.read(chunk: 1000, limit: 1 << 20) { _ in
          guard isFirst else { return }
          isFirst = false
          let handle = FileHandle(forWritingAtPath: path)
          handle?.write(Data(text.utf8))
          handle?.truncateFile(atOffset: UInt64(text.utf8.count))
          try? handle?.close()
          // Clocks of file systems are coarse: make the writing visible as the next tick would.
          var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
          utimensat(AT_FDCWD, path, &times, 0)
        }
      }
    }
  }

  @Test func `may be renamed away while it is read`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.yaml", "old")
    let file = try RegularFile(path)
    try folder.write("new.yaml", "newer")
    #expect(rename(folder.path("new.yaml"), path) == 0)
    #expect(try file.contents(limit: 10) == Array("old".utf8))
  }
}

@Suite struct `Files of desired state` {
  private func find(_ paths: [String]) -> DesiredFiles {
    let place = SourcePosition(file: "hsasync.yaml", line: 7, column: 5)
    return DesiredFiles.find(paths.map { Configuration.Desired(paths: [$0], position: place) })
  }

  private func codes(_ paths: [String]) -> [String] { find(paths).findings.map(\.code) }

  @Test func `are found by name, folder and pattern, always in the same order`() throws {
    let folder = try TemporaryFolder()
    for name in ["b.yaml", "a.yml", "c.ldif", "README.md", ".hidden.yaml", "deep/d.yaml"] {
      try folder.write("desired/\(name)", "x")
    }
    let names = { (files: DesiredFiles) in
      files.files.map { $0.path.replacing(folder.path + "/desired/", with: "") }
    }
    #expect(names(find([folder.path("desired")])) == ["a.yml", "b.yaml", "c.ldif", "deep/d.yaml"])
    #expect(names(find([folder.path("desired/*.y*ml")])) == ["a.yml", "b.yaml"])
    #expect(names(find([folder.path("desired/c.ldif")])) == ["c.ldif"])
    #expect(codes([folder.path("desired")]).isEmpty)
  }

  @Test func `that are missing are told at the configuration's line, all at once`() throws {
    let folder = try TemporaryFolder()
    try folder.folder("empty")
    let found = find([folder.path("none.yaml"), folder.path("*.ldif"), folder.path("empty")])
    #expect(found.findings.map(\.code) == ["file-missing", "no-desired-file", "no-desired-file"])
    #expect(found.findings.allSatisfy { $0.position?.line == 7 && $0.advice != nil })
  }

  @Test func `in folders that lead into each other are refused, not followed for ever`() throws {
    let folder = try TemporaryFolder()
    try folder.write("desired/a.yaml", "x")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("desired/loop"), withDestinationPath: folder.path("desired"))
    #expect(codes([folder.path("desired")]) == ["link-loop"])
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("self.yaml"), withDestinationPath: folder.path("self.yaml"))
    #expect(codes([folder.path("self.yaml")]) == ["link-loop"])
  }

  @Test func `are read once`() throws {
    let folder = try TemporaryFolder()
    try folder.write("desired/a.yaml", "x")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("desired/b.yaml"), withDestinationPath: folder.path("desired/a.yaml"))
    #expect(
      codes([folder.path("desired/a.yaml"), folder.path("desired/*.yaml")]) == ["file-twice", "file-twice"])
  }

  @Test func `have a name that says what they are`() throws {
    let folder = try TemporaryFolder()
    try folder.write("list.csv", "x")
    #expect(codes([folder.path("list.csv")]) == ["unknown-format"])
  }
}

@Suite struct `What the desired files hold` {
  private func load(_ paths: [String]) throws -> LoadedDesired {
    let environment = ["HSASYNC_URL": "ldapi://%2Fnone", "CREDENTIALS_DIRECTORY": "/none"]
    var configuration = try Configuration.load(Repository.path("conf/hsasync.yaml"), environment: environment)
    let place = SourcePosition(file: "hsasync.yaml", line: 7)
    configuration.desired = paths.map { .init(paths: [$0], position: place) }
    return configuration.loadDesired(schema: try configuration.offlineSchema())
  }

  @Test func `is told with each file's own faults, all at once, and the sound ones are read`() throws {
    let folder = try TemporaryFolder()
    let huge = try folder.write("huge.yaml", "persons: []\n")
    #expect(truncate(huge, 64 << 20) == 0)
    let open = try folder.write(
      "open.yaml", "functions: [{hsaIdentity: SE2321000016-F001, parent: SE2321000016-1000, cn: Kassa}]\n")
    #expect(chmod(open, 0o666) == 0)
    try folder.write("empty.ldif", "")
    try folder.write("bad.ldif", "dn: o=Region Exempel,c=SE\nobjectClass\n")
    let loaded = try load([folder.path])
    let told = loaded.findings.map {
      "\(($0.position?.file ?? "").split(separator: "/").last ?? "") \($0.code)"
    }
    #expect(told.contains("huge.yaml file-too-large"), "\(told)")
    #expect(told.contains("open.yaml file-world-writable"))
    #expect(told.contains("empty.ldif file-empty"))
    #expect(told.contains("bad.ldif ldif-syntax"))
    #expect(loaded.state.rows.count == 1 && loaded.files == 4)
    #expect(loaded.findings.first { $0.code == "file-world-writable" }?.severity == .warning)
  }

  @Test func `cannot be nothing`() throws {
    let loaded = try load([])
    #expect(loaded.findings.map(\.code) == ["no-desired-file"] && loaded.findings.haveErrors)
  }
}
