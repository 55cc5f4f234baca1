import Foundation
import Reconciler
import Synchronization

/// The revocation lists in use, read again from their files whenever these are other files.
///
/// Nothing is remembered over a restart: a list that was put back meanwhile is taken until it is stale.
final class RevocationLists: Sendable {
  private let files: [String]
  private let issuers: IssuerCertificates
  private let now: @Sendable () -> Date
  private let state: Mutex<RevocationListState>

  /// Reads them all at once; what is wrong is told by ``faults``.
  init(files: [String], issuers: IssuerCertificates, now: @escaping @Sendable () -> Date = { Date() }) {
    self.files = files
    self.issuers = issuers
    self.now = now
    state = Mutex(RevocationListState())
    look()
  }

  /// The list in use of an issuer, good at an instant.
  ///
  /// - Throws: `noRevocationList`, `wrongRevocationList` or `staleRevocationList`.
  func list(of issuer: PinnedIssuer, at instant: Date) throws(CertificateFault) -> RevocationList {
    look()
    let (list, isWrong) = state.withLock { ($0.lists[issuer.identity], $0.hasWrong(issuer.name)) }
    guard let list else { throw CertificateFault(isWrong ? .wrongRevocationList : .noRevocationList) }
    guard !list.isFromFuture(at: instant) else { throw CertificateFault(.wrongRevocationList) }
    guard !list.isStale(at: instant) else { throw CertificateFault(.staleRevocationList) }
    return list
  }

  /// What is wrong now: with files, and with issuers whose list is missing or stale.
  var faults: [CertificateFileFault] {
    look()
    let instant = now()
    let (lists, ofFiles) = state.withLock { ($0.lists, $0.faults(files)) }
    let ofIssuers = issuers.issuers.compactMap { issuer -> CertificateFileFault? in
      guard let list = lists[issuer.identity] else {
        return CertificateFileFault(
          "an issuer has no revocation list", code: .noRevocationList, issuer: issuer.name)
      }
      guard list.isStale(at: instant) else { return nil }
      return CertificateFileFault(
        "the revocation list of an issuer is stale", code: .staleRevocationList, issuer: issuer.name)
    }
    return ofFiles + ofIssuers
  }

  /// Reads what is another file than before, at most once a second.
  ///
  /// Outside the lock: reading a large list takes a while, during which others go on with the last one.
  private func look() {
    let instant = now()
    guard state.withLock({ $0.begin(at: instant) }) else { return }
    for file in files {
      let stamp = FileStamp(file)
      guard state.withLock({ $0.needsReading(file, stamp, at: instant) }) else { continue }
      let reading = RevocationListReading(file, issuers: issuers, at: instant)
      state.withLock { $0.take(reading, of: file) }
    }
    state.withLock { $0.end() }
  }
}
