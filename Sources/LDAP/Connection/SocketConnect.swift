import Foundation
import Synchronization

extension Socket {
  /// Connects to a server, trying each of its addresses.
  ///
  /// - Throws: ``LDAPError`` with `connectFailed`, `connectTimeout` or `cancelled`.
  internal static func connect(
    to url: LDAPURL, _ configuration: LDAPConfiguration, _ interrupt: Interrupt
  ) throws(LDAPError) -> Socket {
    let deadline = ContinuousClock.now.advanced(by: configuration.connectTimeout)
    let addresses = url.scheme == .ldapi ? [Address(socketPath: url.host)] : try resolve(url, until: deadline)
    var lastError = EHOSTUNREACH
    for (index, address) in addresses.enumerated() {
      // Each address gets its share of the time that is left, so that a dead one does not use up all of it.
      let share = ContinuousClock.now.duration(to: deadline) / (addresses.count - index)
      switch address.connect(until: .now.advanced(by: share), interrupt) {
      case .success(let socket):
        if url.scheme != .ldapi { socket.setTCPOptions(keepAlive: configuration.keepAlive) }
        socket.writePatience = configuration.operationTimeout
        return socket
      case .failure(let error): lastError = error.code.rawValue
      }
      if interrupt.isRaised { throw LDAPError(.cancelled, "connect", server: url.description) }
    }
    if lastError == ETIMEDOUT {
      throw LDAPError(
        .connectTimeout, "connect", server: url.description,
        reason: "no answer within \(configuration.connectTimeout)",
        advice: "check host, port and firewalls, or raise the connect timeout")
    }
    throw LDAPError(
      .connectFailed, "connect", server: url.description, reason: String(cString: strerror(lastError)),
      advice: "check that the server runs and that the URL is right")
  }

  private func setTCPOptions(keepAlive: Duration) {
    let idle = max(1, keepAlive.milliseconds / 1000)
    let options: [(Int32, Int32, Int32)] = [
      (Int32(IPPROTO_TCP), TCP_NODELAY, 1), (SOL_SOCKET, SO_KEEPALIVE, 1),
      (Int32(IPPROTO_TCP), TCP_KEEPIDLE, idle),
      (Int32(IPPROTO_TCP), TCP_KEEPINTVL, max(1, idle / 6)), (Int32(IPPROTO_TCP), TCP_KEEPCNT, 3),
      (Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, idle * 1000),
    ]
    for (level, name, value) in options {
      var value = value
      // Best effort: a kernel without one of them only notices a dead peer later.
      setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  /// Finds the addresses of a host. `getaddrinfo` has no deadline, so it runs on a thread of its own, which is
  /// left to itself when time is up.
  private static func resolve(
    _ url: LDAPURL, until deadline: ContinuousClock.Instant
  ) throws(LDAPError) -> [Address] {
    let answer = Answer()
    let (host, port) = (url.host, url.port)
    Thread.detachNewThread {
      let found = Address.find(host: host, port: port)
      answer.found.withLock { $0 = found }
      answer.ready.signal()
    }
    guard answer.ready.wait(timeout: .now() + .milliseconds(Int(deadline.millisecondsLeft))) == .success,
      let found = answer.found.withLock({ $0 })
    else {
      throw LDAPError(
        .connectTimeout, "connect", server: url.description,
        reason: "the host's address was not found in time",
        advice: "check the name service")
    }
    switch found {
    case .success(let addresses): return addresses
    case .failure(let error):
      throw LDAPError(
        .connectFailed, "connect", server: url.description, reason: error.reason,
        advice: "check the host's name")
    }
  }

  private final class Answer: Sendable {
    let found = Mutex<Result<[Address], Address.LookupError>?>(nil)
    let ready = DispatchSemaphore(value: 0)
  }
}

/// A socket address of any family.
internal struct Address: Sendable {
  internal struct LookupError: Error { var reason: String }

  private var bytes: [UInt8]
  private var family: Int32

  internal init(socketPath: String) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // `LDAPURL` has checked that the path fits with its final NUL.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8.prefix($0.count - 1)) }
    bytes = withUnsafeBytes(of: &address) { Array($0) }
    family = AF_UNIX
  }

  private init(_ info: addrinfo) {
    bytes = Array(UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
    family = info.ai_family
  }

  internal static func find(host: String, port: UInt16) -> Result<[Address], LookupError> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0 else { return .failure(LookupError(reason: String(cString: gai_strerror(code)))) }
    return .success(
      sequence(first: list) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap {
        $0.map { Address($0.pointee) }
      })
  }

  internal func connect(
    until deadline: ContinuousClock.Instant, _ interrupt: Interrupt
  ) -> Result<Socket, POSIXError> {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = Glibc.socket(family, kind, 0)
    guard descriptor >= 0 else { return .failure(.last) }
    let socket = Socket(descriptor, patience: deadline, interrupt: interrupt)
    while !start(descriptor) {
      switch errno {
      case EINPROGRESS:
        guard socket.wait(for: Int16(POLLOUT), until: deadline) else { return .failure(.last) }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { return .failure(POSIXError(.init(rawValue: code) ?? .EIO)) }
        return .success(socket)
      case EAGAIN:
        // A Unix socket whose queue is full: there is nothing to wait on but time.
        guard deadline.millisecondsLeft > 0 else { return .failure(POSIXError(.ETIMEDOUT)) }
        usleep(2_000)
      case EINTR: continue
      default: return .failure(.last)
      }
    }
    return .success(socket)
  }

  private func start(_ descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      // The octets are a socket address as getaddrinfo laid it out, or a sockaddr_un; the family says which.
      guard let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
      return Glibc.connect(descriptor, address, socklen_t(bytes.count)) == 0
    }
  }
}

extension POSIXError {
  fileprivate static var last: POSIXError { POSIXError(.init(rawValue: errno) ?? .EIO) }
}
