internal import CLDAP
import Foundation

/// A connected socket and its read buffer: the lowest layer of a libldap handle, in place of libldap's own.
///
/// libldap's layer blocks: in a handshake, in a send to a server that does not read, in the middle of a message. None of
/// its time-outs bounds all of these with a socket of our own. Here every wait has a deadline:
/// while a connection is being made (``patience`` is set) reads wait until then; afterwards they never wait. Sends wait
/// ``writePatience`` at most and take in what arrives meanwhile, so that neither side waits for the other.
/// It also reads 64 KiB at a time, a tenth of the system calls.
internal final class Socket {
  /// Why nothing more will come; `nil` while all is well.
  internal enum End: Hashable {
    case closedByPeer
    case failed(Int32)
    case timedOut
    case interrupted
  }

  internal let descriptor: Int32
  internal private(set) var end: End?
  /// Until when reads wait; `nil` once the connection is made.
  internal var patience: ContinuousClock.Instant?
  internal var writePatience: Duration
  private let interrupt: Interrupt
  private var buffer: [UInt8]
  private var start = 0
  private var filled = 0
  private var isOpen = true

  private static let chunk = 65_536
  /// How much is taken in while a send waits, at most.
  private static let mostHeld = 16 << 20

  /// Takes over a connected descriptor.
  internal init(_ descriptor: Int32, patience: ContinuousClock.Instant, interrupt: Interrupt) {
    self.descriptor = descriptor
    self.patience = patience
    self.writePatience = .seconds(60)
    self.interrupt = interrupt
    buffer = [UInt8](repeating: 0, count: Socket.chunk)
  }

  deinit { shut() }

  /// Closes the descriptor; once.
  internal func shut() {
    guard isOpen else { return }
    isOpen = false
    close(descriptor)
  }

  internal var hasBufferedBytes: Bool { filled > start }

  /// Hands out what is buffered, or else what one `recv` gives; -1 with `errno` as `recv` does.
  internal func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    while !hasBufferedBytes {
      let count = fill()
      if count == 0 { return 0 }
      if count > 0 { break }
      guard errno == EAGAIN, let patience else { return -1 }
      guard wait(for: Int16(POLLIN), until: patience) else { return -1 }
    }
    let count = min(target.count, filled - start)
    buffer.withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[start..<(start + count)])) }
    start += count
    return count
  }

  /// Sends all of it; -1 with `errno` when that cannot be done within the patience, after which the handle is of no use.
  internal func write(_ source: UnsafeRawBufferPointer) -> Int {
    var sent = 0
    var deadline: ContinuousClock.Instant?
    while sent < source.count {
      let rest = UnsafeRawBufferPointer(rebasing: source[sent...])
      let count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      if count >= 0 {
        sent += count
        continue
      }
      if errno == EINTR { continue }
      guard errno == EAGAIN else {
        end = end ?? .failed(errno)
        return -1
      }
      let limit = deadline ?? patience ?? .now.advanced(by: writePatience)
      deadline = limit
      let canHold = filled - start < Socket.mostHeld && end == nil
      guard wait(for: Int16(POLLOUT) | (canHold ? Int16(POLLIN) : 0), until: limit) else { return -1 }
      if canHold { _ = fill() }
    }
    return sent
  }

  /// Receives once without waiting, behind what is buffered.
  private func fill() -> Int {
    if start == filled { (start, filled) = (0, 0) }
    if buffer.count - filled < Socket.chunk / 2 {
      buffer.append(contentsOf: repeatElement(0, count: max(Socket.chunk, buffer.count)))
    }
    let count = buffer.withUnsafeMutableBytes {
      recv(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled, Int32(MSG_DONTWAIT))
    }
    if count > 0 {
      filled += count
    } else if count == 0 {
      end = end ?? .closedByPeer
    } else if errno == EINTR {
      return fill()
    } else if errno != EAGAIN {
      end = end ?? .failed(errno)
    }
    return count
  }

  /// Waits for the socket; `false` (with `errno`) when time is up or somebody interrupts.
  internal func wait(for events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
    while true {
      if interrupt.isRaised {
        end = end ?? .interrupted
        errno = ECANCELED
        return false
      }
      var polled = [
        pollfd(fd: descriptor, events: events, revents: 0),
        pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&polled, 2, deadline.millisecondsLeft)
      if ready > 0, polled[0].revents != 0 { return true }
      if ready == 0 {
        end = end ?? .timedOut
        errno = ETIMEDOUT
        return false
      }
    }
  }
}

extension Socket {
  /// Puts a socket under a libldap handle. The layer holds the socket until the handle is closed.
  internal func install(in handle: OpaquePointer) {
    var sockbuf: OpaquePointer?
    ldap_get_option(handle, LDAP_OPT_SOCKBUF, &sockbuf)
    ber_sockbuf_add_io(
      sockbuf, SocketLayer.table, LBER_SBIOD_LEVEL_PROVIDER, Unmanaged.passRetained(self).toOpaque())
    // A peer that announces a message of gigabytes must not make us set the memory aside.
    var largest: ber_len_t = 256 << 20
    ber_sockbuf_ctrl(sockbuf, LBER_SB_OPT_SET_MAX_INCOMING, &largest)
  }
}

/// The functions that liblber calls for a ``Socket``.
private enum SocketLayer {
  // Unsafe, yet sound: written once, before anybody has it; liblber only reads it, and it is never freed.
  nonisolated(unsafe) static let table: UnsafeMutablePointer<Sockbuf_IO> = {
    let table = UnsafeMutablePointer<Sockbuf_IO>.allocate(capacity: 1)
    table.initialize(
      to: Sockbuf_IO(
        sbi_setup: { layer, argument in
          layer?.pointee.sbiod_pvt = argument
          return 0
        },
        sbi_remove: { layer in
          if let held = layer?.pointee.sbiod_pvt { Unmanaged<Socket>.fromOpaque(held).release() }
          layer?.pointee.sbiod_pvt = nil
          return 0
        },
        sbi_ctrl: { layer, option, argument in
          option == LBER_SB_OPT_DATA_READY && SocketLayer.socket(layer)?.hasBufferedBytes == true ? 1 : 0
        },
        sbi_read: { layer, target, count in
          let target = UnsafeMutableRawBufferPointer(start: target, count: Int(count))
          return ber_slen_t(SocketLayer.socket(layer)?.read(into: target) ?? -1)
        },
        sbi_write: { layer, source, count in
          let source = UnsafeRawBufferPointer(start: source, count: Int(count))
          return ber_slen_t(SocketLayer.socket(layer)?.write(source) ?? -1)
        },
        sbi_close: { layer in
          SocketLayer.socket(layer)?.shut()
          return 0
        }))
    return table
  }()

  // The layer's private pointer is the socket that `install` retained, until `sbi_remove` releases it.
  static func socket(_ layer: UnsafeMutablePointer<Sockbuf_IO_Desc>?) -> Socket? {
    layer?.pointee.sbiod_pvt.map { Unmanaged<Socket>.fromOpaque($0).takeUnretainedValue() }
  }
}
