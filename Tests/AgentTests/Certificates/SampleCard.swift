import Foundation
import SwiftASN1
import X509

/// A card: its certificate and key, in memory and as PEM files.
struct SampleCard: Sendable {
  /// The certificate's PEM.
  let certificatePath: String
  /// The key's PEM, in PKCS#8.
  let keyPath: String
  let der: [UInt8]
  let serial: Certificate.SerialNumber
}

/// What may be otherwise with a card than with a right one.
struct SampleCardShape: Sendable {
  /// Instead of common name and serial number.
  var subject: [RelativeDistinguishedName.Attribute]?
  var notBefore: Date?
  var notAfter: Date?
  /// `nil`: no such extension.
  var keyUsage: KeyUsage? = KeyUsage(digitalSignature: true, keyEncipherment: true)
  /// `nil`: no such extension.
  var purposes: [ExtendedKeyUsage.Usage]? = [.clientAuth]
  /// In dotted text; none: no such extension.
  var policies = [SampleCards.policy]
  var isAuthority = false
  var more: [Certificate.Extension] = []
  var keys = SampleKey.Kind.p256
  /// `nil`: the usual one of the signer's key.
  var algorithm: Certificate.SignatureAlgorithm?
  /// `nil`: the issuing authority.
  var signer: SampleAuthority?
  var serial: Certificate.SerialNumber?

  /// That of a right card.
  init() {}

  init(_ change: (inout SampleCardShape) throws -> Void) rethrows { try change(&self) }

  func extensions() throws -> Certificate.Extensions {
    var all = more
    all.append(
      try .init(
        isAuthority ? BasicConstraints.isCertificateAuthority(maxPathLength: 0) : .notCertificateAuthority,
        critical: true))
    if let keyUsage { all.append(try .init(keyUsage, critical: true)) }
    if let purposes { all.append(try .init(try ExtendedKeyUsage(purposes), critical: false)) }
    if !policies.isEmpty { all.append(try SampleCardShape.policies(policies)) }
    return try Certificate.Extensions(all)
  }

  private static func policies(_ policies: [String]) throws -> Certificate.Extension {
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { list in
      for policy in policies {
        try list.appendConstructedNode(identifier: .sequence) { entry in
          try entry.serialize(try ASN1ObjectIdentifier(dotRepresentation: policy))
        }
      }
    }
    return Certificate.Extension(
      oid: [2, 5, 29, 32], critical: false, value: serializer.serializedBytes[...])
  }
}
