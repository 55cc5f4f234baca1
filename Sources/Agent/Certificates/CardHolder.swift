import Crypto
import Foundation
import X509

/// Whom a card's certificate names.
struct CardHolder: Hashable, Sendable {
  /// The HSA-id.
  let identity: String
  /// The common name, for showing only; empty when there is none.
  let name: String
  /// SHA-256 of the certificate, in hexadecimal.
  let fingerprint: String
  let notAfter: Date

  /// - Throws: `noIdentity` when the subject has not exactly one serial number that can be an HSA-id.
  init(_ certificate: Certificate, der: [UInt8]) throws(CertificateFault) {
    let attributes = certificate.subject.flatMap { Array($0) }
    let numbers = attributes.filter { $0.type == [2, 5, 4, 5] }
    guard numbers.count == 1, let identity = numbers.first.flatMap({ String($0.value) }),
      CardHolder.canBeIdentity(identity)
    else { throw CertificateFault(.noIdentity) }
    let names = attributes.filter { $0.type == [2, 5, 4, 3] }.map { String($0.value) }
    self.identity = identity
    name = names.count == 1 ? CardHolder.shown((names.first ?? nil) ?? "") : ""
    fingerprint = SHA256.hash(data: der).map { CardHolder.hexadecimal($0) }.joined()
    notAfter = certificate.notValidAfter
  }

  /// 1 to 64 of A-Z, a-z, 0-9 and the hyphen; looked at as octets, so that no combining sign joins a letter.
  static func canBeIdentity(_ text: String) -> Bool {
    guard (1...64).contains(text.utf8.count) else { return false }
    return text.utf8.allSatisfy { octet in
      switch octet {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
      default: false
      }
    }
  }

  /// Without what moves the cursor, turns the writing direction or cannot be seen, and of bounded length.
  private static func shown(_ name: String) -> String {
    let scalars = name.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
      default: true
      }
    }
    return String(String.UnicodeScalarView(scalars.prefix(128)))
  }

  private static func hexadecimal(_ octet: UInt8) -> String {
    let digits = String(octet, radix: 16)
    return octet < 16 ? "0" + digits : digits
  }
}
