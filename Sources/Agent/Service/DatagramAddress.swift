import Glibc

/// The address of a Unix socket (unix(7)) as systemd writes them: a path, or a name in the abstract namespace.
struct DatagramAddress: Hashable, Sendable {
  /// What `sun_path` holds; an abstract name begins with a NUL octet and has no end but its length.
  private let octets: [UInt8]

  /// - Parameter text: a path from the root, or `@` and an abstract name, as systemd writes them; `nil` for
  ///   anything else, and for what is longer than the 107 octets of a path or of a name with its NUL.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, bytes.count > 1, bytes.count <= 107, !bytes.contains(0) else { return nil }
    switch first {
    case UInt8(ascii: "/"): octets = bytes + [0]
    case UInt8(ascii: "@"): octets = [0] + bytes.dropFirst()
    default: return nil
    }
  }

  /// Calls with the address as the kernel takes it.
  func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
    let offset = MemoryLayout<sockaddr_un>.offset(of: \sockaddr_un.sun_path) ?? 2
    let length = socklen_t(offset + octets.count)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
