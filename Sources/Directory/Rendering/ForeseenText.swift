import Foundation
import LDAP

/// What will happen by itself, in the order of time: one line for each date that is reached.
struct ForeseenText {
  let plan: Plan
  let disclosure: Disclosure
  let language: Language

  /// The lines, heading first; none when nothing is foreseen.
  var lines: [String] {
    guard !plan.foreseen.isEmpty else { return [] }
    let rows = sorted.map(cells)
    let widths = (0..<4).map { column in min(rows.map { $0[column].displayWidth }.max() ?? 0, 32) }
    return [heading + ":"]
      + rows.map { row in
        "  "
          + (zip(row, widths).map { $0.padded(to: $1) }.filter { !$0.isEmpty } + [row[4]])
          .joined(separator: "  ")
      }
  }

  /// In the order of time.
  var sorted: [Foreseen] {
    plan.foreseen.sorted {
      ($0.at, $0.identity, $0.event.rawValue, $0.member?.normalForm ?? "")
        < ($1.at, $1.identity, $1.event.rawValue, $1.member?.normalForm ?? "")
    }
  }

  var heading: String { language.say("Will happen by itself", "Inträffar av sig självt") }

  /// When, kind, HSA-id, name and what.
  func cells(_ foreseen: Foreseen) -> [String] {
    let label =
      foreseen.isProtected ? nil : foreseen.label.flatMap { disclosure.label($0, of: foreseen.identity) }
    return [
      CivilTime.shown(foreseen.at), foreseen.kind.word(language), VisibleText(foreseen.identity.text).text,
      label.map { VisibleText($0).text } ?? "", event(foreseen),
    ]
  }

  private func event(_ foreseen: Foreseen) -> String {
    let member = foreseen.member.map { VisibleText($0.text).text + " " } ?? ""
    return switch foreseen.event {
    case .starts: language.say("starts", "börjar gälla")
    case .ends: language.say("ends", "upphör")
    case .membershipStarts: language.say("member \(member)begins", "medlemmen \(member)börjar")
    case .membershipEnds: language.say("member \(member)leaves", "medlemmen \(member)slutar")
    case .deletion: language.say("is deleted by the plan of that day", "tas bort av den dagens plan")
    }
  }
}

extension CivilTime {
  /// A moment in Sweden for people: `2027-01-01`, or `2027-01-01 08:00` where it is not midnight.
  package static func shown(_ date: Date) -> String {
    let style = Date.ISO8601FormatStyle(timeZone: stockholm ?? .gmt).year().month().day()
      .time(includingFractionalSeconds: false)
    let text = date.formatted(style)
    let time = text.dropFirst(11).prefix(5)
    return time == "00:00" ? String(text.prefix(10)) : text.prefix(10) + " " + time
  }
}
