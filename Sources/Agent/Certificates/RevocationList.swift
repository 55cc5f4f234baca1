import Foundation

/// What an issuer says is revoked: a whole list, not a part of one or its changes, whose signature was verified.
///
/// RFC 5280, section 5.
struct RevocationList: Sendable {
  /// Whose list it is: ``PinnedIssuer/identity``.
  let issuer: [UInt8]
  let thisUpdate: Date
  let nextUpdate: Date
  /// cRLNumber, when it tells one.
  let number: LongNumber?
  /// Sorted.
  private let revoked: [LongNumber]

  /// An issuer's clock may be ahead of ours by so many seconds.
  static let tolerance: TimeInterval = 300

  /// Reads a list and verifies that one of these issuers signed it.
  ///
  /// - Throws: ``CertificateFileFault`` without file.
  init(_ der: [UInt8], issuers: IssuerCertificates) throws(CertificateFileFault) {
    let frame = try RevocationListFrame(der)
    let signer = try RevocationList.signer(of: frame, issuers)
    do throws(CertificateFileFault) {
      try RevocationListExtensions.refuseVersionOne(frame)
      let extensions = try RevocationListExtensions(frame)
      var entries = RevokedEntries()
      try entries.read(frame)
      revoked = entries.sorted()
      number = extensions.number
    } catch { throw error.about(frame.issuer) }
    issuer = signer.identity
    thisUpdate = frame.thisUpdate
    nextUpdate = frame.nextUpdate
  }

  /// The signature is verified before the entries are looked at: a stranger's list makes little work.
  private static func signer(
    of frame: RevocationListFrame, _ issuers: IssuerCertificates
  ) throws(CertificateFileFault) -> PinnedIssuer {
    let named = issuers.named(frame.issuer)
    guard !named.isEmpty else { throw .list("it is the list of an issuer that is not accepted") }
    guard frame.signed.kind != nil else {
      throw .list("its signature is of a kind that is not accepted", issuer: frame.issuer)
    }
    guard let signer = named.first(where: { frame.signed.isSigned(by: $0.key) }) else {
      throw .list("it is not signed by the issuer that it names", issuer: frame.issuer)
    }
    guard signer.signsLists else {
      throw .list("its issuer's key may not sign revocation lists (keyUsage)", issuer: frame.issuer)
    }
    return signer
  }

  /// How many serial numbers are revoked; one that is listed twice counts twice.
  var count: Int { revoked.count }

  func contains(_ serial: LongNumber) -> Bool { revoked.containsSorted(serial) }

  func isStale(at instant: Date) -> Bool { instant > nextUpdate }

  /// Whether it was made after this instant, by more than clocks differ.
  func isFromFuture(at instant: Date) -> Bool {
    thisUpdate > instant.addingTimeInterval(RevocationList.tolerance)
  }

  /// Whether another list of this issuer came after it: somebody may put back a list from before a revocation.
  func isOlder(than other: RevocationList) -> Bool {
    if thisUpdate < other.thisUpdate { return true }
    // A list that no longer tells its number cannot be placed among those that do.
    guard let known = other.number else { return false }
    return number.map { $0 < known } ?? true
  }
}

extension CertificateFileFault {
  /// What is wrong with a revocation list.
  static func list(_ reason: String, issuer: ArraySlice<UInt8>? = nil) -> CertificateFileFault {
    CertificateFileFault(reason, code: .wrongRevocationList, issuer: issuer.map { Array($0) })
  }

  func about(_ issuer: ArraySlice<UInt8>) -> CertificateFileFault {
    CertificateFileFault(reason, file: file, code: code, issuer: Array(issuer))
  }
}
