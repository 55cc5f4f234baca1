import Foundation
import Reconciler

/// What came of reading a revocation list's file once.
struct RevocationListReading: Sendable {
  /// `nil` when the file was refused.
  let list: RevocationList?
  let note: RevocationListNote

  /// In octets; 500,000 entries take 20 MiB in DER, a third more in PEM.
  static let largest = 128 << 20

  init(_ path: String, issuers: IssuerCertificates, at instant: Date) {
    // Taken before reading: a change from now on is seen the next time, when stamps differ.
    var note = RevocationListNote(FileStamp(path), at: instant)
    var list: RevocationList?
    do throws(CertificateFileFault) {
      list = try RevocationListReading.read(path, issuers, at: instant)
    } catch {
      note.fault = error.of(path)
    }
    self.list = list
    self.note = note
  }

  private static func read(
    _ path: String, _ issuers: IssuerCertificates, at instant: Date
  ) throws(CertificateFileFault) -> RevocationList {
    let list = try RevocationList(try der(path), issuers: issuers)
    guard !list.isFromFuture(at: instant) else {
      let name = issuers.issuers.first { $0.identity == list.issuer }?.name
      throw CertificateFileFault("it was made in the future", code: .wrongRevocationList, issuer: name)
    }
    return list
  }

  private static func der(_ path: String) throws(CertificateFileFault) -> [UInt8] {
    let bytes = try CertificateFileFault.contents(of: path, limit: largest)
    // DER begins with the tag of a sequence; as text that would be the digit 0, with which no PEM begins.
    guard bytes.first != DERTag.sequence else { return bytes }
    let blocks = try PEMBlock.all(in: bytes)
    guard let block = blocks.first, blocks.count == 1, block.label == "X509 CRL" else {
      throw .list("it is neither DER nor one revocation list in PEM")
    }
    return block.der
  }
}

/// What is remembered of a file that was read.
struct RevocationListNote: Hashable, Sendable {
  /// `nil` when there was nothing to open.
  let stamp: FileStamp?
  /// Whether the file was so new that its next change may leave the same stamp.
  let wasFresh: Bool
  let instant: Date
  /// Why it is not in use.
  var fault: CertificateFileFault?

  /// After the same file was refused so many seconds ago, it is tried again: the clock may have been wrong.
  static let patience: TimeInterval = 60

  init(_ stamp: FileStamp?, at instant: Date) {
    self.stamp = stamp
    self.instant = instant
    wasFresh = stamp?.isFresh(at: FileStamp.now) ?? true
  }

  /// Whether a look at an instant, which found this stamp, must read again.
  func isOutdated(by stamp: FileStamp?, at instant: Date) -> Bool {
    if stamp != self.stamp || wasFresh { return true }
    return fault != nil && abs(instant.timeIntervalSince(self.instant)) >= RevocationListNote.patience
  }
}
