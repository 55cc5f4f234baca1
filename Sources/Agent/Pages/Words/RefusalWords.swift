/// The words of refusals.
struct RefusalWords: Sendable {
  /// What is said of one refusal.
  struct Saying: Sendable {
    let title: String
    let sentence: String
    let advice: String
  }

  let status: String
  let what: String
  let home: String
  let reference: String
  let noCertificate: Saying
  let revoked: Saying
  let wrongCard: Saying
  let noMandate: Saying
  let sessionEnded: Saying
  let notFound: Saying
  let conflict: Saying
  let tooLarge: Saying
  let unprocessable: Saying
  let tooManyRequests: Saying
  let failure: Saying

  /// What is said of a refusal for this reason.
  func saying(for reason: RefusalPage.Reason) -> Saying {
    switch reason {
    case .noCertificate: noCertificate
    case .revoked: revoked
    case .wrongCard: wrongCard
    case .noMandate: noMandate
    case .sessionEnded: sessionEnded
    case .notFound: notFound
    case .conflict: conflict
    case .tooLarge: tooLarge
    case .unprocessable: unprocessable
    case .tooManyRequests: tooManyRequests
    case .failure: failure
    }
  }
}

extension RefusalWords {
  static let swedish = RefusalWords(
    status: "Svarskod",
    what: "Det här kan du göra",
    home: "Till mina vårdgivare",
    reference: "Uppge detta till supporten:",
    noCertificate: Saying(
      title: "Inget kort visades",
      sentence: "Webbläsaren visade inget giltigt certifikat från ett tjänstekort.",
      advice: "Sätt i ditt kort, stäng alla fönster i webbläsaren, öppna sidan igen "
        + "och välj ditt certifikat när du får frågan."),
    revoked: Saying(
      title: "Certifikatet är spärrat",
      sentence: "Certifikatet på kortet är spärrat.",
      advice: "Vänd dig till din kortadministratör för ett nytt certifikat."),
    wrongCard: Saying(
      title: "Kortet släpps inte in",
      sentence: "Certifikatet på kortet kan inte användas här.",
      advice:
        "Läs nedan vad det beror på. Är det fel kort, stäng alla fönster i webbläsaren och välj ett annat."),
    noMandate: Saying(
      title: "Du saknar uppdrag",
      sentence: "Ditt kort är giltigt, men du har inget gällande uppdrag som HSA-ombud här.",
      advice: "Be den som är ansvarig för HSA hos vårdgivaren att ge dig uppdraget eller förlänga det."),
    sessionEnded: Saying(
      title: "Du är utloggad",
      sentence: "Du har varit overksam en stund och är därför utloggad. "
        + "Det du senast skickade togs inte emot.",
      advice: "Öppna första sidan, logga in med kortet och gör om det sista steget."),
    notFound: Saying(
      title: "Sidan finns inte",
      sentence: "Adressen leder ingenstans, eller till något som du inte har uppdrag för.",
      advice: "Börja om från dina vårdgivare."),
    conflict: Saying(
      title: "Någon hann före",
      sentence: "Läget har ändrats sedan sidan visades, så det du begärde gjordes inte.",
      advice: "Öppna sidan på nytt, se hur det ligger till nu och ta ställning igen."),
    tooLarge: Saying(
      title: "Filen är för stor",
      sentence: "Filen är större än vad som tas emot här.",
      advice: "Kontrollera att du valde rätt fil. Stämmer det, dela upp den eller vänd dig till supporten."),
    unprocessable: Saying(
      title: "Uppgifterna gick inte att läsa",
      sentence: "Något i formuläret saknades eller gick inte att tolka. Ingenting har ändrats.",
      advice: "Gå tillbaka, kontrollera uppgifterna och skicka igen."),
    tooManyRequests: Saying(
      title: "För många försök",
      sentence: "Det har kommit för många begäranden från dig på kort tid.",
      advice: "Vänta en minut och försök igen."),
    failure: Saying(
      title: "Något gick fel hos oss",
      sentence: "Tjänsten kunde inte göra klart det du begärde.",
      advice: "Se efter i historiken vad som blev gjort innan du försöker igen. "
        + "Återkommer felet, vänd dig till supporten."))
}

extension RefusalWords {
  static let english = RefusalWords(
    status: "Status",
    what: "What you can do",
    home: "To my care providers",
    reference: "Tell support:",
    noCertificate: Saying(
      title: "The card could not be read",
      sentence: "The browser presented no valid certificate from a staff card.",
      advice: "Insert your card, close every browser window, open the page again "
        + "and choose your certificate when asked."),
    revoked: Saying(
      title: "The certificate is revoked",
      sentence: "The certificate on the card has been revoked or has expired.",
      advice: "Ask your card administrator for a new certificate."),
    wrongCard: Saying(
      title: "The card is not let in",
      sentence: "The certificate on the card cannot be used here.",
      advice: "See below why. If it is the wrong card, close all windows of the browser and choose another."),
    noMandate: Saying(
      title: "You hold no mandate",
      sentence: "Your card is valid, but you hold no current mandate as HSA delegate here.",
      advice: "Ask the person responsible for HSA at the provider to give you the mandate or to extend it."),
    sessionEnded: Saying(
      title: "You are signed out",
      sentence: "You were signed out after a time without activity. What you sent last was not received.",
      advice: "Open the first page, sign in with your card and repeat the last step."),
    notFound: Saying(
      title: "There is no such page",
      sentence: "The address leads nowhere, or to something that you hold no mandate for.",
      advice: "Start again from your care providers."),
    conflict: Saying(
      title: "Somebody was quicker",
      sentence: "Things have changed since the page was shown, so what you asked for was not done.",
      advice: "Open the page again, see how things stand now and decide anew."),
    tooLarge: Saying(
      title: "The file is too large",
      sentence: "The file is larger than what is received here.",
      advice: "Check that you chose the right file. If so, divide it or turn to support."),
    unprocessable: Saying(
      title: "The form could not be read",
      sentence: "Something in the form was missing or could not be understood. Nothing has been changed.",
      advice: "Go back, check what you entered and send it again."),
    tooManyRequests: Saying(
      title: "Too many attempts",
      sentence: "Too many requests have come from you in a short time.",
      advice: "Wait a minute and try again."),
    failure: Saying(
      title: "Something went wrong with us",
      sentence: "The service could not finish what you asked for.",
      advice: "Look in the history for what was done before you try again. If the fault returns, turn to "
        + "support."))
}
