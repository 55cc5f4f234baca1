import LDAP

/// The connection that writes go over, and the one that takes its place when it is lost.
///
/// A connection that failed once is never used again; whoever finds it lost says so, and all wait for the same
/// new one. When none can be had in time the session is over: nothing more is sent.
actor WriteSession {
  /// A connection and which one it is, counted from 1.
  struct Lease: Sendable {
    var connection: LDAPConnection
    var generation: Int
  }

  private let reopen: @Sendable (_ lost: LDAPConnection) async throws -> LDAPConnection
  /// Whether the connection stays open for who comes next.
  private let isKept: Bool
  private let deadline: Duration
  private let progress: ProgressReport
  private var lease: Lease
  private var retired: [LDAPConnection] = []
  private var replacement: Task<Lease?, Never>?
  /// Whether the directory was lost for good: not even reading back is possible.
  private(set) var isOver = false
  /// Whether no further write is to be sent; what was sent is still settled.
  private(set) var isStopped = false

  init(
    _ connection: LDAPConnection, deadline: Duration, isKept: Bool = false,
    progress: @escaping ProgressReport,
    reopen: @escaping @Sendable (_ lost: LDAPConnection) async throws -> LDAPConnection
  ) {
    lease = Lease(connection: connection, generation: 1)
    self.deadline = deadline
    self.progress = progress
    self.reopen = reopen
    self.isKept = isKept
  }

  /// The connection to use now; `nil` when the session is over.
  func current() async -> Lease? {
    if let replacement { return await replacement.value }
    return isOver ? nil : lease
  }

  /// Says that a connection was lost, and waits for the next.
  func replace(_ lost: Lease) async -> Lease? {
    if let replacement { return await replacement.value }
    guard !isOver else { return nil }
    guard lost.generation == lease.generation else { return lease }
    let task = Task { await reconnect() }
    replacement = task
    let result = await task.value
    return result
  }

  func stop() { isStopped = true }

  func close() async {
    isOver = true
    for connection in retired { await connection.close() }
    retired = []
    if !isKept { await lease.connection.close() }
  }

  /// Tries until the deadline, waiting longer each time; the retired connection stays for those still waiting on it.
  private func reconnect() async -> Lease? {
    defer { replacement = nil }
    let clock = ContinuousClock()
    let end = clock.now + deadline
    var pause = Duration.milliseconds(50)
    var attempt = 0
    while clock.now < end && !isOver {
      attempt += 1
      progress(.reconnecting(attempt: attempt))
      do {
        let connection = try await reopen(lease.connection)
        retired.append(lease.connection)
        lease = Lease(connection: connection, generation: lease.generation + 1)
        progress(.reconnected)
        return lease
      } catch let error as LDAPError where !error.isWorthRetrying {
        break
      } catch {
        try? await Task.sleep(for: min(pause, end - clock.now))
        pause = min(pause * 2, .seconds(5))
      }
    }
    isOver = true
    return nil
  }
}
