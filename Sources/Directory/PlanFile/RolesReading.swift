import Foundation

extension RolePlan {
  /// Reads what ``RolesJSON`` wrote of everything.
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["changes", "counts", "proposed", "rules", "scale", "targets"])
    self.init(
      rules: try reading("rules").text(), isProposed: try reading("proposed").bool(),
      changes: try reading("changes").list { (one) throws(JSONReading.ContentError) in try RoleChange(one) },
      targets: try reading("targets").list { (one) throws(JSONReading.ContentError) in try Target(one) },
      scale: try RoleScale(try reading("scale")))
  }
}

extension RolePlan.Target {
  fileprivate init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["name", "held", "foreign", "fault"])
    self.init(
      name: try reading("name").text(), held: try reading("held").number(),
      foreign: try reading("foreign").number(), fault: try reading.optional("fault")?.text())
  }
}

extension RoleScale {
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["total", "roles", "units", "providers", "tied"])
    self.init()
    total = try reading("total").number()
    roles = try RoleScale.numbers(try reading("roles"))
    units = try RoleScale.byIdentity(try reading("units")) { (one) throws(JSONReading.ContentError) in
      try one.number()
    }
    providers = try RoleScale.byIdentity(try reading("providers")) { (one) throws(JSONReading.ContentError) in
      try one.number()
    }
    tied = try RoleScale.byIdentity(try reading("tied"), RoleScale.numbers)
  }

  private static func numbers(_ reading: JSONReading) throws(JSONReading.ContentError) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for (name, value) in try reading.members() { numbers[name] = try value.number() }
    return numbers
  }

  private static func byIdentity<T>(
    _ reading: JSONReading, _ read: (JSONReading) throws(JSONReading.ContentError) -> T
  ) throws(JSONReading.ContentError) -> [HSAIdentity: T] {
    var all: [HSAIdentity: T] = [:]
    for (name, value) in try reading.members() {
      guard all.updateValue(try read(value), forKey: HSAIdentity(name)) == nil else {
        throw reading.fault("an HSA-id is there twice")
      }
    }
    return all
  }
}

extension RoleChange {
  fileprivate init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow([
      "target", "direction", "hsaIdentity", "protected", "cause", "ending", "label", "role", "value",
      "assignments", "evidence", "place", "holder", "entryUUID",
    ])
    self.init(
      target: try reading("target").text(), try reading("direction").word(),
      person: try reading("hsaIdentity").identity(), role: try reading("role").text(),
      value: try reading("value").text(), label: try reading.optional("label")?.text(),
      isProtected: try reading("protected").bool(),
      assignments: try reading("assignments").list { (one) throws(JSONReading.ContentError) in
        try Assignment(one)
      },
      evidence: try reading("evidence").list { (one) throws(JSONReading.ContentError) in
        try RoleEvidence(one)
      },
      place: try Change.Place(try reading("place")),
      cause: try reading.optional("cause").read { (one) throws(JSONReading.ContentError) in try one.word() },
      isEnding: try reading("ending").bool(), holder: try reading("holder").text(),
      entryUUID: try reading.optional("entryUUID")?.text())
  }
}

extension Assignment {
  fileprivate init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow([
      "person", "role", "rule", "position", "scope", "commission", "unit", "provider", "function", "from",
      "to",
    ])
    self.init(
      person: try reading("person").identity(), role: try reading("role").text(),
      rule: try reading("rule").text(), position: try SourcePosition(try reading("position")))
    scope = try reading.optional("scope")?.identity()
    commission = try reading.optional("commission")?.identity()
    unit = try reading.optional("unit")?.identity()
    provider = try reading.optional("provider")?.identity()
    function = try reading.optional("function")?.identity()
    from = try reading.optional("from")?.date()
    to = try reading.optional("to")?.date()
  }
}

extension RoleEvidence {
  fileprivate init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["subject", "hsaIdentity", "attribute", "value"])
    self.init(
      try reading("subject").word(), try reading("hsaIdentity").identity(),
      attribute: try reading("attribute").text(), value: try reading("value").text())
  }
}
