import Glibc

/// A socket from which datagrams go to one Unix address, as to systemd and its journal.
///
/// It is opened once and kept: when descriptors run out, what is wrong can still be told.
final class DatagramSocket: Sendable {
  private let descriptor: Int32
  private let address: DatagramAddress

  /// - Parameter patience: how long a receiver whose queue is full is waited for; no less than a microsecond.
  /// - Returns: `nil` when there is no descriptor left.
  init?(to address: DatagramAddress, patience: Duration = .seconds(1)) {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.address = address
    guard descriptor >= 0 else { return nil }
    let (seconds, attoseconds) = patience.components
    // Zero would mean for ever.
    var limit = timeval(
      tv_sec: Int(seconds), tv_usec: seconds == 0 ? max(1, Int(attoseconds / 1_000_000_000_000)) : 0)
    _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Sends one datagram.
  ///
  /// - Returns: 0, or the `errno` for which it was not sent.
  func send(_ octets: [UInt8]) -> Int32 {
    address.withSocketAddress { (pointer, length) -> Int32 in
      while true {
        let sent = sendto(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL), pointer, length)
        if sent == octets.count { return 0 }
        let code: Int32 = sent < 0 ? errno : EMSGSIZE
        if code != EINTR { return code }
      }
    }
  }
}
