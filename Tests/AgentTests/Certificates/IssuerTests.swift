import Foundation
import Testing
import X509

@testable import Agent

@Suite struct IssuerTests {
  @Test func `a file may hold several issuers and text beside them`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let first = (try cards.issuer.pem).replacing("\n", with: "\r\n")
    let both = "Subject: CN=Prov\r\n" + first + (try cards.root.pem)
    let path = try cards.write(both, "both.pem")
    let issuers = try IssuerCertificates(files: [path, cards.issuerPath], at: cards.now)
    #expect(issuers.issuers.count == 3)
    #expect(Set(issuers.issuers.map(\.identity)).count == 2)
  }

  @Test func `what is wrong with a file of issuers is told with the file's name`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let pem = try cards.issuer.pem
    let texts = [
      "": "it is empty",
      "hej": "it holds no certificate in PEM",
      pem + (try SampleKey(.p256)).pem: "it holds more than certificates",
      String(pem.dropLast(40)): "it is not well-formed PEM",
      pem.replacing("-----BEGIN CERTIFICATE-----", with: "-----BEGIN CERTIFICATE----- "):
        "it is not well-formed PEM",
      pem.replacing("MII", with: "MIJ"): "it holds a certificate that cannot be read",
    ]
    for (text, reason) in texts {
      let path = try cards.write(text, "issuers.pem")
      #expect(cards.refusal([cards.issuerPath, path])?.description == "\(path): \(reason)")
    }
    #expect(cards.refusal([folder.path])?.reason == "it is not a regular file")
    #expect(cards.refusal(["/nowhere/x.pem"])?.description == "/nowhere/x.pem: it does not exist")
    #expect(cards.refusal([])?.description == "no issuer is named")
  }

  @Test func `a certificate that cannot be an issuer's is refused`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let unknown = Certificate.Extension(oid: [2, 5, 29, 30], critical: true, value: [0x30, 0])
    let shapes: [(SampleAuthority.Shape, String)] = [
      (.init(isAuthority: false), "basicConstraints"),
      (.init(keyUsage: KeyUsage(cRLSign: true)), "keyUsage"),
      (.init(notBefore: cards.now + 60), "not valid yet"),
      (.init(notAfter: cards.now - 60), "no longer valid"),
      (.init(more: [unknown]), "critical extension"),
    ]
    for (shape, reason) in shapes {
      let issuer = try SampleAuthority("Prov", .p256, now: cards.now, shape: shape)
      let path = try cards.write(try issuer.pem, "issuers.pem")
      #expect(cards.refusal([path])?.reason.contains(reason) == true, "\(reason)")
    }
    let card = try cards.card("SE1-1")
    #expect(cards.refusal([card.certificatePath])?.reason.contains("basicConstraints") == true)
  }

  @Test(arguments: [SampleKey.Kind.short, .ed25519])
  func `an issuer with a weak key is refused`(_ kind: SampleKey.Kind) throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    // Signed by the root: only its own key matters.
    let issuer = try SampleAuthority("Prov", kind, issuer: cards.root, now: cards.now)
    let path = try cards.write(try issuer.pem, "issuers.pem")
    #expect(cards.refusal([path])?.reason.contains("too weak") == true)
  }

  @Test func `an issuer without key usage is taken`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let issuer = try SampleAuthority("Prov", .p256, now: cards.now, shape: .init(keyUsage: nil))
    #expect(cards.refusal([try cards.write(try issuer.pem, "issuers.pem")]) == nil)
  }

  @Test func `a list of an issuer whose key may not sign lists is not taken`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let shape = SampleAuthority.Shape(keyUsage: KeyUsage(keyCertSign: true))
    let issuer = try SampleAuthority("Prov", .p256, now: cards.now, shape: shape)
    let path = try cards.write(try issuer.pem, "issuers.pem")
    let list = cards.list { list in
      list.issuer = issuer.name
      list.signer = issuer.key
    }
    let file = try cards.write(try list.pem(), "list2.pem")
    let card = try cards.card("SE1-1", shape: SampleCardShape { $0.signer = issuer })
    #expect(try cards.fault(card.der, cards.judge(issuers: [path], lists: [file])) == .wrongRevocationList)
  }
}

extension SampleCards {
  /// Why these files of issuers are refused; `nil`: they are not.
  func refusal(_ files: [String]) -> CertificateFileFault? {
    do throws(CertificateFileFault) {
      _ = try IssuerCertificates(files: files, at: now)
      return nil
    } catch { return error }
  }
}
