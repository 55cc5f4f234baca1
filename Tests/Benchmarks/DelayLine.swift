import Foundation
import Synchronization
import TestKit

/// A line of a fixed length in time: what goes in at one end comes out at the other so much later, however much is
/// under way. It delays and never narrows.
final class DelayLine: Sendable {
  let port: UInt16
  private let listener: Int32
  private let sockets = Mutex<[Int32]>([])

  /// Listens on 127.0.0.1 for connections to another port of it.
  init(to target: UInt16, delay: Duration) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = Loopback.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listens = DelayLine.with(&address) { [listener] in
      bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
    }
    guard listens else { throw Failure("no delay line: \(String(cString: strerror(errno)))") }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in serve(target, delay) }
  }

  /// Ends the line and all connections through it.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
    sockets.withLock { for socket in $0 { shutdown(socket, Int32(SHUT_RDWR)) } }
  }

  private func serve(_ target: UInt16, _ delay: Duration) {
    while true {
      let near = accept(listener, nil, nil)
      guard near >= 0 else { break }
      let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      var address = Loopback.address(port: target)
      let size = socklen_t(MemoryLayout<sockaddr_in>.size)
      guard DelayLine.with(&address, { connect(far, $0, size) == 0 }) else {
        Foundation.close(near)
        Foundation.close(far)
        continue
      }
      for socket in [near, far] {
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
      }
      sockets.withLock { $0 += [near, far] }
      Direction(from: near, to: far, delay: delay).start()
      Direction(from: far, to: near, delay: delay).start()
    }
    Foundation.close(listener)
  }

  private static func with(_ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Bool)
    -> Bool
  {
    withUnsafeMutablePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
  }
}

/// One way through the line: one thread takes in, one gives out when the time has come.
private final class Direction: Sendable {
  private let from: Int32
  private let to: Int32
  private let delay: Duration
  private let queue = Mutex<[(due: ContinuousClock.Instant, bytes: [UInt8])]>([])
  private let signal = DispatchSemaphore(value: 0)

  init(from: Int32, to: Int32, delay: Duration) {
    self.from = from
    self.to = to
    self.delay = delay
  }

  func start() {
    Thread.detachNewThread { self.takeIn() }
    Thread.detachNewThread { self.giveOut() }
  }

  private func takeIn() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = max(0, recv(from, &buffer, buffer.count, 0))
      let item = (due: ContinuousClock.now.advanced(by: delay), bytes: Array(buffer[..<count]))
      queue.withLock { $0.append(item) }
      signal.signal()
      // An empty piece says that the end has been reached.
      if count == 0 { return }
    }
  }

  private func giveOut() {
    while true {
      signal.wait()
      let item = queue.withLock { $0.removeFirst() }
      let rest = item.due - ContinuousClock.now
      if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
      guard !item.bytes.isEmpty else {
        shutdown(to, Int32(SHUT_WR))
        return
      }
      var sent = 0
      while sent < item.bytes.count {
        let count = item.bytes[sent...].withUnsafeBytes {
          send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }
  }
}
