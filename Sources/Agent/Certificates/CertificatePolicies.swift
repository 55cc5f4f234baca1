import SwiftASN1
import X509

/// The policies under which a certificate was issued.
///
/// RFC 5280, section 4.2.1.4.
struct CertificatePolicies: Hashable, Sendable {
  /// Without anyPolicy, which a card's certificate does not get by.
  let identifiers: [ASN1ObjectIdentifier]

  /// 2.5.29.32.
  static let identifier: ASN1ObjectIdentifier = [2, 5, 29, 32]
  private static let anyPolicy: ASN1ObjectIdentifier = [2, 5, 29, 32, 0]

  init(_ extensions: Certificate.Extensions) throws {
    guard let found = extensions[oid: CertificatePolicies.identifier] else {
      identifiers = []
      return
    }
    let all = try DER.sequence(
      of: PolicyInformation.self, identifier: .sequence, rootNode: try DER.parse(found.value))
    identifiers = all.map(\.identifier).filter { $0 != CertificatePolicies.anyPolicy }
  }
}

/// A policy with qualifiers, which are for people.
private struct PolicyInformation: DERParseable {
  let identifier: ASN1ObjectIdentifier

  init(derEncoded node: ASN1Node) throws {
    identifier = try DER.sequence(node, identifier: .sequence) { parts in
      let identifier = try ASN1ObjectIdentifier(derEncoded: &parts)
      _ = parts.next()
      return identifier
    }
  }
}

/// The policies of which a certificate must carry one.
struct AcceptedPolicies: Hashable, Sendable {
  /// Empty although there are conditions when none can be read: then nothing is accepted.
  private let identifiers: Set<ASN1ObjectIdentifier>
  private let acceptsAll: Bool

  /// From dotted text; none: every policy.
  init(_ policies: [String]) {
    identifiers = Set(policies.compactMap { try? ASN1ObjectIdentifier(dotRepresentation: $0) })
    acceptsAll = policies.isEmpty
  }

  func accept(_ policies: [ASN1ObjectIdentifier]) -> Bool {
    acceptsAll || policies.contains { identifiers.contains($0) }
  }
}
