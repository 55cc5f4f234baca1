import Foundation
import X509

/// A little world of cards for tests: a root, an issuing authority below it, a server's certificate, cards and lists.
///
/// Everything is written to a folder as PEM, keys in PKCS#8:
///
///     root.pem            what a client trusts to know the server
///     issuer.pem          what the server pins to know cards
///     server.pem          for localhost and 127.0.0.1, signed by the root; server-key.pem
///     list.pem            the issuing authority's revocation list, empty at first
///     <identity>.pem      each card's certificate; <identity>-key.pem
struct SampleCards: Sendable {
  let folder: String
  let now: Date
  let root: SampleAuthority
  let issuer: SampleAuthority
  private(set) var revoked: [SampleList.Entry] = []
  /// That of the next list.
  private(set) var number = 1

  /// A policy that right cards carry.
  static let policy = "1.3.6.1.4.1.32473.1.1"

  init(folder: String, keys: SampleKey.Kind = .p256, now: Date = Date()) throws {
    self.folder = folder
    self.now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
    root = try SampleAuthority("Prov Rot CA", keys, now: now)
    issuer = try SampleAuthority("Prov Utfärdande CA", keys, issuer: root, now: now)
    try write(try root.pem, "root.pem")
    try write(try issuer.pem, "issuer.pem")
    try writeServer()
    try writeList()
  }

  var rootPath: String { path("root.pem") }
  var issuerPath: String { path("issuer.pem") }
  var serverCertificatePath: String { path("server.pem") }
  var serverKeyPath: String { path("server-key.pem") }
  var listPath: String { path("list.pem") }

  /// Makes a card and writes it.
  func card(
    _ identity: String, name: String = "Prov Provsson", shape: SampleCardShape = SampleCardShape()
  ) throws -> SampleCard {
    let key = try SampleKey(shape.keys)
    let serial = shape.serial ?? Certificate.SerialNumber()
    let subject = try shape.subject ?? SampleCards.subject(identity, name)
    let signer = shape.signer ?? issuer
    let certificate = try Certificate(
      version: .v3, serialNumber: serial, publicKey: key.key.publicKey,
      notValidBefore: shape.notBefore ?? now.addingTimeInterval(-86_400),
      notValidAfter: shape.notAfter ?? now.addingTimeInterval(86_400 * 365),
      issuer: signer.name, subject: try DistinguishedName(subject),
      signatureAlgorithm: shape.algorithm ?? signer.key.key.defaultAlgorithm,
      extensions: try shape.extensions(), issuerPrivateKey: signer.key.key)
    return SampleCard(
      certificatePath: try write(try certificate.serializeAsPEM().pemString + "\n", "\(identity).pem"),
      keyPath: try write(key.pem, "\(identity)-key.pem"), der: try certificate.der, serial: serial)
  }

  /// A right subject: common name and serial number.
  static func subject(_ identity: String, _ name: String) throws -> [RelativeDistinguishedName.Attribute] {
    [
      .init(type: .RDNAttributeType.commonName, utf8String: name),
      try .init(type: [2, 5, 4, 5], printableString: identity),
    ]
  }

  /// Puts a card on the next list that is written.
  mutating func revoke(_ card: SampleCard, extensions: [Certificate.Extension] = []) {
    revoked.append(SampleList.Entry(serial: card.serial, extensions: extensions))
  }

  /// The list as it would be written next.
  func list(_ change: (inout SampleList) throws -> Void = { _ in }) rethrows -> SampleList {
    var list = SampleList(
      issuer: issuer.name, signer: issuer.key, thisUpdate: now.addingTimeInterval(-3600),
      nextUpdate: now.addingTimeInterval(86_400), number: number, entries: revoked)
    try change(&list)
    return list
  }

  /// Writes the next list to ``listPath``, as another file that takes the old one's place.
  mutating func writeList(_ change: (inout SampleList) throws -> Void = { _ in }) throws {
    try write(try list(change).pem(), "list.pem")
    number += 1
  }

  private func writeServer() throws {
    let key = try SampleKey(.p256)
    let names = SubjectAlternativeNames([
      .dnsName("localhost"), .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
    ])
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.key.publicKey,
      notValidBefore: now.addingTimeInterval(-86_400), notValidAfter: now.addingTimeInterval(86_400 * 365),
      issuer: root.name, subject: try DistinguishedName { CommonName("localhost") },
      extensions: try Certificate.Extensions([
        .init(BasicConstraints.notCertificateAuthority, critical: true),
        .init(KeyUsage(digitalSignature: true), critical: true),
        .init(try ExtendedKeyUsage([.serverAuth]), critical: false), .init(names, critical: false),
      ]), issuerPrivateKey: root.key.key)
    try write(try certificate.serializeAsPEM().pemString + "\n", "server.pem")
    try write(key.pem, "server-key.pem")
  }

  private func path(_ name: String) -> String { folder + "/" + name }

  /// Atomically: whoever reads it meanwhile sees the old one or the new one.
  @discardableResult func write(_ text: String, _ name: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: path(name)), options: .atomic)
    return path(name)
  }
}
