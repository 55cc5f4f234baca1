import Glibc
import Reconciler

/// The socket that people's commands come over: handed on by systemd, or bound by ourselves.
struct ControlSocket: Sendable {
  let descriptor: Int32
  /// `nil` for one that was handed on: its name is systemd's.
  let path: String?
  /// The socket's inode, so that another's socket of the same name is never removed.
  private let inode: Inode?

  private struct Inode: Equatable {
    var device: UInt
    var number: UInt

    init?(_ path: String) {
      var facts = stat()
      guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK else { return nil }
      (device, number) = (UInt(facts.st_dev), UInt(facts.st_ino))
    }
  }

  /// The one that systemd has handed on, else one bound at a path.
  ///
  /// - Throws: ``Refusal`` when somebody else answers there, or the path cannot be used.
  static func open(_ path: String) throws(Refusal) -> ControlSocket {
    if let descriptor = inherited() { return ControlSocket(descriptor: descriptor, path: nil, inode: nil) }
    return try bound(path)
  }

  /// The first listening Unix socket of those that were handed on (sd_listen_fds(3)).
  static func inherited(
    _ environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } },
    first: Int32 = 3
  ) -> Int32? {
    guard let process = environment("LISTEN_PID").flatMap(Int32.init), process == getpid(),
      let count = environment("LISTEN_FDS").flatMap(Int32.init), (1...64).contains(count)
    else { return nil }
    for descriptor in first..<first + count where isListening(descriptor) {
      prepare(descriptor)
      return descriptor
    }
    return nil
  }

  /// Binds a socket of mode 0660, in the place of one behind which nobody is.
  ///
  /// It is made under another name and renamed when it listens: nobody ever finds it half made, or with another mode.
  static func bound(_ path: String) throws(Refusal) -> ControlSocket {
    try refuseIfTaken(path)
    let raw = path + ".new"
    guard let address = UnixAddress(raw) else {
      throw Refusal(
        socket: path, "the path of the control socket is too long",
        advice: "set `control.socket` to one of at most 103 octets")
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Refusal(socket: path, errno: errno) }
    if Inode(raw) != nil { unlink(raw) }
    let isMade =
      address.with { bind(descriptor, $0, $1) } == 0 && chmod(raw, 0o660) == 0 && listen(descriptor, 128) == 0
      && rename(raw, path) == 0
    guard isMade else {
      let code = errno
      close(descriptor)
      if Inode(raw) != nil { unlink(raw) }
      throw Refusal(socket: path, errno: code)
    }
    prepare(descriptor)
    return ControlSocket(descriptor: descriptor, path: path, inode: Inode(path))
  }

  /// Removes the name, unless it is another's by now.
  func removeName() {
    if let path, let inode, Inode(path) == inode { unlink(path) }
  }

  private static func refuseIfTaken(_ path: String) throws(Refusal) {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFSOCK else {
      throw Refusal(
        socket: path, "there is something else than a socket at \(path)",
        advice: "move it away, or set `control.socket`")
    }
    guard ControlReach(at: path) == .absent else {
      let who = ControlReach.listener(at: path).map { "another agent (process \($0))" } ?? "another agent"
      throw Refusal(
        .agentUnavailable, .tryAgain, "\(who) answers at \(path)",
        advice: "stop it, or give this one a socket of its own with `control.socket`")
    }
  }

  private static func isListening(_ descriptor: Int32) -> Bool {
    option(descriptor, SO_DOMAIN) == AF_UNIX && option(descriptor, SO_TYPE) == Int32(SOCK_STREAM.rawValue)
      && option(descriptor, SO_ACCEPTCONN) == 1
  }

  private static func option(_ descriptor: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  /// Neither waited on nor inherited by the programs that we start.
  private static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }
}

extension Refusal {
  fileprivate init(socket path: String, _ message: String, advice: String) {
    self.init(.agentUnavailable, .configurationWrong, message, advice: advice)
  }

  fileprivate init(socket path: String, errno code: Int32) {
    let isRight = code == EACCES || code == EPERM || code == EROFS
    self.init(
      .agentUnavailable, isRight ? .notPermitted : .configurationWrong,
      "the control socket \(path) cannot be made: \(String(cString: strerror(code)))",
      advice: "make its folder, and give it to the user whom the agent runs as (`RuntimeDirectory=`)")
  }
}
