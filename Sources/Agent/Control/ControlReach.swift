import Glibc

/// Whether an agent answers at a socket.
package enum ControlReach: Hashable, Sendable {
  /// Something takes connections there: the agent, or systemd, which starts it.
  case answers
  /// There is no socket, or nobody behind it.
  case absent
  /// There is one, and this user may not connect (mode 0660).
  case forbidden

  /// Connects and goes away again (unix(7)).
  ///
  /// A full backlog counts as an answer: somebody is there, and busy.
  package init(at path: String) {
    guard let address = UnixAddress(path) else {
      self = .absent
      return
    }
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else {
      self = .absent
      return
    }
    defer { close(descriptor) }
    guard address.with({ connect(descriptor, $0, $1) }) != 0 else {
      self = .answers
      return
    }
    self =
      switch errno {
      case EAGAIN, EINPROGRESS: .answers
      case EACCES, EPERM: .forbidden
      default: .absent
      }
  }
}

extension ControlReach {
  /// The process that began to listen at a socket (`SO_PEERCRED`, unix(7)); `nil` when nobody does, or cannot be asked.
  static func listener(at path: String) -> Int32? {
    guard let address = UnixAddress(path) else { return nil }
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard address.with({ connect(descriptor, $0, $1) }) == 0 else { return nil }
    var peer = PeerCredentials(pid: 0, uid: 0, gid: 0)
    var size = socklen_t(MemoryLayout<PeerCredentials>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0, peer.pid > 0 else { return nil }
    return peer.pid
  }
}

/// The address of a Unix socket with a name in the file system.
struct UnixAddress {
  private var address = sockaddr_un()

  /// - Returns: `nil` when the path is empty, or longer than 107 octets (unix(7)).
  init?(_ path: String) {
    let octets = Array(path.utf8)
    guard !octets.isEmpty, !octets.contains(0), octets.count < MemoryLayout.size(ofValue: address.sun_path)
    else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
  }

  func with(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
