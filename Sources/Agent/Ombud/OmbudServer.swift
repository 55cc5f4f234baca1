import Directory
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Reconciler
import ServiceLifecycle

/// The page and the API of delegated administrators, over HTTPS with client certificates, until it is told to stop.
package struct OmbudServer: Service {
  private let settings: OmbudSettings.Page
  private let routes: OmbudRoutes
  private let tls: NIOSSLContext
  private let connections = OpenConnections()
  private let logger: Logger

  /// - Throws: ``Refusal``, exit code 78, when certificates, key or lists cannot be used.
  package init(
    _ agent: Agent, _ settings: OmbudSettings.Page, logger: Logger,
    record: @escaping @Sendable (AuditEvent) throws(Refusal) -> Void
  ) throws {
    self.settings = settings
    self.logger = logger
    let issuers = try Self.reading { try IssuerCertificates(files: settings.issuers, at: Date()) }
    let lists = RevocationLists(files: settings.revocationLists, issuers: issuers)
    for fault in lists.faults { logger.warning("revocation list", metadata: ["reason": "\(fault)"]) }
    let judge = CertificateJudge(issuers: issuers, revocationLists: lists, policies: settings.policies)
    routes = try OmbudRoutes(agent, judge: judge, idle: settings.idle, logger: logger, record: record)
    tls = try Self.reading { try NIOSSLContext(configuration: Self.configuration(settings)) }
  }

  private static func reading<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      throw Refusal(
        .configurationWrong, .configurationWrong, "the ombuds' page cannot be opened: \(error)",
        advice: "see `ombud.page` in the configuration")
    }
  }

  /// The handshake proves that the client has its certificate's key; what the certificate is worth is judged afterwards, so
  /// that whoever is refused is told why (RFC 8446 section 4.4.3; SSL_CTX_set_custom_verify).
  private static func configuration(_ settings: OmbudSettings.Page) throws -> TLSConfiguration {
    let chain = try NIOSSLCertificate.fromPEMFile(settings.certificate).map {
      NIOSSLCertificateSource.certificate($0)
    }
    let key = try NIOSSLPrivateKey(file: settings.key, format: .pem)
    var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
    tls.minimumTLSVersion = .tlsv12
    tls.certificateVerification = .optionalVerification
    let issuers = try settings.issuers.flatMap { try NIOSSLCertificate.fromPEMFile($0) }
    tls.trustRoots = .certificates(issuers)
    // So that a browser offers the cards that can be right.
    tls.sendCANameList = true
    tls.applicationProtocols = ["http/1.1"]
    return tls
  }

  /// Takes requests until a graceful shutdown, and then answers what has begun; or until its task is cancelled.
  package func run() async throws {
    guard let listener = await listener() else { return }
    logger.info("the ombuds' page is open", metadata: ["port": "\(settings.port)"])
    let responder = routes.router.buildResponder()
    await connections.serve(listener, "the ombuds' page", logger) {
      Task { await routes.ledger.close() }
    } with: {
      await OmbudConnection.serve($0, responder, logger)
    }
  }

  /// A listener; where the port cannot be had it is tried again and again, and all else that the agent does goes on.
  private func listener() async -> NIOAsyncChannel<HTTP1Channel.Value, Never>? {
    while !Task.isCancelled, !Task.isShuttingDownGracefully {
      do { return try await bind() } catch {
        logger.error(
          "the ombuds' page cannot listen there",
          metadata: ["host": "\(settings.host)", "port": "\(settings.port)"])
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(30)) }
      }
    }
    return nil
  }

  private func bind() async throws -> NIOAsyncChannel<HTTP1Channel.Value, Never> {
    let tls = tls, logger = logger
    return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
      .bind(host: settings.host, port: settings.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            NIOSSLServerHandler(context: tls) { _, verdict in verdict.succeed(.certificateVerified) })
        }.flatMap { OpenConnections.setup.setup(channel: channel, logger: logger) }
      }
  }

  /// Answers all who still wait that nothing more comes; for when the agent itself has ended.
  package func abandon() { Task { await routes.ledger.abandon() } }
}

/// One connection: its certificate, and its requests one after the other.
private enum OmbudConnection {
  static func serve(
    _ connection: HTTP1Channel.Value, _ responder: RouterResponder<OmbudContext>, _ logger: Logger
  ) async {
    let peer = connection.channel
    let channel = HTTP1Channel(
      responder: { request, writer, _ in
        var logger = logger
        logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
        // Where there is a request the handshake is done.
        let certificate = try? await peer.nioSSL_peerCertificate().get()?.toDERBytes()
        let context = OmbudContext(source: OmbudSource(logger: logger, certificate: certificate))
        var response = try await responder.respond(to: request, context: context)
        response.headers[.date] = HTTPDate.now
        try await writer.write(response: response.head, body: response.body)
      }, configuration: OpenConnections.configuration)
    await channel.handle(value: connection, logger: logger)
  }
}
