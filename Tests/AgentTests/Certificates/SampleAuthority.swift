import Foundation
import SwiftASN1
import X509

/// An authority that issues certificates and revocation lists in tests.
struct SampleAuthority: Sendable {
  let name: DistinguishedName
  let key: SampleKey
  let certificate: Certificate

  /// What may be wrong with one.
  struct Shape: Sendable {
    var isAuthority = true
    var keyUsage: KeyUsage? = KeyUsage(keyCertSign: true, cRLSign: true)
    var notBefore: Date?
    var notAfter: Date?
    var more: [Certificate.Extension] = []
  }

  /// - Parameter issuer: Who signs it; `nil`: itself.
  init(
    _ commonName: String, _ kind: SampleKey.Kind, issuer: SampleAuthority? = nil, now: Date,
    shape: Shape = Shape()
  ) throws {
    let key = try SampleKey(kind)
    let name = try DistinguishedName {
      CountryName("SE")
      OrganizationName("Provregionen")
      CommonName(commonName)
    }
    var extensions: [Certificate.Extension] = shape.more
    let constraints: BasicConstraints =
      shape.isAuthority ? .isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority
    extensions.append(try .init(constraints, critical: true))
    if let usage = shape.keyUsage { extensions.append(try .init(usage, critical: true)) }
    self.name = name
    self.key = key
    certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.key.publicKey,
      notValidBefore: shape.notBefore ?? now.addingTimeInterval(-86_400 * 100),
      notValidAfter: shape.notAfter ?? now.addingTimeInterval(86_400 * 3650),
      issuer: issuer?.name ?? name, subject: name, extensions: try Certificate.Extensions(extensions),
      issuerPrivateKey: (issuer?.key ?? key).key)
  }

  var pem: String { get throws { try certificate.serializeAsPEM().pemString + "\n" } }
}

extension Certificate {
  var der: [UInt8] {
    get throws {
      var serializer = DER.Serializer()
      try serializer.serialize(self)
      return serializer.serializedBytes
    }
  }
}
