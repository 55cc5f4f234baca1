extension CertificateFault.Code {
  /// What to do next.
  var counsel: Words {
    switch self {
    case .noCertificate:
      Words(
        english: "Insert the card, choose its certificate for identification and try again.",
        swedish: "Sätt i kortet, välj dess certifikat för legitimering och försök igen.")
    case .unreadable, .foreignIssuer, .wrongSignature, .isAuthority, .noIdentity:
      Words(
        english: "Use the certificate for identification on a SITHS card that carries an HSA-id.",
        swedish: "Använd certifikatet för legitimering på ett SITHS-kort som bär ett HSA-id.")
    case .notForSigning, .notForClients, .wrongPolicy:
      Words(
        english: "Choose the card's certificate for identification, not the one for signing documents.",
        swedish: "Välj kortets certifikat för legitimering, inte det för underskrift.")
    case .notYetValid, .expired:
      Words(
        english: "Use a valid card; if it is valid, have those who run the agent check clock and issuers.",
        swedish: "Använd ett giltigt kort; är det giltigt, be driften se över klocka och utfärdare.")
    case .revoked:
      Words(
        english: "Use another card, or ask the card office why this one is revoked.",
        swedish: "Använd ett annat kort, eller fråga kortkontoret varför detta är spärrat.")
    case .weakSignature, .unknownCriticalExtension:
      Words(
        english: "Ask the card office for a card of the present kind.",
        swedish: "Be kortkontoret om ett kort av nuvarande slag.")
    case .noRevocationList, .staleRevocationList, .wrongRevocationList:
      Words(
        english: "Tell those who run the agent; no card of this issuer is let in until it is mended.",
        swedish: "Säg till driften; ingen med kort från denna utfärdare släpps in förrän det är avhjälpt.")
    }
  }
}
