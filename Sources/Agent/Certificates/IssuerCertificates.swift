import Foundation
import X509

/// The issuers whose cards are accepted, pinned: a chain that only ends at the same root is not enough.
struct IssuerCertificates: Sendable {
  let issuers: [PinnedIssuer]

  /// No file of issuers comes near this, in octets.
  private static let largest = 1 << 20

  /// Reads PEM files, each of which may hold several certificates; a single one that is wrong stops it all.
  ///
  /// - Throws: ``CertificateFileFault``, which says the file and why.
  init(files: [String], at instant: Date) throws(CertificateFileFault) {
    var issuers: [PinnedIssuer] = []
    for file in files {
      do throws(CertificateFileFault) {
        issuers += try IssuerCertificates.read(file, at: instant)
      } catch { throw error.of(file) }
    }
    guard !issuers.isEmpty else { throw CertificateFileFault("no issuer is named") }
    self.issuers = issuers
  }

  private static func read(_ file: String, at instant: Date) throws(CertificateFileFault) -> [PinnedIssuer] {
    let bytes = try CertificateFileFault.contents(of: file, limit: largest)
    let blocks = try PEMBlock.all(in: bytes)
    guard !blocks.isEmpty else { throw CertificateFileFault("it holds no certificate in PEM") }
    var issuers: [PinnedIssuer] = []
    for block in blocks {
      // A private key in this file is a mistake that somebody must hear of.
      guard block.label == "CERTIFICATE" else {
        throw CertificateFileFault("it holds more than certificates")
      }
      issuers.append(try PinnedIssuer(block.der, at: instant))
    }
    return issuers
  }

  /// Those of this name in DER: several when an issuer changed its key.
  func named(_ name: ArraySlice<UInt8>) -> [PinnedIssuer] { issuers.filter { $0.name[...] == name } }
}
