import Directory
import LDAP

/// What becomes of a change, in words.
struct OutcomeWords {
  let language: Language

  var failed: String { language.say("failed", "misslyckades") }
  var stale: String { language.say("stale", "inaktuell") }
  var refused: String { language.say("refused", "nekad") }
  var skipped: String { language.say("skipped", "överhoppad") }
  var unknown: String { language.say("unknown", "okänt utfall") }
  var notSent: String { language.say("not sent", "ej skickad") }
  var foundAsWanted: String { language.say("found as wanted", "redan som önskat") }

  func reason(of staleness: Outcome.Staleness) -> String {
    switch staleness {
    case .changed:
      language.say(
        "somebody has changed what this changes; nothing was written",
        "någon har ändrat det som ändringen gäller; inget skrevs")
    case .moved:
      language.say(
        "the entry has another name now; nothing was written", "posten har ett annat namn nu; inget skrevs")
    case .gone: language.say("the entry is gone; nothing was written", "posten är borta; inget skrevs")
    case .replaced:
      language.say(
        "another entry has the name; nothing was written", "en annan post har namnet; inget skrevs")
    }
  }

  func skipping(after change: Int) -> String {
    language.say(
      "it comes after change \(change.grouped), which was not made",
      "den kommer efter ändring \(change.grouped), som inte gjordes")
  }

  func refusal(_ code: ResultCode) -> String {
    language.say(
      "the directory refused the change with \(code.name) (\(code.rawValue))",
      "katalogen avvisade ändringen med \(code.name) (\(code.rawValue))")
  }

  var silence: String {
    language.say(
      "it was sent, no answer came, and the directory could not be read afterwards",
      "den skickades, inget svar kom, och katalogen kunde inte läsas efteråt")
  }

  var adviceAfterSilence: String {
    language.say(
      "plan again when the directory is back: it will show what is missing",
      "planera om när katalogen är tillbaka: planen visar vad som saknas")
  }

  /// What to do after the directory's answer; `nil` where it says that itself.
  func advice(for code: ResultCode) -> String? {
    switch code {
    case .insufficientAccessRights:
      language.say(
        "give the agent the right to write this (conf/slapd/acl.conf)",
        "ge agenten rätt att skriva detta (conf/slapd/acl.conf)")
    case .constraintViolation:
      language.say(
        "a value breaks a rule of the server, such as one that it must be unique; see its log",
        "ett värde bryter mot en av serverns regler, till exempel att det ska vara unikt; se dess logg")
    case .objectClassViolation:
      language.say(
        "the entry would lack what its classes demand, or have what they do not allow",
        "posten skulle sakna det som dess klasser kräver, eller ha det som de inte tillåter")
    case .undefinedAttributeType:
      language.say(
        "the server does not know the attribute; compare its schema with the profile",
        "servern känner inte till attributet; jämför dess schema med profilen")
    case .entryAlreadyExists:
      language.say("another entry has the name; plan again", "en annan post har namnet; planera om")
    case .notAllowedOnNonLeaf:
      language.say(
        "there are entries below it that are not in the plan",
        "det finns poster under den som inte är med i planen")
    case .noSuchObject:
      language.say(
        "the entry or its parent is gone; plan again", "posten eller den ovanför är borta; planera om")
    default: nil
    }
  }
}
