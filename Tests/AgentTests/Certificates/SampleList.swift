import Foundation
import Glibc
import SwiftASN1
import X509

/// A revocation list for tests, right or wrong, written octet by octet.
struct SampleList: Sendable {
  struct Entry: Sendable {
    var serial: Certificate.SerialNumber
    var extensions: [Certificate.Extension] = []
  }

  var issuer: DistinguishedName
  var signer: SampleKey
  var thisUpdate: Date
  /// `nil`: left out.
  var nextUpdate: Date?
  /// `nil`: left out.
  var number: Int?
  var entries: [Entry] = []
  var more: [Certificate.Extension] = []
  /// 1 means version 2; `nil`: left out.
  var version: Int? = 1
  /// `nil`: the usual one of the signer's key.
  var algorithm: Certificate.SignatureAlgorithm?
  /// What the sequence of entries holds, instead of ``entries``.
  var written: [UInt8]?

  func der() throws -> [UInt8] {
    let algorithm = algorithm ?? signer.key.defaultAlgorithm
    let identifier = try algorithm.identifier
    let signedPart = try signedPart(identifier)
    let signature = try signer.key.sign(bytes: signedPart, signatureAlgorithm: algorithm).rawRepresentation
    return try SignedOctets(signedPart: signedPart, algorithm: identifier, signature: signature).der()
  }

  /// Not by swift-asn1, which counts all that is left at every line: a large list would take for ever.
  func pem() throws -> String {
    let lines = Data(try der()).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return "-----BEGIN X509 CRL-----\n\(lines)\n-----END X509 CRL-----\n"
  }

  private func signedPart(_ algorithm: [UInt8]) throws -> [UInt8] {
    let entries = try written ?? encodedEntries()
    let extensions = try encodedExtensions()
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { part in
      if let version { try part.serialize(version) }
      part.serializeRawBytes(algorithm)
      try part.serialize(issuer)
      try part.serialize(try UTCTime(thisUpdate))
      if let nextUpdate { try part.serialize(try UTCTime(nextUpdate)) }
      if !entries.isEmpty {
        part.appendConstructedNode(identifier: .sequence) { $0.serializeRawBytes(entries) }
      }
      if !extensions.isEmpty {
        try part.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { outer in
          try outer.serializeSequenceOf(extensions)
        }
      }
    }
    return serializer.serializedBytes
  }

  private func encodedEntries() throws -> [UInt8] {
    var serializer = DER.Serializer()
    for entry in entries {
      try serializer.appendConstructedNode(identifier: .sequence) { part in
        try part.serialize(entry.serial.bytes)
        try part.serialize(try UTCTime(thisUpdate))
        if !entry.extensions.isEmpty { try part.serializeSequenceOf(entry.extensions) }
      }
    }
    return serializer.serializedBytes
  }

  private func encodedExtensions() throws -> [Certificate.Extension] {
    guard let number else { return more }
    var serializer = DER.Serializer()
    try serializer.serialize(number)
    return more + [.init(oid: [2, 5, 29, 20], critical: false, value: serializer.serializedBytes[...])]
  }
}

/// Something signed, put together from its three parts.
struct SignedOctets: Sendable {
  var signedPart: [UInt8]
  /// The identifier in DER.
  var algorithm: [UInt8]
  var signature: [UInt8]

  func der() throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { whole in
      whole.serializeRawBytes(signedPart)
      whole.serializeRawBytes(algorithm)
      try whole.serialize(ASN1BitString(bytes: signature[...]))
    }
    return serializer.serializedBytes
  }
}

extension UTCTime {
  init(_ date: Date) throws {
    var seconds = time_t(date.timeIntervalSince1970)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    try self.init(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hours: Int(parts.tm_hour), minutes: Int(parts.tm_min), seconds: Int(parts.tm_sec))
  }
}

extension Certificate.PrivateKey {
  var defaultAlgorithm: Certificate.SignatureAlgorithm {
    let ofCurves: [Certificate.SignatureAlgorithm] = [.ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512]
    return ofCurves.first { supportedSignatureAlgorithms.contains($0) } ?? .sha256WithRSAEncryption
  }
}

extension Certificate.SignatureAlgorithm {
  /// In DER.
  var identifier: [UInt8] {
    get throws {
      let rsa: [UInt8] = [0x30, 13, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1]
      let ecdsa: [UInt8] = [0x30, 10, 0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3]
      switch self {
      case .sha1WithRSAEncryption: return rsa + [5, 5, 0]
      case .sha256WithRSAEncryption: return rsa + [11, 5, 0]
      case .sha384WithRSAEncryption: return rsa + [12, 5, 0]
      case .sha512WithRSAEncryption: return rsa + [13, 5, 0]
      case .ecdsaWithSHA256: return ecdsa + [2]
      case .ecdsaWithSHA384: return ecdsa + [3]
      case .ecdsaWithSHA512: return ecdsa + [4]
      default: throw CocoaError(.featureUnsupported)
      }
    }
  }
}
