import Directory
import Reconciler

/// What was found of the audit log, for people.
struct AuditVerificationText {
  private let found: AuditVerification
  private let language: Language

  init(_ found: AuditVerification, language: Language) {
    self.found = found
    self.language = language
  }

  func write(to out: inout some TextOutputStream) {
    for line in lines { out.write(line + "\n") }
  }

  var lines: [String] {
    if let fault = found.fault { return faultLines(fault) }
    return [sound] + compared
  }

  private var sound: String {
    guard let first = found.first, let last = found.last else {
      return language.say(
        "The audit log is sound: it has no records yet.", "Revisionsloggen är hel: den har inga poster än.")
    }
    let (records, files) = (found.records, found.files)
    return language.say(
      "The audit log is sound: \(records.counting("record")) in \(files.counting("file")), "
        + "numbers \(first) to \(last.sequence).",
      "Revisionsloggen är hel: \(posts(records)) i \(files) \(files == 1 ? "fil" : "filer"), "
        + "nummer \(first) till \(last.sequence).")
  }

  private var compared: [String] {
    var lines: [String] = []
    if found.heads > 0 {
      lines.append(
        language.say(
          "It agrees with \(found.heads.counting("head")) kept elsewhere.",
          "Den stämmer med \(points(found.heads)) på annan plats."))
    } else {
      lines += [
        language.say(
          "It was compared with no head kept elsewhere: an end that was cut off would not show.",
          "Den är inte jämförd med någon kontrollpunkt på annan plats: om slutet har kapats syns det inte."),
        language.say(
          "    give --head FILE, or set `audit: head` in the configuration",
          "    ange --head FIL, eller sätt `audit: head` i konfigurationen"),
      ]
    }
    if found.olderHeads > 0 {
      lines.append(
        language.say(
          "\(found.olderHeads.counting("head")) of older records, which are not here, could not be compared.",
          "\(points(found.olderHeads)) för äldre poster, som inte finns här, kunde inte jämföras."))
    }
    return lines
  }

  private func faultLines(_ fault: AuditVerification.Fault) -> [String] {
    [
      "\(VisibleText(fault.file).text):\(fault.line): \(what(fault))", "    \(advice(fault))",
      language.say(
        "The audit log is NOT sound. Before that place: \(found.records.counting("sound record")).",
        "Revisionsloggen är INTE hel. Före det stället: \(posts(found.records)) utan fel."),
    ]
  }

  private func what(_ fault: AuditVerification.Fault) -> String {
    let expected = fault.expected
    let found = fault.found ?? expected
    return switch fault.kind {
    case .notARecord: language.say("the line is no record", "raden är ingen post")
    case .changed:
      language.say(
        "the record was changed: its hash is not that of its content",
        "posten har ändrats: kontrollsumman stämmer inte med innehållet")
    case .missing where found == expected + 1:
      language.say(
        "record \(expected) is missing; here stands \(found)", "post \(expected) saknas; här står \(found)")
    case .missing:
      language.say(
        "records \(expected) to \(found - 1) are missing; here stands \(found)",
        "posterna \(expected) till \(found - 1) saknas; här står \(found)")
    case .reordered:
      language.say(
        "record \(expected) stands further on: lines were moved",
        "post \(expected) står längre fram: rader har flyttats")
    case .repeated:
      language.say(
        "record \(found) stands here again, where \(expected) should be",
        "post \(found) står här en gång till, där \(expected) skulle stå")
    case .spliced:
      language.say(
        "record \(expected) does not follow the one before: one of them is from another log or was made anew",
        "post \(expected) hör inte ihop med den före: en av dem kommer från en annan logg eller har gjorts om"
      )
    case .torn:
      language.say("the line is not whole: its end is missing", "raden är inte hel: slutet saknas")
    case .tailMissing:
      language.say(
        "the log ends here, and once had record \(found): its end was cut off",
        "loggen slutar här, men har haft post \(found): slutet har kapats")
    case .replaced:
      language.say(
        "record \(expected) is another than when its hash was kept elsewhere",
        "post \(expected) är en annan än när dess kontrollsumma sparades på annan plats")
    }
  }

  private func advice(_ fault: AuditVerification.Fault) -> String {
    switch (fault.kind, fault.found) {
    case (.missing, let first?) where found.records == 0 && fault.line == 1:
      language.say(
        "if older files were archived, say so: --from \(first)",
        "om äldre filer har arkiverats, ange det: --from \(first)")
    case (.torn, _):
      language.say(
        "if a crash did it, nothing was written to the directory after it; the next run sets the rest of the line aside",
        "om det var ett avbrott skrevs inget till katalogen efter det; nästa körning lägger resten av raden åt sidan"
      )
    default:
      language.say(
        "keep a copy of the folder, compare it with a backup, and find out who could write to it",
        "spara en kopia av mappen, jämför med en säkerhetskopia och ta reda på vem som kunde skriva där")
    }
  }

  private func posts(_ count: Int) -> String { "\(count) \(count == 1 ? "post" : "poster")" }

  private func points(_ count: Int) -> String {
    "\(count) \(count == 1 ? "kontrollpunkt" : "kontrollpunkter")"
  }
}

extension AuditVerification {
  /// The result for machines.
  var json: CanonicalJSON {
    CanonicalJSON(present: [
      "formatVersion": 1, "sound": .bool(fault == nil), "records": .number(records), "files": .number(files),
      "first": first.map { .number($0) },
      "last": last.map { ["sequence": .number($0.sequence), "hash": .string($0.hash)] },
      "heads": .number(heads), "olderHeads": .number(olderHeads),
      "fault": fault.map { fault in
        CanonicalJSON(present: [
          "kind": .string(fault.kind.rawValue), "file": .string(fault.file), "line": .number(fault.line),
          "expected": .number(fault.expected), "found": fault.found.map { .number($0) },
        ])
      },
    ])
  }
}
