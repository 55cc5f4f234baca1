import Foundation
import Testing
import X509

@testable import Agent

@Suite struct JudgeTests {
  @Test(arguments: [SampleKey.Kind.p256, .p384, .p521, .rsa])
  func `a right card of an issuer with a key of each kind is let in`(_ kind: SampleKey.Kind) throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path, keys: kind)
    let card = try cards.card("SE2321000016-A1B2", name: "Åsa Öberg")
    let holder = try cards.judge().judge(card.der, at: cards.now)
    #expect(holder.identity == "SE2321000016-A1B2")
    #expect(holder.name == "Åsa Öberg")
    #expect(holder.fingerprint.utf8.count == 64)
    #expect(holder.notAfter == cards.now.addingTimeInterval(86_400 * 365))
  }

  @Test func `the fingerprint is that which openssl tells`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let card = try cards.card("SE1-1")
    let told = try OpenSSL(folder).run(
      ["x509", "-in", card.certificatePath, "-noout", "-fingerprint", "-sha256"])
    let holder = try cards.judge().judge(card.der, at: cards.now)
    #expect(told.lowercased().replacing(":", with: "").contains(holder.fingerprint))
  }

  @Test func `a card without key usage, or with more purposes and policies, is let in`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let card = try cards.card(
      "SE1-1",
      shape: SampleCardShape {
        $0.keyUsage = nil
        $0.purposes = [.emailProtection, .clientAuth]
        $0.policies = ["1.2.3.4", "2.5.29.32.0", SampleCards.policy]
      })
    #expect(try cards.judge().judge(card.der, at: cards.now).identity == "SE1-1")
  }

  @Test func `any policy does when none is asked for`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let card = try cards.card("SE1-1", shape: SampleCardShape { $0.policies = [] })
    #expect(try cards.judge(policies: []).judge(card.der, at: cards.now).identity == "SE1-1")
  }

  @Test func `a policy that cannot be read, or any policy, lets nobody in`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let card = try cards.card("SE1-1", shape: SampleCardShape { $0.policies = ["2.5.29.32.0", "1.2.3"] })
    for policies in [["one.two"], [""], ["2.5.29.32.0"], ["1.2.3.4"]] {
      #expect(try cards.fault(card.der, cards.judge(policies: policies)) == .wrongPolicy)
    }
  }

  @Test func `a certificate is valid in its first second and in its last, not before or after`() throws {
    let folder = try CardFolder()
    var cards = try SampleCards(folder: folder.path)
    let end = cards.now.addingTimeInterval(60)
    let card = try cards.card(
      "SE1-1",
      shape: SampleCardShape {
        $0.notBefore = cards.now
        $0.notAfter = end
      })
    try cards.writeList()
    let judge = try cards.judge()
    #expect(cards.fault(card.der, judge, at: cards.now.addingTimeInterval(-0.001)) == .notYetValid)
    #expect(cards.fault(card.der, judge, at: cards.now) == nil)
    #expect(cards.fault(card.der, judge, at: end.addingTimeInterval(0.999)) == nil)
    #expect(cards.fault(card.der, judge, at: end.addingTimeInterval(1)) == .expired)
  }

  @Test func `an issuer whose own certificate ended since lets nobody in`() throws {
    let folder = try CardFolder()
    var cards = try SampleCards(folder: folder.path)
    let end = cards.now + 86_400 * 4000
    let card = try cards.card("SE1-1", shape: SampleCardShape { $0.notAfter = end })
    try cards.writeList { $0.nextUpdate = end }
    let judge = try cards.judge()
    #expect(cards.fault(card.der, judge, at: cards.now + 86_400 * 3649) == nil)
    #expect(cards.fault(card.der, judge, at: cards.now + 86_400 * 3651) == .expired)
    #expect(cards.fault(card.der, judge, at: cards.now - 86_400 * 101) == .notYetValid)
  }

  @Test func `one of two issuers of the same name with different keys is found by its key`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let next = try SampleAuthority("Prov Utfärdande CA", .p384, issuer: cards.root, now: cards.now)
    let second = try cards.write(try next.pem, "next.pem")
    let list = try cards.write(try cards.list { $0.signer = next.key }.pem(), "next-list.pem")
    let old = try cards.card("SE1-1")
    let new = try cards.card("SE1-2", shape: SampleCardShape { $0.signer = next })
    let both = try cards.judge(issuers: [cards.issuerPath, second], lists: [cards.listPath, list])
    #expect(try both.judge(old.der, at: cards.now).identity == "SE1-1")
    #expect(try both.judge(new.der, at: cards.now).identity == "SE1-2")
    let half = try cards.judge(issuers: [cards.issuerPath, second], lists: [list])
    #expect(cards.fault(old.der, half) == .noRevocationList)
  }

  @Test func `a name that plays tricks is shown without them`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let long = String(repeating: "x", count: 500)
    let tricky = try cards.card("SE1-1", name: "A\u{202E}B\u{0}\u{1B}[2JC\n")
    #expect(try cards.judge().judge(tricky.der, at: cards.now).name == "AB[2JC")
    #expect(try cards.judge().judge(try cards.card("SE1-2", name: long).der, at: cards.now).name.count == 128)
  }

  @Test func `every fault has one sentence and an advice in both languages`() {
    for code in CertificateFault.Code.allCases {
      let fault = CertificateFault(code)
      for text in [fault.message, fault.advice, fault.message(swedish: true), fault.advice(swedish: true)] {
        #expect(text.hasSuffix(".") && text.count > 10 && !text.contains("\n"))
      }
      #expect(fault.message != fault.message(swedish: true))
    }
    #expect(Set(CertificateFault.Code.allCases.map(\.words)).count == CertificateFault.Code.allCases.count)
  }
}

extension SampleCards {
  /// A judge of this world's cards.
  func judge(
    policies: [String] = [SampleCards.policy], issuers: [String]? = nil, lists: [String]? = nil
  ) throws -> CertificateJudge {
    let issuers = try IssuerCertificates(files: issuers ?? [issuerPath], at: now)
    let lists = RevocationLists(files: lists ?? [listPath], issuers: issuers, now: { [now] in now })
    return CertificateJudge(issuers: issuers, revocationLists: lists, policies: policies)
  }

  /// What a judge finds wrong; `nil`: nothing.
  func fault(
    _ der: [UInt8], _ judge: CertificateJudge, at instant: Date? = nil
  ) -> CertificateFault.Code? {
    do throws(CertificateFault) {
      _ = try judge.judge(der, at: instant ?? now)
      return nil
    } catch { return error.code }
  }

  func fault(_ der: [UInt8]) throws -> CertificateFault.Code? { fault(der, try judge()) }
}
