/// The parts of a certificate of which the very octets count, as they stand in its DER.
///
/// RFC 5280, section 4.1.
struct CertificateFrame: Sendable {
  let signed: SignedFrame
  let serial: LongNumber
  /// The issuer's and the subject's name: two names are the same when their octets are.
  let issuer: ArraySlice<UInt8>
  let subject: ArraySlice<UInt8>
  /// The subject's public key with its algorithm.
  let keyInfo: ArraySlice<UInt8>

  init(_ der: [UInt8]) throws(DERFault) {
    signed = try SignedFrame(der)
    var parts = signed.signedReader
    var version = try parts.enter(DERTag.explicit(0))
    // Version 3: only it has extensions, and what matters here is said in extensions.
    guard der[try version.next(DERTag.integer).content] == [2] else { throw DERFault() }
    try version.finish()
    let number = LongNumber(integer: der[try parts.next(DERTag.integer).content])
    guard let number else { throw DERFault() }
    serial = number
    try signed.readAlgorithm(&parts)
    issuer = der[try parts.next(DERTag.sequence).whole]
    _ = try parts.next(DERTag.sequence)
    subject = der[try parts.next(DERTag.sequence).whole]
    keyInfo = der[try parts.next(DERTag.sequence).whole]
  }

  /// Whether the public key is an RSA key of less than 2048 bits, which swift-crypto does not read at all.
  var hasShortKey: Bool {
    do throws(DERFault) {
      let bits = try modulusBits()
      return bits < 2048
    } catch { return false }
  }

  /// RFC 8017, appendix A.1.1.
  private func modulusBits() throws(DERFault) -> Int {
    var info = DERReader(signed.bytes, keyInfo.indices)
    var parts = try info.enter(DERTag.sequence)
    var algorithm = try parts.enter(DERTag.sequence)
    let identifier = signed.bytes[try algorithm.next(DERTag.objectIdentifier).content]
    guard Array(identifier) == CertificateFrame.rsaEncryption else { throw DERFault() }
    let key = try parts.next(DERTag.bitString).content.dropFirst()
    var numbers = DERReader(signed.bytes, key)
    var pair = try numbers.enter(DERTag.sequence)
    let digits = signed.bytes[try pair.next(DERTag.integer).content].drop { $0 == 0 }
    return digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
  }

  /// 1.2.840.113549.1.1.1.
  private static let rsaEncryption: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]
}
