import AsyncHTTPClient
import NIOCore
import NIOSSL

extension SCIMFailure {
  /// What an error of the transport means; its own text is not shown, which may name hosts, files and headers.
  init(_ error: any Error, wasSent: Bool) {
    self.init(fault: SCIMFailure.fault(error), wasSent: wasSent)
  }

  static let timeout = RoleTargetFault(
    .unavailable, "it did not answer in time; look at the server, or give it more time")

  private static func fault(_ error: any Error) -> RoleTargetFault {
    switch error {
    case let error as RoleTargetFault: return error
    case is NIOSSLExtraError: return wrongName
    case let error as NIOSSLError: return tls(error)
    case let error as BoringSSLError: return tls("\(error)")
    case let error as HTTPClientError where slow.contains(error): return timeout
    case let error as HTTPClientError where error == .tlsHandshakeTimeout:
      return RoleTargetFault(
        .tls, "the TLS handshake was not done in time; look at whether the port speaks TLS")
    default:
      return RoleTargetFault(
        .unavailable, "the connection was not made or broke off; look at whether the server runs")
    }
  }

  private static let slow: [HTTPClientError] = [
    .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
  ]

  private static let wrongName = RoleTargetFault(
    .tls, "the server's certificate is for another name than the URL's host; use the name that it has")

  private static func tls(_ error: NIOSSLError) -> RoleTargetFault {
    switch error {
    case .handshakeFailed(let reason): tls("\(reason)")
    case .unableToValidateCertificate, .noCertificateToValidate, .cannotFindPeerIP: wrongName
    case .uncleanShutdown:
      RoleTargetFault(.unavailable, "the connection broke off; look at whether the server runs")
    default: tls("")
    }
  }

  /// BoringSSL tells the reason only by names in its text.
  private static func tls(_ text: String) -> RoleTargetFault {
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
      return RoleTargetFault(
        .tls,
        "the server's certificate is not of an authority that is trusted, or not valid now; look at `ca` and at its dates"
      )
    }
    let refusals = [
      "CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA", "CERTIFICATE_EXPIRED", "CERTIFICATE_REVOKED",
      "HANDSHAKE_FAILURE",
    ]
    if refusals.contains(where: text.contains) {
      return RoleTargetFault(
        .tls,
        "the server does not take our client certificate, or misses one; look at `certificate` and its dates")
    }
    return RoleTargetFault(.tls, "TLS cannot be agreed on with the server; it must speak TLS 1.2 or later")
  }
}
