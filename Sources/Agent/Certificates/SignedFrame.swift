import X509

/// What a certificate and a revocation list have in common: something to be signed, an algorithm and a signature.
///
/// RFC 5280, sections 4.1.1 and 5.1.1.
struct SignedFrame: Sendable {
  let bytes: [UInt8]
  /// What was signed.
  let signedPart: DERElement
  /// The algorithm's identifier in DER, which the signed part must repeat.
  let algorithm: Range<Int>
  let signature: Range<Int>

  init(_ bytes: [UInt8]) throws(DERFault) {
    var outer = DERReader(bytes)
    var parts = try outer.enter(DERTag.sequence)
    try outer.finish()
    let signedPart = try parts.next(DERTag.sequence)
    let algorithm = try parts.next(DERTag.sequence)
    let signature = try parts.next(DERTag.bitString)
    try parts.finish()
    // The first octet counts the unused bits; a signature is a whole number of octets.
    guard signature.content.count > 1, bytes[signature.content.lowerBound] == 0 else { throw DERFault() }
    self.bytes = bytes
    self.signedPart = signedPart
    self.algorithm = algorithm.whole
    self.signature = signature.content.dropFirst()
  }

  /// The elements within the signed part.
  var signedReader: DERReader { DERReader(bytes, signedPart.content) }

  /// `nil` when it is none that is accepted.
  var kind: SignatureKind? { SignatureKind(algorithm: bytes[algorithm]) }

  /// Reads the algorithm's repetition within the signed part: that one cannot be exchanged by a stranger.
  func readAlgorithm(_ reader: inout DERReader) throws(DERFault) {
    guard bytes[try reader.next(DERTag.sequence).whole] == bytes[algorithm] else { throw DERFault() }
  }

  /// Whether the signature was made with this key over the octets as they stand.
  func isSigned(by key: Certificate.PublicKey) -> Bool {
    guard let kind else { return false }
    return key.isValidSignature(
      bytes[signature], for: bytes[signedPart.whole], signatureAlgorithm: kind.algorithm)
  }
}
