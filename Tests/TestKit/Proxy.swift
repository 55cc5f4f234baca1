import Foundation
import Synchronization

/// A TCP proxy that does to a connection what networks do: delays it, cuts it, lets it fall silent.
///
/// It passes octets both ways between those who connect to ``port`` and a target on 127.0.0.1.
package final class Proxy: Sendable {
  /// What is done to the octets of one direction.
  package struct Fault: Sendable {
    /// How long each octet is under way, in milliseconds.
    package var delay = 0
    /// After so many octets both directions are closed.
    package var cutAfter: Int?
    /// After so many octets nothing is passed on any more, and nothing is closed.
    package var silentAfter: Int?

    package init(delay: Int = 0, cutAfter: Int? = nil, silentAfter: Int? = nil) {
      self.delay = delay
      self.cutAfter = cutAfter
      self.silentAfter = silentAfter
    }
  }

  /// Where it listens, on 127.0.0.1.
  package let port: UInt16
  private let listener: Int32
  private let target: UInt16
  private let faults: Mutex<(up: Fault, down: Fault)>
  private let descriptors = Mutex<Set<Int32>>([])

  /// Starts between callers and a port on 127.0.0.1.
  ///
  /// - Parameters:
  ///   - up: what happens on the way to the server.
  ///   - down: what happens on the way back.
  package init(to target: UInt16, up: Fault = Fault(), down: Fault = Fault()) throws {
    self.target = target
    faults = Mutex((up, down))
    (listener, port) = try Loopback.listen()
    let listener = listener
    Thread.detachNewThread { [weak self] in
      while true {
        let caller = accept(listener, nil, nil)
        guard caller >= 0 else { return }
        guard let self else {
          close(caller)
          return
        }
        self.serve(caller)
      }
    }
  }

  /// Starts between callers and the host and port of an `ldap://127.0.0.1:…` or `ldaps://127.0.0.1:…` URL.
  package convenience init(toURL url: String, up: Fault = Fault(), down: Fault = Fault()) throws {
    guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw Failure("no port in \(url)")
    }
    try self.init(to: port, up: up, down: down)
  }

  deinit { stop() }

  /// Changes what happens from now on.
  package func set(up: Fault = Fault(), down: Fault = Fault()) { faults.withLock { $0 = (up, down) } }

  /// Closes all connections, and takes no further ones.
  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    cut()
  }

  /// Closes all connections; new ones are taken.
  package func cut() {
    descriptors.withLock { descriptors in
      for descriptor in descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func serve(_ caller: Int32) {
    guard let server = try? Loopback.connect(port: target) else {
      close(caller)
      return
    }
    descriptors.withLock { $0.formUnion([caller, server]) }
    // The descriptors are closed when both directions have ended.
    let directions = Mutex(2)
    let shared = Shared(directions)
    for (source, sink, isUp) in [(caller, server, true), (server, caller, false)] {
      Thread.detachNewThread { [self] in
        pass(from: source, to: sink, isUp: isUp)
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(sink, Int32(SHUT_RDWR))
        guard shared.endsLast() else { return }
        descriptors.withLock { $0.subtract([caller, server]) }
        close(caller)
        close(server)
      }
    }
  }

  private func pass(from source: Int32, to sink: Int32, isUp: Bool) {
    var passed = 0
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(source, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      let fault = faults.withLock { isUp ? $0.up : $0.down }
      if fault.delay > 0 { usleep(UInt32(fault.delay) * 1000) }
      let limit = min(fault.cutAfter ?? .max, fault.silentAfter ?? .max)
      let allowed = min(count, max(0, limit - passed))
      guard send(sink, buffer, allowed, Int32(MSG_NOSIGNAL)) == allowed else { return }
      // What was swallowed counts as passed: after a gap the rest would be garbage, not silence.
      passed += count
      if allowed < count, fault.cutAfter != nil { return }
    }
  }

  private final class Shared: Sendable {
    private let left: Mutex<Int>
    init(_ left: consuming Mutex<Int>) { self.left = left }
    func endsLast() -> Bool {
      left.withLock { left in
        left -= 1
        return left == 0
      }
    }
  }
}

/// A TCP server that sends fixed octets to whoever connects, and then stays silent or closes.
package final class ScriptedServer: Sendable {
  /// Where it listens, on 127.0.0.1.
  package let port: UInt16
  private let listener: Int32

  /// Starts a server; `waits` makes it read something before it sends.
  package init(sending octets: [UInt8], waits: Bool = true, closes: Bool = false) throws {
    (listener, port) = try Loopback.listen()
    let listener = listener
    Thread.detachNewThread {
      var callers: [Int32] = []
      defer { for caller in callers { close(caller) } }
      while true {
        let caller = accept(listener, nil, nil)
        guard caller >= 0 else {
          close(listener)
          return
        }
        var request = [UInt8](repeating: 0, count: 4096)
        if waits { _ = recv(caller, &request, request.count, 0) }
        _ = send(caller, octets, octets.count, Int32(MSG_NOSIGNAL))
        if closes { close(caller) } else { callers.append(caller) }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }
}
