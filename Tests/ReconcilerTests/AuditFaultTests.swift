import Directory
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Reconciler

@Suite struct `The audit log's disk` {
  @Test func `when full, stops what is not recorded and keeps the chain whole`() async throws {
    let bench = try AuditBench()
    try bench.folder.folder("audit")
    let filler = "\(bench.path)/filler"
    let ran = try await SmallDisk.run(mountedAt: bench.path, octets: 64 << 10) {
      try bench.fill(filler, 32 << 10)
      let log = try bench.open()
      var written = 0
      let refusal = #expect(throws: Refusal.self) {
        for number in 1...1000 {
          try log.append([bench.event(number), bench.event(number)], at: AuditBench.instant)
          written += 2
        }
      }
      #expect(refusal?.code == .auditUnusable && refusal?.exitCode == .tryAgain)
      #expect(written > 20)
      #expect(try bench.verify().records == written)
      #expect(try bench.verify().fault == nil)
      unlink(filler)
      try log.append([bench.event(0)], at: AuditBench.instant)
      #expect(try bench.verify().records == written + 1)
    }
    if !ran { print("not tested: a full disk, which needs the right to mount") }
  }

  @Test func `that did not confirm a record is not asked again`() throws {
    let bench = try AuditBench()
    let log = try bench.filled(2)
    let descriptor = try #require(bench.descriptor())
    let kept = dup(descriptor)
    // A pipe takes what is written and cannot confirm it.
    var pipe: [Int32] = [0, 0]
    #expect(Glibc.pipe(&pipe) == 0)
    defer { for number in pipe + [kept] { close(number) } }
    #expect(dup2(pipe[1], descriptor) == descriptor)
    let refusal = #expect(throws: Refusal.self) { try log.append([bench.event(3)]) }
    #expect(dup2(kept, descriptor) == descriptor)
    #expect(refusal?.exitCode == .tryAgain)
    let again = #expect(throws: Refusal.self) { try log.append([bench.event(4)]) }
    #expect(again?.message == refusal?.message)
    #expect(try bench.verify().records == 2)
    try bench.open().append([bench.event(3)])
    #expect(try bench.verify().records == 3)
  }
}

@Suite struct `The audit log's head` {
  @Test func `is sent to the journal as one datagram of fields`() throws {
    let bench = try AuditBench()
    let journal = try DatagramSocket(bench.folder.path("journal"))
    let log = try bench.open(AuditSettings(head: [.journald(socket: journal.path)]))
    try log.append([bench.event(1), bench.event(2)], at: AuditBench.instant)
    let entry = try #require(journal.receive())
    #expect(entry == AuditHead.entry(log.mark, "2027-01-15T08:00:00.125Z"))
    for line in entry.split(separator: "\n") { #expect(line.contains(/^[A-Z_]+=[^\n]+$/)) }
    #expect(entry.hasSuffix("\n"))
    #expect(AuditMark.heads(in: Array(entry.utf8)) == [log.mark])
    #expect(log.warnings.isEmpty)
  }

  @Test func `is added to a file at the end of what belongs together, and within a long run`() throws {
    let bench = try AuditBench()
    var settings = AuditSettings(head: [.file(bench.folder.path("head"))])
    settings.every = 10
    let log = try bench.open(settings)
    let run = AuditRun(run: 1, plan: "", actor: bench.actor)
    let change = try AuditBench.change()
    let heads = { AuditMark.heads(in: Array(bench.folder.text("head").utf8)) }
    for _ in 1...9 { try log.append([.write(change, of: run)]) }
    #expect(heads().isEmpty)
    try log.append([.write(change, of: run)])
    #expect(heads().map(\.sequence) == [10])
    try log.append([.applyEnded(ApplyResult(outcomes: []), of: run)])
    #expect(heads().last == log.mark)
    #expect(try bench.verify(heads: heads()).heads == 2)
    let attributes = try FileManager.default.attributesOfItem(atPath: bench.folder.path("head"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func `that cannot be sent is a warning, said once for each place, and stops nothing`() throws {
    let bench = try AuditBench()
    let places: [AuditHead] = [
      .journald(socket: bench.folder.path("none")), .file(bench.folder.path("none/head")),
      .journald(socket: "/" + String(repeating: "x", count: 200)),
    ]
    let log = try bench.open(AuditSettings(head: places))
    try log.append([bench.event(1)])
    try log.append([bench.event(2)])
    #expect(log.mark.sequence == 2)
    #expect(log.warnings.map(\.severity) == [.warning, .warning, .warning])
    #expect(log.warnings.allSatisfy { $0.code == "audit-head-unsent" })
  }
}

extension AuditBench {
  func fill(_ path: String, _ count: Int) throws {
    try Data(repeating: 0, count: count).write(to: URL(filePath: path))
  }

  /// The descriptor by which this process has the log open.
  func descriptor() -> Int32? {
    (3..<1024).first { number in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")) == file
    }
  }
}

/// A small disk of its own for one thread, gone with it: the mount is in a name space that nobody else sees.
enum SmallDisk {
  /// Gives this thread mounts of its own.
  private static func separateMounts() -> Bool {
    guard let symbol = dlsym(nil, "unshare") else { return false }
    typealias Unshare = @convention(c) (Int32) -> Int32
    // unshare(2) as the C library declares it; Glibc's module leaves out what is GNU's own.
    let unshare = unsafeBitCast(symbol, to: Unshare.self)
    let newMounts: Int32 = 0x0002_0000
    return unshare(newMounts) == 0
  }

  /// - Returns: whether the body was run: mounting takes rights.
  static func run(
    mountedAt path: String, octets: Int, _ body: @escaping @Sendable () throws -> Void
  ) async throws -> Bool {
    try await withCheckedThrowingContinuation { continuation in
      let thread = Thread {
        continuation.resume(
          with: Result {
            guard separateMounts(),
              mount("none", "/", nil, UInt(MS_REC) | UInt(MS_PRIVATE), nil) == 0,
              mount("tmpfs", path, "tmpfs", 0, "size=\(octets)") == 0
            else { return false }
            try body()
            return true
          })
      }
      thread.start()
    }
  }
}

/// A datagram socket that keeps what it is sent.
final class DatagramSocket: Sendable {
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw Failure("bind: \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// The next datagram; `nil` when there is none.
  func receive() -> String? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
