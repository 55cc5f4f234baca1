import AsyncHTTPClient
import Directory
import Glibc
import NIOCore
import Synchronization

/// The connections to one service provider, kept from one call to the next.
final class SCIMLine: Sendable {
  private struct State {
    var open: (http: HTTPClient, stamps: [FileStamp?])?
    var use = SCIMUse()
    /// What the provider has said that it can do, since it was read whole last.
    var features: SCIMFeatures?
    /// Whether filters were seen to find just what a whole reading finds.
    var filtersAreProven = false
    /// What was in use before, until the next takes its place: somebody may still wait for an answer there.
    var retired: HTTPClient?
  }

  private let settings: SCIMSettings
  private let state = Mutex(State())

  init(_ settings: SCIMSettings) { self.settings = settings }

  deinit {
    let clients = state.withLock { [$0.open?.http, $0.retired].compactMap(\.self) }
    for http in clients { Task { try? await http.shutdown() } }
  }

  var filtersAreProven: Bool {
    get { state.withLock { $0.filtersAreProven } }
    set { state.withLock { $0.filtersAreProven = newValue } }
  }

  var features: SCIMFeatures? {
    get { state.withLock { $0.features } }
    set { state.withLock { $0.features = newValue } }
  }

  /// A transport over connections that are there, or are made when they are needed.
  ///
  /// Files of certificates that are others than before are read anew, and the connections with them.
  /// - Parameter isShielded: whether a request is waited for when the task is cancelled.
  /// - Throws: what stands in the settings' way, a file that cannot be read among it.
  func transport(isShielded: Bool) async throws(RoleTargetFault) -> SCIMTransport {
    if let fault = settings.fault { throw fault }
    let address = try SCIMAddress(settings.url)
    let stamps =
      address.isEncrypted
      ? [settings.ca, settings.certificate, settings.key].map { $0.flatMap(FileStamp.init) } : []
    let (kept, use) = state.withLock { ($0.open, $0.use) }
    if let kept, kept.stamps == stamps { return transport(address, kept.http, use, isShielded) }
    let http = try client(address)
    let (used, fresh, old) = state.withLock { state -> (HTTPClient, SCIMUse, HTTPClient?) in
      // Somebody else may have been faster.
      if let open = state.open, open.stamps == stamps { return (open.http, state.use, http) }
      let old = state.retired
      state.retired = state.open?.http
      state.open = (http, stamps)
      state.use = SCIMUse()
      return (http, state.use, old)
    }
    try? await old?.shutdown()
    return transport(address, used, fresh, isShielded)
  }

  /// Ends the connections; others are made when they are needed.
  func close() async {
    let clients = state.withLock { state -> [HTTPClient] in
      defer { (state.open, state.retired, state.features, state.filtersAreProven) = (nil, nil, nil, false) }
      return [state.open?.http, state.retired].compactMap(\.self)
    }
    for http in clients { try? await http.shutdown() }
  }

  private func transport(
    _ address: SCIMAddress, _ http: HTTPClient, _ use: SCIMUse, _ isShielded: Bool
  ) -> SCIMTransport {
    SCIMTransport(
      address: address, token: settings.tokenFile.map(SCIMToken.init), timeout: settings.timeouts.request,
      http: http, use: use, isShielded: isShielded)
  }

  private func client(_ address: SCIMAddress) throws(RoleTargetFault) -> HTTPClient {
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: address.isEncrypted ? try SCIMTransport.tls(settings) : nil,
      redirectConfiguration: .disallow,
      timeout: .init(connect: .nanoseconds(settings.timeouts.connect.nanoseconds)))
    // One request at a time on a connection: an answer that breaks off breaks no other.
    configuration.httpVersion = .http1Only
    // What cannot be reached is told at once; the next run tries again.
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(configuration: configuration)
  }
}

/// When connections were used last.
final class SCIMUse: Sendable {
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// After how long without a use a server may have ended a connection that it had kept.
  private static let rest = Duration.milliseconds(500)

  func note() { last.withLock { $0 = .now } }

  /// Whether they were used, and not for a while.
  var hasRested: Bool { last.withLock { $0.map { $0.duration(to: .now) > SCIMUse.rest } ?? false } }
}
