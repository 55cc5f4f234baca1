import Foundation
import Logging
import Synchronization
import TestKit
import Testing

@testable import Reconciler

@Suite struct `What happens to watched files` {
  /// A folder `set` with `a.yaml`, and something that is done.
  enum Deed: String, CaseIterable {
    case writtenInPlace, replacedByRename, added, addedInSubfolder, deleted, movedAway, madeReadable
    case folderReplaced, linkSetToAnother, linkedFileWritten
  }

  /// Watches paths in a folder, and sees whether anything of a deed counts.
  private func expect(
    _ paths: [String], _ folder: TemporaryFolder, counts isCounted: Bool = true,
    at place: SourceLocation = #_sourceLocation, after deed: () throws -> Void
  ) throws {
    var fault: Int32 = 0
    guard var events = FolderEvents(&fault) else { throw Failure("errno \(fault)") }
    defer { events.close() }
    events.watch(WatchedPlaces(of: paths.map { folder.path($0) }))
    #expect(events.fault == 0)
    let before = events.take()
    try deed()
    let after = events.take()
    #expect(!before && after == isCounted, sourceLocation: place)
  }

  private func prepared() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    try folder.write("set/sub/b.yaml", "b")
    try folder.write("elsewhere/c.yaml", "c")
    try folder.write("versions/1/d.yaml", "d")
    try folder.write("versions/2/d.yaml", "e")
    #expect(symlink(folder.path("versions/1"), folder.path("versions/..data")) == 0)
    #expect(symlink("..data/d.yaml", folder.path("versions/d.yaml")) == 0)
    #expect(symlink("../versions", folder.path("set/mounted")) == 0)
    #expect(symlink(folder.path("elsewhere/c.yaml"), folder.path("set/c.yaml")) == 0)
    return folder
  }

  private func perform(_ deed: Deed, in folder: TemporaryFolder) throws {
    switch deed {
    case .writtenInPlace: try folder.append("set/a.yaml", "more")
    case .replacedByRename:
      try folder.write("a.new", "other")
      #expect(rename(folder.path("a.new"), folder.path("set/a.yaml")) == 0)
    case .added: try folder.write("set/new.yaml", "n")
    case .addedInSubfolder: try folder.write("set/sub/new.yaml", "n")
    case .deleted: #expect(unlink(folder.path("set/a.yaml")) == 0)
    case .movedAway: #expect(rename(folder.path("set/a.yaml"), folder.path("a.yaml")) == 0)
    case .madeReadable: #expect(chmod(folder.path("set/a.yaml"), 0o600) == 0)
    case .folderReplaced: #expect(rename(folder.path("set"), folder.path("set.old")) == 0)
    case .linkSetToAnother:
      // As Kubernetes does it: a link is made beside, and renamed over the old one.
      #expect(symlink(folder.path("versions/2"), folder.path("versions/..data_tmp")) == 0)
      #expect(rename(folder.path("versions/..data_tmp"), folder.path("versions/..data")) == 0)
    case .linkedFileWritten: try folder.append("elsewhere/c.yaml", "more")
    }
  }

  @Test(arguments: Deed.allCases) func `counts in a folder`(deed: Deed) throws {
    let folder = try prepared()
    try expect(["set"], folder) { try perform(deed, in: folder) }
  }

  @Test(arguments: [Deed.writtenInPlace, .replacedByRename, .deleted, .movedAway, .folderReplaced])
  func `counts for a file that is named`(deed: Deed) throws {
    let folder = try prepared()
    try expect(["set/a.yaml"], folder) { try perform(deed, in: folder) }
  }

  @Test func `counts for a file behind a link that is set to another folder`() throws {
    let folder = try prepared()
    try expect(["versions/d.yaml"], folder) { try perform(.linkSetToAnother, in: folder) }
    try expect(["set/mounted/d.yaml"], folder) { try folder.append("versions/2/d.yaml", "more") }
  }

  @Test func `does not count for a file beside it, nor when it is only read`() throws {
    let folder = try prepared()
    try expect(["set/a.yaml"], folder, counts: false) {
      try folder.write("set/other.yaml", "o")
      try folder.write("elsewhere/new.yaml", "n")
      #expect(folder.text("set/a.yaml") == "a")
    }
  }

  @Test func `counts for what a pattern comes to match, in folders that come to match too`() throws {
    let folder = try prepared()
    try expect(["set/*.yaml"], folder) { try folder.write("set/new.yaml", "n") }
    try expect(["clinic-*/rows.yaml"], folder) { try folder.folder("clinic-1") }
    try expect(["clinic-*/rows.yaml"], folder) { try folder.write("clinic-1/rows.yaml", "r") }
    try expect(["clinic-?/sub/*.yaml"], folder) { try folder.write("clinic-1/sub/new.yaml", "r") }
  }

  @Test func `counts for a path of which nothing is there yet`() throws {
    let folder = try prepared()
    try expect(["later/deep/x.yaml"], folder) { try folder.folder("later") }
  }

  @Test func `is looked at when the system had to drop some of what happened`() throws {
    let folder = try prepared()
    let limit = try String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
    let most = Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 16_384
    try #require(most < 200_000, "the queue is too long to be filled here")
    try expect(["set/a.yaml"], folder) {
      let files = ["noise1", "noise2"].map { open(folder.path("set/\($0)"), O_CREAT | O_WRONLY, 0o600) }
      defer { for file in files { close(file) } }
      // The same twice in a row is kept once.
      for _ in 0...most { for file in files { write(file, "x", 1) } }
    }
  }

  @Test func `goes round no circle of links`() throws {
    let folder = try prepared()
    #expect(symlink("../set", folder.path("set/again")) == 0)
    #expect(symlink("loop2", folder.path("loop1")) == 0 && symlink("loop1", folder.path("loop2")) == 0)
    try expect(["set"], folder) { try perform(.writtenInPlace, in: folder) }
    try expect(["loop1/x.yaml"], folder, counts: false) {}
  }
}

