import Directory
import Glibc
import LDAP

extension ConfigurationReader {
  /// What machines may ask, under `http:`.
  mutating func readHTTP(_ mapping: inout YAMLMapping) -> DaemonSettings.HTTP {
    var http = DaemonSettings.HTTP()
    guard let text = mapping.string("listen") else { return http }
    let position = mapping.position(of: "listen")
    guard let address = ListenAddress(text, port: http.port) else {
      report(
        "wrong-address", position, "`listen` must be an address and a port from 1 to 65535",
        "write it as \"127.0.0.1:9640\" or \"[::1]:9640\"; a name is not looked up")
      return http
    }
    if !address.isLoopback {
      report(
        "http-open", position,
        "whoever reaches \(address.host) may read figures and state, without a password",
        "listen on 127.0.0.1 or [::1], or let a firewall or proxy decide who comes there", severity: .warning)
    }
    http.host = address.host
    http.port = address.port
    return http
  }
}

/// An address on which is listened, as people write it: `127.0.0.1:9640`, `[::1]:9640`; the port may be left out.
///
/// Numbers only: what a name means can change between two starts, and with it who reaches the port.
struct ListenAddress: Hashable {
  /// Without brackets.
  let host: String
  let port: Int
  /// Whether it is of this machine only (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
  let isLoopback: Bool

  init?(_ text: String, port standard: Int) {
    var rest = text[...]
    if rest.first == "[", let end = rest.firstIndex(of: "]") {
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      rest = rest[rest.index(after: end)...]
      var address = in6_addr()
      guard inet_pton(AF_INET6, host, &address) == 1 else { return nil }
      isLoopback = Self.isLoopback(withUnsafeBytes(of: address) { Array($0) })
    } else {
      host = String(rest.prefix { $0 != ":" })
      rest = rest.dropFirst(host.count)
      var address = in_addr()
      guard inet_pton(AF_INET, host, &address) == 1 else { return nil }
      isLoopback = host.hasPrefix("127.")
    }
    guard let port = Self.port(rest, standard) else { return nil }
    self.port = port
  }

  private static func port(_ text: Substring, _ standard: Int) -> Int? {
    if text.isEmpty { return standard }
    let digits = text.dropFirst()
    guard text.first == ":", digits.utf8.allSatisfy({ $0 &- 48 < 10 }), let port = Int(digits) else {
      return nil
    }
    return (1...65_535).contains(port) ? port : nil
  }

  /// `::1`, and 127.0.0.0/8 written as IPv6.
  private static func isLoopback(_ octets: [UInt8]) -> Bool {
    let zeros = [UInt8](repeating: 0, count: 10)
    guard octets.count == 16, octets.starts(with: zeros) else { return false }
    return octets[10...] == [0, 0, 0, 0, 0, 1] || octets[10...12] == [0xFF, 0xFF, 127]
  }
}
