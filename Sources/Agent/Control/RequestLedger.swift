import Directory
import Foundation
import Reconciler

/// The requests that wait, the one that is done now, and the answers that may be asked for again.
///
/// One is done at a time, in the order in which they came. What has a key, or was not waited for, is kept for 24 hours,
/// as long as this process lives.
actor RequestLedger {
  typealias Outcome = Result<AgentAnswer, Refusal>
  /// How long an answer is kept.
  static let keeping = Duration.seconds(24 * 3_600)
  /// How many may wait.
  static let mostWaiting = 64
  /// How many answers are kept at most, and how many octets of them: the oldest go first.
  static let mostKept = 10_000
  static let mostOctets = 64 << 20

  /// What an order became: its number, and whether it is another's that was there already.
  struct Ticket: Hashable, Sendable {
    var id: String
    var isNew: Bool
  }

  fileprivate struct Key: Hashable {
    var person: String
    var text: String
  }

  fileprivate struct Entry {
    let order: AgentOrder
    let caller: Caller
    /// Who may ask what became of it.
    var askers: Set<String>
    var keys: [Key] = []
    var isKept: Bool
    var state = ControlRequest.State.waiting
    var outcome: Outcome?
    var ended: ContinuousClock.Instant?
    var waiters: [CheckedContinuation<Outcome, Never>] = []
  }

  private let perform: @Sendable (AgentOrder, Caller) async -> Outcome
  private let record: @Sendable (AuditEvent) throws(Refusal) -> Void
  private let now: @Sendable () -> ContinuousClock.Instant
  private var rate = RequestRate()
  private var entries: [String: Entry] = [:]
  private var keys: [Key: String] = [:]
  private var queue: [String] = []
  /// In the order in which they were done.
  private var kept: [String] = []
  private var octets = 0
  private var worker: Task<Void, Never>?
  private var isClosed = false

  /// - Parameters:
  ///   - now: a clock that goes on while the machine sleeps.
  ///   - record: puts on the disk that somebody asked; what it throws, the asker gets, and nothing is done.
  ///   - perform: does what is asked.
  init(
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    record: @escaping @Sendable (AuditEvent) throws(Refusal) -> Void,
    perform: @escaping @Sendable (AgentOrder, Caller) async -> Outcome
  ) {
    self.now = now
    self.record = record
    self.perform = perform
  }

  /// Takes an order, or finds the one that it repeats or may share the answer of.
  ///
  /// - Throws: ``ControlFault``: the key was used for another order, too many requests, no room, about to end, and
  ///   what recording it throws.
  func submit(
    _ order: AgentOrder, by caller: Caller, key text: String?, isKept: Bool, perMinute: Int
  ) throws(ControlFault) -> Ticket {
    forget()
    let key = text.map { Key(person: caller.actor.key, text: $0) }
    if let key, let id = keys[key], let entry = entries[id] {
      guard entry.order == order else { throw ControlFault(Self.keyUsed) }
      return Ticket(id: id, isNew: false)
    }
    guard !isClosed else { throw ControlFault(Self.stopping) }
    try rate.take(caller.actor.key, most: perMinute, at: now())
    let waiting = queue.first { entries[$0]?.mayBeShared(with: order, caller) == true }
    guard waiting != nil || queue.count < Self.mostWaiting else {
      throw ControlFault(Self.full, retryAfter: 5)
    }
    let id = waiting ?? UUID().uuidString.lowercased()
    do { try record(order.auditEvent(id, joined: waiting != nil, by: caller.actor)) } catch {
      throw ControlFault(telling: error)
    }
    var entry = entries[id] ?? Entry(order: order, caller: caller, askers: [], isKept: false)
    entry.askers.insert(caller.actor.key)
    entry.isKept = entry.isKept || isKept || key != nil
    if let key {
      entry.keys.append(key)
      keys[key] = id
    }
    entries[id] = entry
    if waiting == nil {
      queue.append(id)
      if worker == nil { worker = Task { await work() } }
    }
    return Ticket(id: id, isNew: waiting == nil)
  }

  /// Lets through a question that is answered at once but costs as much, and is recorded alike.
  func admit(_ event: AuditEvent, by caller: Caller, perMinute: Int) throws(ControlFault) {
    guard !isClosed else { throw ControlFault(Self.stopping) }
    try rate.take(caller.actor.key, most: perMinute, at: now())
    do { try record(event) } catch { throw ControlFault(telling: error) }
  }

  /// Waits for what comes of a request.
  func outcome(of id: String) async -> Outcome {
    guard let entry = entries[id] else { return .failure(Self.unknown) }
    if let outcome = entry.outcome { return outcome }
    return await withCheckedContinuation { entries[id]?.waiters.append($0) }
  }

  /// What there is to tell of a request; `nil` where there is none that the caller may see.
  func request(_ id: String, for caller: Caller) -> ControlRequest? {
    forget()
    guard let entry = entries[id] else { return nil }
    guard entry.askers.contains(caller.actor.key) || (caller.role == .operator && caller.scope == nil) else {
      return nil
    }
    var request = ControlRequest(id: id, request: entry.order.request.route.rawValue, state: entry.state)
    switch entry.outcome {
    case .success(let answer): request.answer = answer
    case .failure(let refusal): request.problem = ControlProblem(refusal)
    case nil: break
    }
    return request
  }

  /// How many wait.
  var waiting: Int { queue.count }

  /// Takes nothing new; what waits is told so, what has begun goes on.
  func close() {
    isClosed = true
    for id in queue { end(id, .failure(Self.stopping)) }
    queue = []
  }

  /// Waits no longer for what has begun either: whoever does it is gone.
  func abandon() {
    close()
    worker?.cancel()
    let open = entries.filter { $0.value.outcome == nil }.keys.sorted()
    for id in open { end(id, .failure(Refusal(telling: CancellationError()))) }
  }

  private func work() async {
    while !queue.isEmpty {
      let id = queue.removeFirst()
      guard let entry = entries[id] else { continue }
      entries[id]?.state = .running
      end(id, await perform(entry.order, entry.caller))
    }
    worker = nil
  }

  private func end(_ id: String, _ outcome: Outcome) {
    guard var entry = entries[id], entry.outcome == nil else { return }
    (entry.state, entry.outcome, entry.ended) = (.done, outcome, now())
    let waiters = entry.waiters
    entry.waiters = []
    // Nothing was done, and the same will be asked again.
    if case .failure(let refusal) = outcome, refusal.isWorthRepeating {
      for key in entry.keys { keys[key] = nil }
      entry.keys = []
    }
    entries[id] = entry.isKept ? entry : nil
    if entry.isKept {
      kept.append(id)
      octets += entry.octets
    }
    for waiter in waiters { waiter.resume(returning: outcome) }
  }

  private func forget() {
    let instant = now()
    while let id = kept.first, let entry = entries[id], let ended = entry.ended,
      instant - ended >= Self.keeping || kept.count > Self.mostKept || octets > Self.mostOctets
    {
      kept.removeFirst()
      octets -= entry.octets
      for key in entry.keys { keys[key] = nil }
      entries[id] = nil
    }
  }
}

