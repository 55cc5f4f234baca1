import Glibc
import TestKit

@testable import Agent

/// A Unix datagram socket that hears what is sent to it, as systemd's and the journal's do.
final class DatagramReceiver: Sendable {
  /// How a sender names it: a path, or `@` and an abstract name.
  let name: String
  private let descriptor: Int32

  init(_ name: String) throws {
    self.name = name
    guard let address = DatagramAddress(name) else { throw Failure("no address: \(name)") }
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let descriptor = descriptor
    guard descriptor >= 0, address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else {
      throw Failure("bind \(name): \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// What has come and has not been taken, without waiting: what a process sends itself has come when it was sent.
  func take() -> [[UInt8]] {
    var all: [[UInt8]] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count >= 0 else { return all }
      all.append(Array(buffer.prefix(count)))
    }
  }

  func takeTexts() -> [String] { take().map { String(decoding: $0, as: UTF8.self) } }
}
