import Foundation
import Testing
import X509

@testable import Agent

@Suite struct RevocationListTests {
  @Test(arguments: [SampleKey.Kind.p256, .p384, .p521, .rsa])
  func `a list signed with a key of each kind is read`(_ kind: SampleKey.Kind) throws {
    let folder = try CardFolder()
    var cards = try SampleCards(folder: folder.path, keys: kind)
    let revoked = try (1...40).map { try cards.card("SE1-\($0)") }
    for card in revoked { cards.revoke(card) }
    let list = try cards.read(cards.list())
    #expect(list.count == 40)
    for card in revoked { #expect(list.contains(try #require(card.number))) }
    let other = try cards.card("SE1-1")
    #expect(!list.contains(try #require(other.number)))
    #expect(list.thisUpdate == cards.now - 3600)
    #expect(list.nextUpdate == cards.now + 86_400)
    #expect(list.number == LongNumber(integer: [2]))
  }

  @Test func `RSA with each digest is accepted`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path, keys: .rsa)
    let algorithms: [Certificate.SignatureAlgorithm] = [
      .sha256WithRSAEncryption, .sha384WithRSAEncryption, .sha512WithRSAEncryption,
    ]
    for algorithm in algorithms {
      #expect(try cards.read(cards.list { $0.algorithm = algorithm }).count == 0)
      let card = try cards.card("SE1-1", shape: SampleCardShape { $0.algorithm = algorithm })
      #expect(try cards.fault(card.der) == nil)
    }
  }

  @Test func `what is wrong with a list is told`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let cases: [(String, (inout SampleList) throws -> Void)] = [
      ("with a next update", { $0.nextUpdate = nil }),
      ("not accepted", { $0.issuer = cards.root.name }),
      ("not signed by the issuer", { $0.signer = cards.root.key }),
      ("not of version 2", { $0.version = 0 }),
      ("number is malformed", { $0.number = -1 }),
      ("an entry is malformed", { $0.written = [0x30, 0x03, 0x02, 0x01, 0x01] }),
      ("an entry is malformed", { $0.written = [0x02, 0x01, 0x01] }),
      ("a part of a list", { $0.more = [.init(oid: [2, 5, 29, 28], critical: false, value: [0x30, 0])] }),
      (
        "extensions are malformed",
        { list in
          let twice = Certificate.Extension(oid: [1, 2], critical: false, value: [5, 0])
          list.more = [twice, twice]
        }
      ),
    ]
    for (reason, change) in cases {
      let list = try cards.list(change)
      let error = #expect(throws: CertificateFileFault.self) { try cards.read(list) }
      #expect(error?.reason.contains(reason) == true, "\(reason): \(error?.reason ?? "taken")")
      #expect(error?.code == .wrongRevocationList)
    }
  }

  @Test func `harmless extensions and a missing number are accepted`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let list = cards.list { list in
      list.number = nil
      // freshestCRL tells where changes are; the whole list is whole without them.
      list.more = [.init(oid: [2, 5, 29, 46], critical: false, value: [0x30, 0])]
      list.entries = [
        .init(serial: 5, extensions: [.init(oid: [2, 5, 29, 21], critical: false, value: [0x0A, 1, 8])])
      ]
    }
    #expect(try cards.read(list).count == 1)
    #expect(try cards.read(list).number == nil)
  }

  @Test func `a list whose inner algorithm differs is refused`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let whole = try SignedFrame(try cards.list().der())
    let part = Array(whole.bytes[whole.signedPart.whole])
    let other = Certificate.SignatureAlgorithm.ecdsaWithSHA512
    let signature = try cards.issuer.key.key.sign(bytes: part, signatureAlgorithm: other).rawRepresentation
    let octets = SignedOctets(signedPart: part, algorithm: try other.identifier, signature: signature)
    let issuers = try IssuerCertificates(files: [cards.issuerPath], at: cards.now)
    #expect(throws: CertificateFileFault.self) { try RevocationList(try octets.der(), issuers: issuers) }
  }

  @Test func `long numbers are ordered as numbers and refuse what is not one in DER`() throws {
    let rising: [[UInt8]] = [
      [0], [1], [0x7F], [0, 0x80], [1, 0], [0, 0xFF, 0xFF, 0xFF, 0xFF], [1, 0, 0, 0, 0],
      [1] + [UInt8](repeating: 0, count: 11), [1] + [UInt8](repeating: 0, count: 12),
      [0x7F] + [UInt8](repeating: 0xFF, count: 19), [0] + [UInt8](repeating: 0xFF, count: 20),
    ]
    let numbers = try rising.map { try #require(LongNumber(integer: $0[...])) }
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    for number in numbers { #expect(numbers.containsSorted(number)) }
    #expect(![LongNumber]().containsSorted(numbers[0]))
    let tooLong = [1] + [UInt8](repeating: 0, count: 20)
    for wrong in [[], [0x80], [0xFF], [0, 0x7F], [0, 0], tooLong] as [[UInt8]] {
      #expect(LongNumber(integer: wrong[...]) == nil)
    }
  }

  @Test func `lengths in DER must be definite and as short as can be`() throws {
    let wrongs: [[UInt8]] = [
      [0x30, 0x80, 0, 0], [0x30, 0x81, 1, 0], [0x30, 0x82, 0, 0x80], [0x30, 0x85, 0, 0, 0, 0, 1, 0],
      [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0x3F, 1, 0], [0x30], [0x30, 0x81], [0x30, 1],
    ]
    for wrong in wrongs {
      #expect(throws: DERFault.self) {
        var reader = DERReader(wrong)
        _ = try reader.next()
      }
    }
    var reader = DERReader([0x30, 0x81, 0x80] + [UInt8](repeating: 7, count: 128))
    #expect(try reader.next().content == 3..<131)
    #expect(reader.isAtEnd)
  }
}

extension SampleCard {
  /// Its serial number, which swift-certificates keeps without the zero that DER needs before a high first bit.
  var number: LongNumber? {
    LongNumber(integer: ((serial.bytes.first ?? 0) < 0x80 ? [] : [0]) + serial.bytes)
  }
}

extension SampleCards {
  func read(_ list: SampleList) throws -> RevocationList {
    try RevocationList(try list.der(), issuers: try IssuerCertificates(files: [issuerPath], at: now))
  }
}
