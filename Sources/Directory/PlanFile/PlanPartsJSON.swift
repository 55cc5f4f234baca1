import Foundation
import LDAP

extension Date {
  /// ISO 8601 in whole seconds, which is how exactly a plan is kept.
  var wholeSecondsText: String {
    Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)).formatted(.iso8601)
  }
}

extension JSONReading {
  func date() throws(ContentError) -> Date {
    let text = try text()
    guard let date = try? Date(text, strategy: .iso8601), date.wholeSecondsText == text else {
      throw fault("a time such as 2026-11-21T08:00:00Z is wanted here")
    }
    return date
  }

  func texts() throws(ContentError) -> [String] {
    try list { (one) throws(ContentError) in try one.text() }
  }

  /// Numbers by kind.
  func counts() throws(ContentError) -> [Kind: Int] {
    var result: [Kind: Int] = [:]
    for (name, value) in try members() {
      guard let kind = Kind(rawValue: name) else { throw fault("it has a member that is not known") }
      result[kind] = try value.number()
    }
    return result
  }
}

extension CanonicalJSON {
  /// Numbers by kind.
  static func counts(_ counts: [Kind: Int]) -> CanonicalJSON {
    .object(Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, .number($0.value)) }))
  }
}

extension DesiredSummary {
  var json: CanonicalJSON {
    CanonicalJSON(present: [
      "serial": serial.map { .number($0) }, "digest": .string(digest), "rows": .counts(rows),
      "rowsBySource": .object(rowsBySource.mapValues { .number($0) }),
      "seals": seals.isEmpty
        ? nil : .object(seals.mapValues { ["serial": .number($0.serial), "digest": .string($0.sha256)] }),
    ])
  }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["serial", "digest", "rows", "rowsBySource", "seals"])
    var bySource: [String: Int] = [:]
    for (name, value) in try reading("rowsBySource").members() { bySource[name] = try value.number() }
    var seals: [String: Seal] = [:]
    for (folder, value) in try reading.optional("seals")?.members() ?? [] {
      try value.allow(["serial", "digest"])
      seals[folder] = Seal(serial: try value("serial").number(), sha256: try value("digest").text())
    }
    self.init(
      serial: try reading.optional("serial")?.number(atLeast: .min), digest: try reading("digest").text(),
      rows: try reading("rows").counts(), rowsBySource: bySource, seals: seals)
  }
}

extension Population {
  var json: CanonicalJSON {
    [
      "elsewhere": .counts(elsewhere),
      "units": .object(
        Dictionary(units.map { ($0.key.text, $0.value.json) }, uniquingKeysWith: { first, _ in first })),
    ]
  }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["elsewhere", "units"])
    var units: [HSAIdentity: Unit] = [:]
    for (name, value) in try reading("units").members() {
      guard units.updateValue(try Unit(value), forKey: HSAIdentity(name)) == nil else {
        throw reading.fault("a unit is there twice")
      }
    }
    self.init(units: units, elsewhere: try reading("elsewhere").counts())
  }
}

extension Population.Unit {
  fileprivate var json: CanonicalJSON {
    CanonicalJSON(present: [
      "label": label.map { .string($0) }, "provider": provider.map { .string($0.text) },
      "isProvider": .bool(isProvider), "living": .counts(living),
    ])
  }

  fileprivate init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["label", "provider", "isProvider", "living"])
    self.init(
      label: try reading.optional("label")?.text(), provider: try reading.optional("provider")?.identity(),
      isProvider: try reading("isProvider").bool(), living: try reading("living").counts())
  }
}

extension Foreseen {
  /// - Parameter isRedacted: whether what people call a protected person is left out.
  func json(isRedacted: Bool) -> CanonicalJSON {
    CanonicalJSON(present: [
      "at": .string(at.wholeSecondsText), "event": .string(event.rawValue), "kind": .string(kind.rawValue),
      "hsaIdentity": .string(identity.text), "protected": .bool(isProtected),
      "label": isRedacted && isProtected ? nil : label.map { .string($0) },
      "member": member.map { .string($0.text) },
    ])
  }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["at", "event", "kind", "hsaIdentity", "protected", "label", "member"])
    self.init(
      at: try reading("at").date(), try reading("event").word(), kind: try reading("kind").word(),
      identity: try reading("hsaIdentity").identity(), label: try reading.optional("label")?.text(),
      isProtected: try reading("protected").bool(), member: try reading.optional("member")?.identity())
  }
}

extension ReadProof {
  var json: CanonicalJSON {
    CanonicalJSON(present: [
      "method": .string(method.rawValue), "origin": .string(origin),
      "authorizationIdentity": .string(authorizationIdentity), "entries": .number(entries),
      "referrals": .number(referrals), "finished": .bool(finished), "complete": .bool(isComplete),
      "contextBefore": .array(contextBefore.map { .string($0) }),
      "contextAfter": .array(contextAfter.map { .string($0) }),
      "faults": .array(faults.map { ["code": .string($0.code.rawValue), "text": .string($0.text)] }),
      "clockSkew": clockSkew.map { .number($0) }, "readAt": readAt.map { .string($0.wholeSecondsText) },
    ])
  }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow([
      "method", "origin", "authorizationIdentity", "entries", "referrals", "finished", "complete",
      "contextBefore", "contextAfter", "faults", "clockSkew", "readAt",
    ])
    self.init(
      method: try reading("method").word(), origin: try reading("origin").text(),
      authorizationIdentity: try reading("authorizationIdentity").text(),
      entries: try reading("entries").number(), referrals: try reading("referrals").number(),
      finished: try reading("finished").bool(), contextBefore: try reading("contextBefore").texts(),
      contextAfter: try reading("contextAfter").texts(),
      faults: try reading("faults").list { (one) throws(JSONReading.ContentError) in
        try one.allow(["code", "text"])
        return Fault(try one("code").word(), try one("text").text())
      })
    clockSkew = try reading.optional("clockSkew")?.number(atLeast: .min)
    readAt = try reading.optional("readAt")?.date()
  }
}
