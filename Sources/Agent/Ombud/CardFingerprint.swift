import Crypto

/// What a certificate is known by in the audit log.
enum CardFingerprint {
  /// SHA-256, hexadecimal.
  static func of(_ certificate: [UInt8]) -> String {
    SHA256.hash(data: certificate).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