@Suite struct `A watch of desired files` {
  private final class Tally: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }
  }

  private func watching(
    _ path: String, debounce: Duration = .milliseconds(20), asksSystem: Bool = true,
    _ body: (Tally) async throws -> Void
  ) async throws {
    var watch = DesiredWatch(
      paths: [path], debounce: debounce, interval: .milliseconds(50), logger: Logger(label: "test"))
    watch.asksSystem = asksSystem
    let stream = watch.changes()
    let tally = Tally()
    let task = Task { for await _ in stream { tally.add() } }
    do { try await body(tally) } catch {
      task.cancel()
      throw error
    }
    task.cancel()
    await task.value
  }

  @Test func `tells when a file has been written`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    try await watching(folder.path("set")) { tally in
      #expect(tally.count == 0)
      try folder.append("set/a.yaml", "more")
      try await eventually { tally.count > 0 }
    }
  }

  @Test func `goes on in a folder that came later`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    try await watching(folder.path("set")) { tally in
      try folder.folder("set/new")
      // Until the new folder is watched too, and what happens in it is told.
      try await eventually { tally.count > 0 }
      var last = tally.count
      for number in 0..<3 {
        try folder.write("set/new/\(number).yaml", "n")
        try await eventually { tally.count > last }
        last = tally.count
      }
    }
  }

  @Test func `tells of files that are never still`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    try await watching(folder.path("set"), debounce: .milliseconds(100)) { tally in
      try await eventually {
        try folder.append("set/a.yaml", "more")
        return tally.count > 1
      }
    }
  }

  @Test func `looks at the files itself where the system does not tell`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    try await watching(folder.path("set"), asksSystem: false) { tally in
      try folder.append("set/a.yaml", "more")
      try await eventually { tally.count > 0 }
    }
  }

  @Test func `ends with the task that waits, and leaves no descriptor behind`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    var status = stat()
    let isThere = stat(folder.path("set"), &status) == 0
    #expect(isThere)
    let mark = "ino:\(String(status.st_ino, radix: 16)) "
    try await watching(folder.path("set")) { _ in #expect(watches(of: mark) == 1) }
    try await eventually("the end of the watch") { watches(of: mark) == 0 }
  }

  @Test func `is not woken by what is written where the way only leads through`() throws {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    var fault: Int32 = 0
    var events = try #require(FolderEvents(&fault))
    defer { events.close() }
    events.watch(WatchedPlaces(of: [folder.path("set/a.yaml")]))
    let masks = try String(contentsOfFile: "/proc/self/fdinfo/\(events.descriptor)", encoding: .utf8)
      .split(separator: "\n")
    func mask(_ path: String) throws -> UInt32 {
      var status = stat()
      try #require(stat(path, &status) == 0)
      let line = try #require(masks.first { $0.contains("ino:\(String(status.st_ino, radix: 16)) ") })
      let text = try #require(line.split(separator: " ").first { $0.hasPrefix("mask:") })
      return try #require(UInt32(text.dropFirst(5), radix: 16))
    }
    #expect(try mask(folder.path("set")) & UInt32(IN_MODIFY) != 0)
    #expect(try mask(folder.path) & UInt32(IN_MODIFY) == 0)
    #expect(try mask(folder.path) & UInt32(IN_CREATE) != 0)
  }

  /// How many descriptors of this process watch a folder, as `/proc/self/fdinfo` tells.
  private func watches(of mark: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fdinfo")) ?? []
    return names.count { name in
      (try? String(contentsOfFile: "/proc/self/fdinfo/\(name)", encoding: .utf8))?.contains(mark) ?? false
    }
  }
}

extension TemporaryFolder {
  /// Writes at the end of a file, in place.
  fileprivate func append(_ name: String, _ text: String) throws {
    guard let file = fopen(path(name), "ae") else { throw Failure("\(name) cannot be opened") }
    fputs(text, file)
    fclose(file)
  }
}
