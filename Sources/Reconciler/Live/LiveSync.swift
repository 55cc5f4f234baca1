import Directory
import LDAP
import Logging

/// The server's content sync names entries by something else than their entryUUID, by which they are looked for.
struct ForeignIdentifiers: Error {}

/// One content sync on its way into the index.
struct LiveSync {
  let look: LiveLook
  /// Whether the connection was reported.
  private var isTold: Bool
  private var isRefreshed = false
  /// What the refresh has touched so far.
  private var touched = Touched()
  private var hasContent = false
  private var hasCookie = false
  /// Whether cookies are worth keeping: not when something they speak of was not taken in.
  var keepsCookies = true
  /// Candidates that were not confirmed, and wait for a full comparison.
  var postponed: Set<EntryUUID> = []

  init(_ look: LiveLook, isTold: Bool) {
    self.look = look
    self.isTold = isTold
  }

  var index: TreeIndex { look.index }

  /// Follows until the server ends it with success; a lost connection and a refusal throw.
  mutating func run(_ cookie: [UInt8]?, patience: Duration) async throws {
    let before = try await look.observer.contextState()
    try index.begin(isReplacement: cookie == nil)
    let stream = look.connection.sync(
      SyncRequest(
        base: look.observer.base, filter: look.question.filter, attributes: look.question.attributes,
        cookie: cookie, refreshDeadline: patience))
    for try await event in stream {
      look.pulse.begin()
      defer { look.pulse.end() }
      try await tell()
      if case .refreshed = event {
        try await endRefresh(event, wasResumed: cookie != nil)
        try await look.report(
          .refreshed(touched, try await look.prove(since: before, referrals: stream.referrals)))
        continue
      }
      var touched = try await take(event)
      guard isRefreshed else {
        self.touched.formUnion(touched)
        continue
      }
      // First where everything is: what is planned of an entry that has lost its place is planned of another.
      touched.formUnion(try await settle())
      if !touched.isEmpty { try await look.report(.changed(touched)) }
    }
  }

  private mutating func tell() async throws {
    guard !isTold else { return }
    isTold = true
    try await look.report(
      .connected(
        look.connection.server, identity: look.connection.authorizationIdentity, .contentSync))
  }

  private mutating func take(_ event: SyncEvent) async throws -> Touched {
    switch event {
    case .entries(let table, let uuids):
      hasContent = true
      guard try table.entryUUIDs() == uuids else { throw ForeignIdentifiers() }
      return try index.take(event)
    case .deleted(let uuids):
      hasContent = true
      return try await delete(uuids)
    case .cookie:
      hasCookie = true
      return keepsCookies ? try index.take(event) : Touched()
    case .present, .refreshed: return try index.take(event)
    }
  }

  private mutating func endRefresh(_ event: SyncEvent, wasResumed: Bool) async throws {
    // Without a cookie at its end this was no continuation of ours, whatever the server says. Of an index that is up to
    // date there is nothing to tell, and then no cookie either.
    if wasResumed && hasContent && !hasCookie { _ = try index.take(.cookie([])) }
    touched.formUnion(try index.take(event))
    touched.formUnion(try await settle())
    isRefreshed = true
  }
}
