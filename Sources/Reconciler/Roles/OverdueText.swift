import Directory
import Foundation

/// An overdue loss for people: how long, what, whose, where and why.
///
/// `overdue 3 h 12 min: NPÖ;Läsare of SE2321000016-7X3K at target journal (unavailable)`
package struct OverdueText {
  package let loss: OverdueLoss
  package let now: Date
  package let language: Language

  package init(_ loss: OverdueLoss, at now: Date, language: Language) {
    self.loss = loss
    self.now = now
    self.language = language
  }

  package var line: String {
    let age = OverdueText.duration(loss.age(at: now), language)
    let hidden = language.say("a role", "en roll")
    let (value, target) = (
      loss.isProtected ? hidden : VisibleText(loss.value).text, VisibleText(loss.target).text
    )
    let person = VisibleText(loss.person.text).text
    let reason = loss.detail.map { " (\(VisibleText($0).text))" } ?? ""
    return language.say(
      "overdue \(age): \(value) of \(person) at target \(target)\(reason)",
      "försenad \(age): \(value) för \(person) i målet \(target)\(reason)")
  }

  /// The two largest units of a time in seconds, rounded down: `3 h 12 min`, `2 d 0 h`, `45 s`.
  package static func duration(_ seconds: Double, _ language: Language) -> String {
    // What lies beyond is no age that anything has.
    let seconds = Int(min(max(0, seconds), 1e12))
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
    if days > 0 {
      return "\(days.grouped) \(language.say("d", "dygn")) \(hours % 24) \(language.say("h", "tim"))"
    }
    if hours > 0 { return "\(hours) \(language.say("h", "tim")) \(minutes % 60) min" }
    return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
  }
}

extension OverdueLoss {
  /// For machines; `age` in whole seconds.
  package func json(at now: Date) -> CanonicalJSON {
    CanonicalJSON(present: [
      "target": .string(target), "hsaIdentity": .string(person.text), "role": .string(role),
      "value": .string(value), "since": .string(since.formatted(.iso8601)),
      "age": .number(Int(min(age(at: now), 1e12))), "attempts": .number(attempts),
      "lastTried": .string(lastTried.formatted(.iso8601)), "detail": detail.map { .string($0) },
    ])
  }
}

extension TargetState {
  /// For machines.
  package var json: CanonicalJSON {
    CanonicalJSON(present: [
      "target": .string(name), "lastRead": lastRead.map { .string($0.formatted(.iso8601)) },
      "lastFailed": lastFailed.map { .string($0.formatted(.iso8601)) },
      "fault": fault.map { .string($0.rawValue) }, "failures": .number(failures),
    ])
  }
}
