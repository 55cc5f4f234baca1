import Foundation
import Logging
import Synchronization

/// One bound connection to a server.
///
/// Any number of operations may be outstanding; ``LDAPConfiguration/window`` of them are sent, the rest wait their turn.
/// The server works on them in any order, so do not send what depends on an answer that has not come. Once the
/// connection is lost every operation on it fails, now and later: open another one. It never reconnects by itself.
///
/// Long searches belong on a connection of their own: see ``EntryStream``, and ``SyncStream``.
public actor LDAPConnection {
  /// To which server, and how.
  public struct ServerFacts: Hashable, Sendable {
    /// Which of the configured URLs took the connection.
    public var url: LDAPURL
    /// The version of TLS, such as `TLS1.3`; `nil` without TLS.
    public var tlsVersion: String?
    /// The cipher suite; `nil` without TLS.
    public var tlsCipher: String?
  }

  /// To which server, and how.
  public nonisolated let server: ServerFacts
  /// Whom the server takes us for (RFC 4532), such as `dn:cn=agent,o=x`; empty for nobody, or when it cannot say.
  public nonisolated let authorizationIdentity: String

  internal nonisolated let thread: ConnectionThread
  private nonisolated let tickets = Atomic<UInt64>(0)
  private let configuration: LDAPConfiguration
  private let logger: Logger
  private var session: Session?
  private var outstanding: [Int32: Operation] = [:]
  private var backlog: [Operation] = []
  private var failure: LDAPError?
  /// Messages handled in one round before queued calls, such as a cancellation, get their turn.
  private static let messagesPerRound = 2_000

  /// The connection's own thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  internal init(
    _ session: sending Session, _ thread: ConnectionThread, identity: String,
    _ configuration: LDAPConfiguration,
    _ logger: Logger
  ) {
    server = ServerFacts(url: session.url, tlsVersion: session.tlsVersion, tlsCipher: session.tlsCipher)
    authorizationIdentity = identity
    self.thread = thread
    self.configuration = configuration
    self.logger = logger
    self.session = session
  }

  deinit { thread.stop() }

  /// Ends the connection. What is outstanding fails; calling again does nothing.
  public func close() {
    die(
      LDAPError(.connectionLost, "close", server: server.url.description, reason: "the connection was closed")
    )
  }

  // MARK: Operations in general

  internal nonisolated func nextTicket() -> UInt64 { tickets.add(1, ordering: .relaxed).newValue }

  /// Sends a request when the window allows and waits for its answer, its deadline or cancellation.
  internal func answer(
    to work: sending Operation.Work, _ name: String, changes: Bool = false, deadline: Duration?
  ) async throws(LDAPError) -> Answer {
    if Task.isCancelled { throw LDAPError(.cancelled, name, server: server.url.description) }
    let ticket = nextTicket()
    let patience = deadline ?? configuration.operationTimeout
    let result: Result<Answer, LDAPError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        admit(
          Operation(work, ticket: ticket, name: name, changes: changes, patience: patience) {
            continuation.resume(returning: $0)
          })
      }
    } onCancel: {
      Task { await self.cancel(ticket) }
    }
    return try result.get()
  }

  /// Begins an operation whose answers go to a channel.
  internal func begin(_ run: sending some StreamRun, _ ticket: UInt64) {
    admit(
      Operation(
        .stream(run), ticket: ticket, name: run.name,
        patience: run.request.deadline ?? configuration.operationTimeout
      ) { result in
        if case .failure(let error) = result { run.fail(error) }
      })
  }

  /// Gives an operation up: it is abandoned when it was sent already.
  internal func cancel(_ ticket: UInt64) {
    let error = LDAPError(.cancelled, "cancel", server: server.url.description)
    if let index = backlog.firstIndex(where: { $0.ticket == ticket }) {
      let operation = backlog.remove(at: index)
      operation.fail(error.of(operation.name), wasSent: false)
    } else if let (id, operation) = outstanding.first(where: { $0.value.ticket == ticket }) {
      giveUp(id, operation, error)
    }
  }

  /// How many operations are sent, and how many wait for their turn.
  internal var load: (sent: Int, waiting: Int) { (outstanding.count, backlog.count) }

  private func admit(_ operation: Operation) {
    operation.tell = configuration.onOperationEnd
    if let failure { return operation.fail(failure.of(operation.name), wasSent: false) }
    if outstanding.count < max(1, configuration.window) { send(operation) } else { backlog.append(operation) }
  }

  private func send(_ operation: Operation) {
    guard let session else {
      return operation.fail(
        LDAPError(.connectionLost, operation.name, server: server.url.description), wasSent: false)
    }
    do throws(LDAPError) {
      let id =
        switch operation.work {
        case .write(let write, let controls): try session.send(write, controls)
        case .compare(let dn, let attribute, let value): try session.sendCompare(dn, attribute, value)
        case .extended(let oid, let value): try session.sendExtended(oid, value)
        case .stream(let run): try session.send(run.request, extra: run.methodControls)
        }
      outstanding[id] = operation
    } catch {
      if error.code == .badConfiguration { return operation.fail(error, wasSent: false) }
      operation.fail(error, wasSent: true)
      die(error)
    }
  }

  private func end(_ id: Int32, _ operation: Operation, _ result: Result<Answer, LDAPError>) {
    outstanding[id] = nil
    operation.end(result)
    fillWindow()
  }

  private func giveUp(_ id: Int32, _ operation: Operation, _ error: LDAPError) {
    outstanding[id] = nil
    session?.abandon(id)
    operation.fail(error.of(operation.name), wasSent: true)
    fillWindow()
  }

  private func fillWindow() {
    while failure == nil, !backlog.isEmpty, outstanding.count < max(1, configuration.window) {
      send(backlog.removeFirst())
    }
  }

  /// Ends everything: the handle would reconnect by itself, unbound, if it were used again.
  private func die(_ error: LDAPError) {
    guard failure == nil else { return }
    failure = LDAPError(
      .connectionLost, error.operation, server: server.url.description, result: error.result,
      reason: error.reason)
    let (sent, waiting) = (outstanding.values, backlog)
    outstanding = [:]
    backlog = []
    session = nil
    for operation in sent { operation.fail(error.of(operation.name), wasSent: true) }
    for operation in waiting { operation.fail(error.of(operation.name), wasSent: false) }
  }

  // MARK: The rounds of the connection's thread

  /// Takes in what has arrived, ends what is overdue, and says what to wait for.
  internal func round() -> ConnectionThread.Wait {
    guard let session else { return .init(descriptor: -1, milliseconds: -1) }
    if isHeldUp {
      for operation in outstanding.values { operation.expires = .now.advanced(by: operation.patience) }
      return .init(descriptor: -1, milliseconds: -1)
    }
    guard drain(session) else { return .init(descriptor: session.socket.descriptor, milliseconds: 0) }
    expire()
    guard self.session != nil else { return .init(descriptor: -1, milliseconds: -1) }
    let patience = patience()
    // A server in full flow sends an entry at a time: looking at each as it comes would cost it the processor.
    if isStreaming { return .init(descriptor: -1, milliseconds: 1) }
    return .init(descriptor: session.socket.descriptor, milliseconds: patience)
  }

  /// Whether all that is outstanding are streams and one's consumer lags: then the server has to wait. Never while
  /// something else is outstanding, whose answer may be just what the consumer waits for.
  private var isHeldUp: Bool {
    !outstanding.isEmpty && outstanding.values.allSatisfy { $0.stream != nil }
      && outstanding.values.compactMap(\.stream).contains {
        $0.isFull && !($0.yieldsToOthers && outstanding.count > 1)
      }
  }

  /// Takes answers until there are none, or a round's worth; `false` when there may be more.
  private func drain(_ session: Session) -> Bool {
    for _ in 0..<LDAPConnection.messagesPerRound {
      switch session.receive() {
      case .nothing: return true
      case .dead:
        die(session.lost("receive"))
        return true
      case .message(let message): take(message, session)
      }
      if self.session == nil { return true }
    }
    return isHeldUp
  }

  private func take(_ message: borrowing Message, _ session: Session) {
    let id = message.id
    guard let operation = outstanding[id] else { return }
    if let run = operation.stream { return take(message, of: run, id, operation, session) }
    guard let answer = message.answer(of: session) else { return malformed(session, operation.name) }
    end(id, operation, .success(answer))
  }

  private func take(
    _ message: borrowing Message, of run: any StreamRun, _ id: Int32, _ operation: Operation,
    _ session: Session
  ) {
    operation.isActive = true
    var step = StreamStep.goesOn
    switch message.kind {
    case MessageKind.entry: step = run.entry(message, of: session)
    case MessageKind.reference: run.reference()
    case MessageKind.intermediate: step = run.intermediate(message, of: session)
    default:
      guard let answer = message.answer(of: session) else { return malformed(session, operation.name) }
      step = run.final(answer, of: session)
    }
    switch step {
    case .goesOn: break
    case .ended: end(id, operation, .success(Answer(result: .success)))
    case .nextPage:
      outstanding[id] = nil
      send(operation)
    case .failed(let error):
      if error.code == .malformedAnswer { session.abandon(id) }
      end(id, operation, .failure(error))
    }
  }

  private func malformed(_ session: Session, _ operation: String) {
    die(
      LDAPError(
        .malformedAnswer, operation, server: server.url.description, reason: "an answer cannot be decoded"))
  }

  private func expire() {
    let now = ContinuousClock.now
    for (id, operation) in outstanding {
      if operation.isActive {
        operation.isActive = false
        operation.expires = now.advanced(by: operation.patience)
      } else if operation.expires <= now, !operation.mayBeSilent {
        giveUp(id, operation, overdue(operation))
      }
    }
    for operation in backlog where operation.expires <= now {
      backlog.removeAll { $0 === operation }
      operation.fail(overdue(operation), wasSent: false)
    }
  }

  private func overdue(_ operation: Operation) -> LDAPError {
    LDAPError(
      .deadlineExceeded, operation.name, server: server.url.description,
      reason: "no answer within \(operation.patience)",
      advice: "check the server's load, or raise the deadline")
  }

  /// How long to wait: until the next deadline, or until gathered answers are handed to somebody who waits for them.
  private func patience() -> Int32 {
    let sent = outstanding.values.filter { !$0.mayBeSilent }
    var next = (sent.map(\.expires) + backlog.map(\.expires)).min()
    for run in outstanding.values.compactMap(\.stream) {
      if let due = run.handOverWhatIsDue() { next = min(next ?? due, due) }
    }
    return next.map { max(1, $0.millisecondsLeft) } ?? -1
  }

  /// Whether nothing but streams in full flow is outstanding.
  private var isStreaming: Bool {
    !outstanding.isEmpty && outstanding.values.allSatisfy { $0.stream?.isStreaming == true }
  }
}

extension LDAPError {
  /// The same failure, met by another operation.
  internal func of(_ operation: String) -> LDAPError {
    var copy = self
    copy.operation = operation
    return copy
  }
}
