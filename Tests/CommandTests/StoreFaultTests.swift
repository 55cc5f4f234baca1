import Foundation
import Glibc
import TestKit
import Testing

/// What `hsasync apply` does when it cannot write down what it is about to do.
@Suite struct StoreFaultTests {
  /// Whether a file system may be mounted in a namespace of its own.
  static func mayMount() async -> Bool {
    (try? await Tool.run("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt"])) != nil
  }

  /// Runs the command with its state folder on a file system of its own.
  private func apply(_ region: SampleRegion, mount options: String, before: String = "true") async throws
    -> Tool.Answer
  {
    let state = try region.folder.folder("mounted")
    let script = """
      mount -t tmpfs -o "$1" none "$2" && \(before) && exec "$3" apply --yes --config "$4"
      """
    let arguments = [
      "-m", "sh", "-c", script, "sh", options, state, Command.path, Repository.path("conf/hsasync.yaml"),
    ]
    let environment = region.environment.merging(["STATE_DIRECTORY": state + "/store"]) { $1 }
    return try await Tool.run("unshare", arguments, environment: environment, check: false)
  }

  @Test(
    .enabled("needs the right to mount (unshare -m), as in a container that is root's") { await mayMount() },
    arguments: ["size=64k", "size=512k", "size=2m"])
  func `a full disk stops it before the directory is touched`(options: String) async throws {
    let region = try await SampleRegion()
    let before = try await region.contents()
    let answer = try await apply(region, mount: options)
    #expect(answer.code == 75, "\(answer)")
    #expect(answer.errors.contains("is full") && answer.errors.contains("make room"), "\(answer.errors)")
    #expect(try await region.contents() == before)
  }

  @Test(
    .enabled("needs the right to mount (unshare -m), as in a container that is root's") { await mayMount() })
  func `a disk that may only be read stops it before the directory is touched`() async throws {
    let region = try await SampleRegion()
    let before = try await region.contents()
    let answer = try await apply(
      region, mount: "size=64m", before: #"mkdir -m 700 "$2/store" && mount -o remount,ro "$2""#)
    #expect(answer.code == 77, "\(answer)")
    #expect(answer.errors.contains("may not be written"), "\(answer.errors)")
    #expect(try await region.contents() == before)
  }

  @Test(
    .enabled("needs the right to mount (unshare -m), as in a container that is root's") { await mayMount() })
  func `a disk with room is as good as any`() async throws {
    let region = try await SampleRegion()
    let answer = try await apply(region, mount: "size=64m")
    #expect(answer.code == 0, "\(answer)")
  }

  @Test func `a broken store is set aside, and the run is made with a new one`() async throws {
    let region = try await SampleRegion()
    try region.folder.write("store/hsasync.sqlite", String(repeating: "not a database ", count: 1_000))
    let answer = try await region.hsasync(["apply", "--yes"])
    #expect(answer.code == 0, "\(answer)")
    let files = try FileManager.default.contentsOfDirectory(atPath: region.folder.path("store"))
    #expect(files.contains { $0.hasPrefix("hsasync.sqlite.broken-") }, "\(files)")
    #expect(region.folder.text("store/audit/audit.ndjson").contains(#""event":"storeRebuilt""#))
    #expect(try await region.hsasync(["plan", "--detailed-exitcode"]).code == 0)
  }

  @Test func `a second apply is told who the first is, and writes nothing`() async throws {
    let region = try await SampleRegion()
    let config = Repository.path("conf/hsasync.yaml")
    let first = try Server(
      Command.path, ["apply", "--yes", "--config", config], environment: region.environment,
      log: region.folder.path("first.log"), folder: region.folder)
    defer { first.stop() }
    // Frozen as soon as it writes, wherever it is then.
    let log = region.folder.path("store/hsasync.sqlite-wal")
    while access(log, F_OK) != 0, !first.hasEnded { usleep(50) }
    first.signal(SIGSTOP)
    try #require(!first.hasEnded)
    let before = try await region.contents()
    let second = try await region.hsasync(["apply", "--yes"])
    #expect(second.code == 75, "\(second)")
    #expect(second.errors.contains("process \(first.pid) of "), "\(second.errors)")
    #expect(try await region.contents() == before)
    first.signal(SIGCONT)
    try await eventually("the first has ended") { first.hasEnded }
    #expect(try await region.hsasync(["plan", "--detailed-exitcode"]).code == 0)
  }
}
