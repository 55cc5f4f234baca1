import Directory
import Foundation
import Hummingbird
import Logging
import Reconciler

/// Where a request came from: the certificate that the handshake has shown the key of; `nil`: none.
struct OmbudSource: RequestContextSource {
  let logger: Logger
  let certificate: [UInt8]?
}

/// Who asks, once the card and the mandate have been judged.
struct OmbudVisit: Sendable {
  let holder: CardHolder
  let caller: Caller
  let mandate: Mandate
  let session: OmbudSession
  let language: PageFrame.Language
  /// Whether a program asks, over the API.
  let isProgram: Bool

  var words: Language { language == .swedish ? .swedish : .english }

  func frame(_ path: String, _ notice: PageFrame.Notice? = nil) -> PageFrame {
    PageFrame(
      language: language, userName: holder.name.isEmpty ? nil : holder.name, userID: holder.identity,
      csrf: session.token, path: path, notice: notice)
  }
}

struct OmbudContext: RequestContext {
  typealias Source = OmbudSource
  var coreContext: CoreRequestContextStorage
  let certificate: [UInt8]?
  /// The request's own, by which the audit log and whoever was refused know it.
  let number = UUID().uuidString.lowercased()
  /// Set by ``OmbudDoor``.
  var known: OmbudVisit?

  init(source: OmbudSource) {
    coreContext = CoreRequestContextStorage(source: source)
    certificate = source.certificate
  }

  var visit: OmbudVisit {
    get throws {
      guard let known else { throw Refusal.mandateMissing }
      return known
    }
  }
}
