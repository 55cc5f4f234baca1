import Crypto
import X509
import _CryptoExtras

/// An algorithm by which an accepted signature was made.
///
/// RFC 4055, section 5 and RFC 5758, section 3.2.
enum SignatureKind: Hashable, Sendable {
  case rsaSHA256, rsaSHA384, rsaSHA512
  case ecdsaSHA256, ecdsaSHA384, ecdsaSHA512

  /// From an AlgorithmIdentifier in DER; `nil` for any other, such as SHA-1's.
  init?(algorithm: ArraySlice<UInt8>) {
    guard let kind = SignatureKind.known[Array(algorithm)] else { return nil }
    self = kind
  }

  var algorithm: Certificate.SignatureAlgorithm {
    switch self {
    case .rsaSHA256: .sha256WithRSAEncryption
    case .rsaSHA384: .sha384WithRSAEncryption
    case .rsaSHA512: .sha512WithRSAEncryption
    case .ecdsaSHA256: .ecdsaWithSHA256
    case .ecdsaSHA384: .ecdsaWithSHA384
    case .ecdsaSHA512: .ecdsaWithSHA512
    }
  }

  /// Whole encodings: whatever is not one of these, parameters included, is another algorithm.
  private static let known: [[UInt8]: SignatureKind] = {
    var known: [[UInt8]: SignatureKind] = [:]
    for (last, kind) in [(11, rsaSHA256), (12, rsaSHA384), (13, rsaSHA512)] as [(UInt8, SignatureKind)] {
      let identifier: [UInt8] = [0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, last]
      known[[0x30, 13] + identifier + [0x05, 0]] = kind
      // RFC 4055, section 5: parameters that are left out are to be accepted too.
      known[[0x30, 11] + identifier] = kind
    }
    for (last, kind) in [(2, ecdsaSHA256), (3, ecdsaSHA384), (4, ecdsaSHA512)] as [(UInt8, SignatureKind)] {
      known[[0x30, 10, 0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, last]] = kind
    }
    return known
  }()
}

extension Certificate.PublicKey {
  /// Whether it is an RSA key of 2048 bits or more, or one on the curves P-256, P-384 and P-521.
  var isStrong: Bool {
    if let key = _RSA.Signing.PublicKey(self) { return key.keySizeInBits >= 2048 }
    return P256.Signing.PublicKey(self) != nil || P384.Signing.PublicKey(self) != nil
      || P521.Signing.PublicKey(self) != nil
  }
}