extension RequestLedger {
  private static let keyUsed = Refusal(
    .keyUsed, .usage, "the Idempotency-Key was used for another request",
    advice: "give each request a key of its own")
  private static let stopping = Refusal(
    .agentUnavailable, .tryAgain, "the agent is about to end, and takes no more requests",
    advice: "ask again when it has been started")
  private static let full = Refusal(
    .agentUnavailable, .tryAgain, "\(mostWaiting) requests are waiting already",
    advice: "wait for those, and see `hsasync status` for what holds them up")
  static let unknown = Refusal(
    .requestUnknown, .usage, "there is no such request of yours, or it has been forgotten",
    advice: "see `hsasync runs` for what was done")
}

extension RequestLedger.Entry {
  /// Whether an order may have the answer of this one, which has not begun.
  ///
  /// What approves, undoes or releases counts for the one who does it, and is shared with nobody else.
  fileprivate func mayBeShared(with other: AgentOrder, _ asker: Caller) -> Bool {
    guard order.isSame(as: other) else { return false }
    if caller.actor == asker.actor && caller.role == asker.role && caller.scope == asker.scope { return true }
    switch order.request {
    case .plan, .reconcile, .pushRoles: return caller.role == asker.role && caller.scope == asker.scope
    default: return false
    }
  }

  fileprivate var octets: Int {
    guard case .success(let answer)? = outcome else { return 1_000 }
    let lines = (answer.lines + answer.messages).reduce(0) { $0 + $1.utf8.count + 16 }
    return 1_000 + lines + (answer.plan?.utf8.count ?? 0) + (answer.result?.utf8.count ?? 0)
  }
}

extension AgentOrder {
  /// Whether it asks for the same, whatever the reason.
  fileprivate func isSame(as other: AgentOrder) -> Bool {
    var (left, right) = (self, other)
    (left.reason, right.reason) = (nil, nil)
    return left == right
  }

  fileprivate func auditEvent(_ id: String, joined: Bool, by actor: Actor) -> AuditEvent {
    var fields: [String: CanonicalJSON] = [:]
    var identity: HSAIdentity?
    switch request {
    case .plan(let extent), .reconcile(let extent):
      switch extent {
      case .whole: break
      case .unit(let unit): (fields["extent"], identity) = ("unit", unit)
      case .provider(let provider): (fields["extent"], identity) = ("provider", provider)
      case .person(let person): (fields["extent"], identity) = ("person", person)
      }
    case .apply(let code): fields["code"] = code.map { .string($0) }
    case .approve(let code), .cancel(let code): fields["code"] = .string(code)
    case .undo(let run): fields["undoes"] = .number(run)
    case .take(let provider, let file): (fields["file"], identity) = (.number(file), provider)
    case .release(let subject), .adopt(let subject): identity = subject
    case .pushRoles: break
    }
    return .requested(
      request.route.rawValue, id: id, of: identity, reason: reason, joined: joined, fields: fields, by: actor)
  }
}

extension Refusal {
  /// Whether the same request may be answered otherwise a moment later.
  fileprivate var isWorthRepeating: Bool { exitCode == .tryAgain || exitCode == .directoryUnavailable }
}
