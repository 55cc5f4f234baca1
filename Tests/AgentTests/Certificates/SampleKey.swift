import Crypto
import X509
import _CryptoExtras

/// A private key for tests.
struct SampleKey: Sendable {
  enum Kind: Hashable, Sendable {
    case p256, p384, p521, rsa, ed25519
    /// RSA with 1024 bits.
    case short
  }

  let key: Certificate.PrivateKey
  /// PKCS#8.
  let pem: String

  init(_ kind: Kind) throws {
    switch kind {
    case .p256:
      let made = P256.Signing.PrivateKey()
      self.init(Certificate.PrivateKey(made), made.pemRepresentation)
    case .p384:
      let made = P384.Signing.PrivateKey()
      self.init(Certificate.PrivateKey(made), made.pemRepresentation)
    case .p521:
      let made = P521.Signing.PrivateKey()
      self.init(Certificate.PrivateKey(made), made.pemRepresentation)
    case .rsa: self.init(try _RSA.Signing.PrivateKey(keySize: .bits2048))
    case .short: self.init(try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)))
    case .ed25519:
      let made = Certificate.PrivateKey(Curve25519.Signing.PrivateKey())
      self.init(made, try made.serializeAsPEM().pemString)
    }
  }

  private init(_ made: _RSA.Signing.PrivateKey) {
    self.init(Certificate.PrivateKey(made), made.pkcs8PEMRepresentation)
  }

  private init(_ key: Certificate.PrivateKey, _ pem: String) {
    self.key = key
    self.pem = pem
  }
}
