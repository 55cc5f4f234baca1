import Foundation
import Logging

extension LDAPConnection {
  /// Connects to the first server that takes us, secures the connection, binds, and asks whom the server takes us for.
  ///
  /// - Parameters:
  ///   - configuration: which servers, and with what patience.
  ///   - bind: how to tell who we are.
  ///   - identity: whom the server must take us for, as ``authorizationIdentity`` or a name; `nil` to accept anybody but
  ///     nobody.
  /// - Throws: ``LDAPError`` of the only server, or of the first with what the others said in its reason. A wrong password
  ///   is not tried on the next server: it would lock the account.
  public static func open(
    _ configuration: LDAPConfiguration, bind: BindMethod, expecting identity: String? = nil,
    logger: Logger = Logger(label: "ldap") { _ in SwiftLogNoOpLogHandler() }
  ) async throws(LDAPError) -> LDAPConnection {
    if Task.isCancelled { throw LDAPError(.cancelled, "connect") }
    let thread = ConnectionThread()
    let interrupt = Interrupt()
    thread.start()
    let opening = Opening(
      configuration: configuration, bind: bind, identity: identity, interrupt: interrupt, logger: logger)
    let result = await withTaskCancellationHandler {
      await thread.run { opening.run() }
    } onCancel: {
      interrupt.raise()
    }
    switch result {
    case .failure(let error):
      thread.stop()
      throw error
    case .success(let opened):
      let connection = LDAPConnection(
        opened.session, thread, identity: opened.identity, configuration, logger)
      thread.serve(connection)
      return connection
    }
  }
}

/// A session that is bound, on its way to the connection that will own it.
private struct Opened {
  let session: Session
  let identity: String
}

/// The way from a list of URLs to a bound session.
private struct Opening: Sendable {
  let configuration: LDAPConfiguration
  let bind: BindMethod
  let identity: String?
  let interrupt: Interrupt
  let logger: Logger

  func run() -> Result<Opened, LDAPError> {
    var failures: [LDAPError] = []
    for url in configuration.urls {
      do throws(LDAPError) {
        return .success(try open(url))
      } catch {
        logger.warning("no connection", metadata: ["reason": "\(error)"])
        failures.append(error)
        if !mayTryNext(error) { break }
      }
    }
    guard var error = failures.first else {
      return .failure(LDAPError(.badConfiguration, "connect", reason: "no server is named"))
    }
    if let last = failures.last, !mayTryNext(last) { return .failure(last) }
    if failures.count > 1 {
      error.reason += "; also " + failures.dropFirst().map(\.description).joined(separator: "; ")
    }
    return .failure(error)
  }

  private func open(_ url: LDAPURL) throws(LDAPError) -> Opened {
    let verdict = TLSVerdict(url: url, configuration: configuration, interrupt: interrupt)
    let isSecured = url.scheme == .ldaps || url.scheme == .ldap && configuration.startTLS
    let session: Session
    do throws(LDAPError) {
      session = try Session.open(url, configuration, interrupt)
    } catch {
      throw verdict.explain(error)
    }
    if isSecured { try verdict.check(session) }
    let name = try session.bind(
      bind, expecting: identity, configuration, isPrivate: isSecured || url.scheme == .ldapi)
    logger.debug(
      "connected",
      metadata: ["server": "\(url)", "tls": "\(session.tlsVersion ?? "none")", "bind": "\(bind.name)"])
    return Opened(session: session, identity: name)
  }

  private func mayTryNext(_ error: LDAPError) -> Bool {
    switch error.code {
    case .cancelled, .badConfiguration, .identityMismatch: false
    case .bindRefused: error.result == .busy || error.result == .unavailable
    default: true
    }
  }
}
