import Directory
import Foundation

/// The right to write to the store: a lock that the kernel holds for this process, and lets go however it ends.
final class StoreLock: Sendable {
  /// Who has it, for whoever comes second.
  struct Holder: Codable {
    var pid: Int
    var user: String
    var verb: String
    var since: String
  }

  /// What the agent takes the lock for.
  static let agent = "run"
  private let descriptor: Int32

  /// - Throws: exit code 75 with the holder's name when another process has it.
  init(_ folder: StoreFolder, verb: String, actor: Actor, at time: Date) throws(Refusal) {
    let descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw StoreFault.refusal(errno: errno, "opening the lock", folder.path)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      let holder = StoreLock.holder(descriptor)
      close(descriptor)
      throw code == EWOULDBLOCK
        ? StoreLock.busy(holder, folder) : StoreFault.refusal(errno: code, "locking", folder.path)
    }
    let holder = Holder(
      pid: Int(getpid()), user: "\(actor.user)@\(actor.host)", verb: verb, since: time.formatted(.iso8601))
    guard StoreLock.write(holder, descriptor) else {
      let code = errno
      close(descriptor)
      throw StoreFault.refusal(errno: code, "writing the lock", folder.path)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func write(_ holder: Holder, _ descriptor: Int32) -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(holder) else { return false }
    let text = [UInt8](data) + [10]
    return ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text, text.count, 0) == text.count
  }

  private static func holder(_ descriptor: Int32) -> Holder? {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? try? JSONDecoder().decode(Holder.self, from: Data(buffer.prefix(count))) : nil
  }

  private static func busy(_ holder: Holder?, _ folder: StoreFolder) -> Refusal {
    let who =
      holder.map { "process \($0.pid) of \($0.user), \($0.verb) since \($0.since)," } ?? "another process"
    return Refusal(
      .storeBusy, .tryAgain, "\(VisibleText(who).text) is writing with the store in \(folder.path)",
      advice: holder?.verb == agent
        ? "it is the agent: ask it over its socket (--socket), or stop it first"
        : "wait until it has ended, and run again")
  }
}
