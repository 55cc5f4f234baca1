import Foundation
import Testing
import X509

@testable import Agent

/// Knuth's linear congruential generator: the same flips every time.
struct FlipGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}

@Suite struct DamageTests {
  @Test func `a certificate cut off anywhere is refused`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let der = try cards.card("SE1-1").der
    let judge = try cards.judge()
    for count in 1..<der.count {
      #expect(cards.fault(Array(der[..<count]), judge) == .unreadable, "\(count) octets")
    }
  }

  @Test func `a list cut off anywhere is refused`() throws {
    let folder = try CardFolder()
    var cards = try SampleCards(folder: folder.path)
    cards.revoke(try cards.card("SE1-1"))
    let der = try cards.list().der()
    let issuers = try IssuerCertificates(files: [cards.issuerPath], at: cards.now)
    #expect(try RevocationList(der, issuers: issuers).count == 1)
    for count in 0..<der.count {
      let cut = Array(der[..<count])
      #expect(throws: CertificateFileFault.self) { try RevocationList(cut, issuers: issuers) }
    }
  }

  @Test(arguments: [SampleKey.Kind.p256, .rsa])
  func `no damage to a certificate makes it another person's`(_ kind: SampleKey.Kind) throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path, keys: kind)
    let der = try cards.card("SE2321000016-1").der
    let judge = try cards.judge()
    var generator = FlipGenerator(state: 20_260_101)
    var admitted = 0
    for _ in 0..<1000 {
      var damaged = der
      let place = Int.random(in: der.indices, using: &generator)
      damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
      let holder = try? judge.judge(damaged, at: cards.now)
      if let holder {
        admitted += 1
        #expect(holder.identity == "SE2321000016-1")
      }
    }
    // Neither kind of key has a second encoding one octet away.
    #expect(admitted == 0)
  }

  @Test func `no damage to a list lets a revoked card in`() throws {
    let folder = try CardFolder()
    var cards = try SampleCards(folder: folder.path)
    let card = try cards.card("SE1-1")
    cards.revoke(card)
    let der = try cards.list().der()
    let issuers = try IssuerCertificates(files: [cards.issuerPath], at: cards.now)
    let serial = try #require(card.number)
    var generator = FlipGenerator(state: 7)
    for _ in 0..<1000 {
      var damaged = der
      let place = Int.random(in: der.indices, using: &generator)
      damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
      let list = try? RevocationList(damaged, issuers: issuers)
      #expect(list?.contains(serial) ?? true)
    }
  }

  @Test func `random octets are never a certificate or a list and never stop the program`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let judge = try cards.judge()
    let issuers = try IssuerCertificates(files: [cards.issuerPath], at: cards.now)
    var generator = FlipGenerator(state: 99)
    for _ in 0..<2000 {
      let count = Int.random(in: 1...200, using: &generator)
      var octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      octets[0] = 0x30
      #expect(cards.fault(octets, judge) == .unreadable)
      let octetsOfList = octets
      #expect(throws: CertificateFileFault.self) { try RevocationList(octetsOfList, issuers: issuers) }
    }
  }
}
