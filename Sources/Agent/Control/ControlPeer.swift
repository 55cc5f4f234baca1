import Glibc
import NIOCore
import Reconciler

/// Who is at the other end of a connection.
struct ControlPeer: Hashable, Sendable {
  /// As whom the process connected: what it may do goes by that.
  var uid: UInt32
  /// The person behind it: the one who logged in, though they became another user since (`sudo`); else ``uid``.
  var actor: Actor

  /// Asks the kernel about a connection that was taken just now.
  ///
  /// - Throws: what NIO throws when the connection is gone.
  init(_ channel: any Channel) async throws {
    let accepted = PeerProcess.now
    guard let socket = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
    let credentials: PeerCredentials = try await socket.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
    ).get()
    // Since Linux 6.5: a descriptor of the process itself, which no other process can come in the place of.
    let process: Int32? = try? await socket.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: Self.peerDescriptor)
    ).get()
    defer { if let process, process >= 0 { close(process) } }
    let login = PeerProcess(credentials.pid).loginUser(connectedAs: credentials.uid, acceptedAt: accepted) {
      process.map { !Self.hasEnded($0) } ?? true
    }
    self.init(uid: credentials.uid, login: login)
  }

  init(uid: UInt32, login: UInt32? = nil) {
    self.uid = uid
    actor = Actor.of(user: login ?? uid)
  }

  /// `SO_PEERPIDFD`; no header of ours has it.
  private static let peerDescriptor: CInt = 77

  private static func hasEnded(_ process: Int32) -> Bool {
    var question = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
    return poll(&question, 1, 0) != 0
  }
}
