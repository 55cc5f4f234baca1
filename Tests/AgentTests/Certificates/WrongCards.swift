import Foundation
import X509
import _CryptoExtras

@testable import Agent

extension WrongCard {
  /// By what they are and who issued them.
  static let certificates: [WrongCard] = [
    WrongCard("nothing was sent", .noCertificate) { _ in [] },
    WrongCard("it is text", .unreadable) { _ in Array("Hej!".utf8) },
    WrongCard("something follows it", .unreadable) { try $0.card("SE1-1").der + [0] },
    WrongCard("it is larger than any certificate", .unreadable) { cards in
      let octets = [UInt8](repeating: 0, count: 1 << 16)
      let filler = Certificate.Extension(oid: [1, 2, 3], critical: false, value: octets[...])
      return try cards.card("SE1-1", shape: SampleCardShape { $0.more = [filler] }).der
    },
    WrongCard("the algorithm within is not that without", .unreadable) { cards in
      let whole = try SignedFrame(try cards.card("SE1-1").der)
      let part = Array(whole.bytes[whole.signedPart.whole])
      let other = Certificate.SignatureAlgorithm.ecdsaWithSHA384
      let signature = try cards.issuer.key.key.sign(bytes: part, signatureAlgorithm: other).rawRepresentation
      return try SignedOctets(signedPart: part, algorithm: try other.identifier, signature: signature).der()
    },
    .shape("its policies are malformed", .unreadable) { shape, _ in
      shape.policies = []
      shape.more = [.init(oid: [2, 5, 29, 32], critical: false, value: [0x30, 0x02, 0x05, 0x00])]
    },
    .shape("its purposes are malformed", .unreadable) { shape, _ in
      shape.purposes = nil
      shape.more = [.init(oid: [2, 5, 29, 37], critical: false, value: [0x04, 0x00])]
    },
    .shape("signed by the root", .foreignIssuer) { shape, cards in shape.signer = cards.root },
    .shape("signed by another issuer below the root", .foreignIssuer) { shape, cards in
      shape.signer = try SampleAuthority("Prov Annan CA", .p256, issuer: cards.root, now: cards.now)
    },
    WrongCard("signed by itself", .foreignIssuer) { cards in
      try SampleAuthority("SE1-1", .p256, now: cards.now).certificate.der
    },
    WrongCard("the pinned issuer's own", .foreignIssuer) { try $0.issuer.certificate.der },
    .shape("another issuer of the same name", .wrongSignature) { shape, cards in
      shape.signer = try SampleAuthority("Prov Utfärdande CA", .p256, issuer: cards.root, now: cards.now)
    },
    WrongCard("signed by itself in the issuer's name", .wrongSignature) { cards in
      try SampleAuthority("Prov Utfärdande CA", .p256, now: cards.now).certificate.der
    },
    WrongCard("the last octet of its signature is another", .wrongSignature) { cards in
      var der = try cards.card("SE1-1").der
      der[der.count - 1] ^= 1
      return der
    },
    WrongCard("SHA-1", .weakSignature) { cards in
      cards = try SampleCards(folder: cards.folder, keys: .rsa, now: cards.now)
      return try cards.card("SE1-1", shape: SampleCardShape { $0.algorithm = .sha1WithRSAEncryption }).der
    },
    .shape("a key of 1024 bits", .weakSignature) { shape, _ in shape.keys = .short },
    .shape("a key of another kind", .weakSignature) { shape, _ in shape.keys = .ed25519 },
    .shape("valid from tomorrow", .notYetValid) { shape, cards in shape.notBefore = cards.now + 86_400 },
    .shape("valid until yesterday", .expired) { shape, cards in
      shape.notBefore = cards.now - 86_400 * 2
      shape.notAfter = cards.now - 86_400
    },
  ]

  /// By what they may be used for.
  static let uses: [WrongCard] = [
    .shape("an authority", .isAuthority) { shape, _ in shape.isAuthority = true },
    .shape("may sign certificates", .isAuthority) { shape, _ in
      shape.keyUsage = KeyUsage(digitalSignature: true, keyCertSign: true)
    },
    .shape("may only sign documents", .notForSigning) { shape, _ in
      shape.keyUsage = KeyUsage(nonRepudiation: true)
    },
    .shape("for servers", .notForClients) { shape, _ in shape.purposes = [.serverAuth] },
    .shape("for any purpose", .notForClients) { shape, _ in shape.purposes = [.any] },
    .shape("says no purpose", .notForClients) { shape, _ in shape.purposes = nil },
    .shape("another policy", .wrongPolicy) { shape, _ in
      shape.policies = [SampleCards.policy + ".1", "1.2.3"]
    },
    .shape("any policy", .wrongPolicy) { shape, _ in shape.policies = ["2.5.29.32.0"] },
    .shape("no policy", .wrongPolicy) { shape, _ in shape.policies = [] },
    .shape("an unknown critical extension", .unknownCriticalExtension) { shape, _ in
      shape.more = [.init(oid: [1, 2, 3, 4], critical: true, value: [5, 0])]
    },
    .shape("critical name constraints", .unknownCriticalExtension) { shape, _ in
      shape.more = [.init(oid: [2, 5, 29, 30], critical: true, value: [0x30, 0])]
    },
  ]

  /// By whom they name.
  static let identities: [WrongCard] = [
    .subject("no serial number") { [.init(type: [2, 5, 4, 3], utf8String: "SE1-1")] },
    .subject("two serial numbers") {
      try SampleCards.subject("SE1-1", "A") + SampleCards.subject("SE1-2", "B")
    },
    .subject("the same serial number twice") {
      try SampleCards.subject("SE1-1", "A") + SampleCards.subject("SE1-1", "A")
    },
    .subject("an empty one") { [.init(type: [2, 5, 4, 5], utf8String: "")] },
    .subject("one that is too long") {
      [.init(type: [2, 5, 4, 5], utf8String: String(repeating: "1", count: 65))]
    },
    .subject("a blank in it") { [.init(type: [2, 5, 4, 5], utf8String: "SE1-1 ")] },
    .subject("a null in it") { [.init(type: [2, 5, 4, 5], utf8String: "SE1-1\u{0}")] },
    .subject("a combining sign in it") { [.init(type: [2, 5, 4, 5], utf8String: "SE1-1A\u{30A}")] },
    .subject("a wide digit in it") { [.init(type: [2, 5, 4, 5], utf8String: "SE1-\u{FF11}")] },
    .subject("an asterisk in it") { [.init(type: [2, 5, 4, 5], utf8String: "SE1-*")] },
  ]
}
