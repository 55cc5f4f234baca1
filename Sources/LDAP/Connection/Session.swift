internal import CLDAP
import Foundation

/// The owner of an `LDAP *`: there is one at a time, it is never NULL, and it is closed exactly once.
///
/// libldap keeps its assertions on: a NULL handle would end the process.
internal struct Handle: ~Copyable {
  internal let pointer: OpaquePointer

  internal init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { ldap_unbind_ext(pointer, nil, nil) }
}

/// The owner of an `LDAPMessage *`, never NULL.
internal struct Message: ~Copyable {
  internal let pointer: OpaquePointer

  internal init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { ldap_msgfree(pointer) }
}

/// What looking for an answer gave.
internal enum Reception: ~Copyable {
  case nothing
  case message(Message)
  case dead
}

/// One libldap handle with its socket: the calls that read and end, used by one thread at a time.
///
/// A session is of no use after any failed call: libldap would connect again by itself, and not bind again.
internal final class Session {
  internal let url: LDAPURL
  internal let socket: Socket
  private let handle: Handle

  /// Puts a handle over a connected socket.
  internal init(_ socket: Socket, url: LDAPURL) throws(LDAPError) {
    Session.prepareLibrary
    var pointer: OpaquePointer?
    let code = ldap_init_fd(socket.descriptor, LDAP_PROTO_EXT, url.description, &pointer)
    guard code == LDAP_SUCCESS, let pointer else {
      throw LDAPError(
        .connectFailed, "connect", server: url.description, result: ResultCode(rawValue: code),
        reason: "libldap does not take the connection")
    }
    handle = Handle(owning: pointer)
    self.url = url
    self.socket = socket
    socket.install(in: pointer)
    cldap_set_int(pointer, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3)
    cldap_set_flag(pointer, LDAP_OPT_REFERRALS, 0)
    cldap_set_flag(pointer, LDAP_OPT_RESTART, 1)
    cldap_set_flag(pointer, LDAP_OPT_X_SASL_NOCANON, 1)
  }

  deinit {
    // Saying good-bye to a server that does not read must not take long.
    socket.writePatience = .milliseconds(100)
    socket.patience = nil
  }

  /// The handle, for a call.
  internal var pointer: OpaquePointer { handle.pointer }

  /// libldap must not read `ldaprc` and `LDAP*` variables behind one's back; it looks at this variable at its first use.
  private static let prepareLibrary: Void = { setenv("LDAPNOINIT", "1", 1) }()

  /// Takes one answer if there is one; never waits. To be called until it gives nothing: TLS and the socket layer
  /// hold octets that no `poll` shows.
  internal func receive() -> Reception {
    var now = timeval()
    var message: OpaquePointer?
    let kind = ldap_result(pointer, LDAP_RES_ANY, LDAP_MSG_ONE, &now, &message)
    if kind == 0 { return .nothing }
    guard kind > 0, let message else { return .dead }
    return .message(Message(owning: message))
  }

  /// Waits for the final answer to one request while the connection is being made.
  internal func finalAnswer(
    to id: Int32, _ operation: String, until deadline: ContinuousClock.Instant
  ) throws(LDAPError) -> Message {
    socket.patience = nil
    defer { socket.patience = deadline }
    while true {
      switch receive() {
      case .message(let message):
        if message.id == id { return message }
      case .dead: throw lost(operation)
      case .nothing:
        guard socket.wait(for: Int16(POLLIN), until: deadline) else { throw lost(operation) }
      }
    }
  }

  /// Tells the server to stop working on a request. A search stops, a write may be done already.
  internal func abandon(_ id: Int32) { ldap_abandon_ext(pointer, id, nil, nil) }

  /// Makes libldap's own reconnection fail: it would not bind again, and an anonymous view looks like a mass deletion.
  internal func preventReconnection() {
    ldap_set_option(pointer, LDAP_OPT_URI, "ldapi://%2Fnonexistent%2Fhsasync")
  }

  /// Why the connection is of no use any more.
  internal func lost(_ operation: String) -> LDAPError {
    var code: Int32 = 0
    ldap_get_option(pointer, LDAP_OPT_RESULT_CODE, &code)
    let server = url.description
    switch socket.end {
    case .closedByPeer?:
      return LDAPError(.connectionLost, operation, server: server, reason: "the server closed the connection")
    case .failed(let number)?:
      return LDAPError(
        .connectionLost, operation, server: server, reason: String(cString: strerror(number)))
    case .timedOut?:
      return LDAPError(.deadlineExceeded, operation, server: server, reason: "no answer in time")
    case .interrupted?: return LDAPError(.cancelled, operation, server: server)
    case nil:
      return LDAPError(
        .malformedAnswer, operation, server: server, result: ResultCode(rawValue: code),
        reason: "what the server sent is not LDAP", advice: "check that the URL's port is an LDAP server's")
    }
  }
}
