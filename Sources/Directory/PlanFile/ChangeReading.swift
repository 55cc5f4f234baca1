import LDAP

extension Change {
  /// The whole change as JSON, values of protected persons and personal numbers included: for what is kept as the
  /// directory itself is.
  package var json: CanonicalJSON { ChangeJSON(disclosure: nil).object(self) }

  /// Reads what ``json`` wrote; nothing is left out and nothing is guessed.
  package init(json: CanonicalJSON) throws(CanonicalJSON.ContentError) { try self.init(JSONReading(json)) }

  /// What ``json`` may have; `inverse` is the plan file's.
  static let members: Set<String> = [
    "number", "action", "kind", "hsaIdentity", "protected", "cause", "after", "following", "ending", "label",
    "dn", "newDN", "differences", "operation", "precondition", "place", "destination",
  ]

  init(_ reading: JSONReading, allowing others: Set<String> = []) throws(JSONReading.ContentError) {
    try reading.allow(Change.members.union(others))
    let dn = try DistinguishedName(try reading("dn"))
    self.init(
      id: try reading("number").number(atLeast: 1) - 1, action: try reading("action").word(),
      kind: try reading("kind").word(), identity: try reading("hsaIdentity").identity(),
      label: try reading.optional("label")?.text(), isProtected: try reading("protected").bool(),
      cause: try Cause(try reading("cause")), dn: dn,
      newDN: try reading.optional("newDN").read(DistinguishedName.init),
      differences: try reading("differences").list { (one) throws(JSONReading.ContentError) in
        try Difference(one)
      },
      operation: try WriteOperation(try reading("operation"), of: dn),
      precondition: try Precondition(try reading("precondition")),
      after: try reading("after").numbers())
    following = try reading("following").numbers()
    place = try Place(try reading("place"))
    destination = try reading.optional("destination").read(Place.init)
    isEnding = try reading("ending").bool()
  }
}

extension JSONReading {
  /// The numbers of other changes, as indices.
  fileprivate func numbers() throws(ContentError) -> [Int] {
    try list { (one) throws(ContentError) in try one.number(atLeast: 1) - 1 }
  }
}

extension Change.Cause {
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    if let source = try reading.optional("absentFrom") {
      try reading.allow(["absentFrom"])
      self = .absence(source: try source.text())
    } else if let run = try reading.optional("undoOf") {
      try reading.allow(["undoOf"])
      self = .undo(run: try run.number())
    } else {
      self = .desired(try SourcePosition(reading))
    }
  }
}

extension Change.Precondition {
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["assertion", "entryUUID", "entryCSN"])
    self.init(
      assertion: try reading.optional("assertion").read(Filter.init),
      entryUUID: try reading.optional("entryUUID")?.text(),
      entryCSN: try reading.optional("entryCSN")?.text())
  }
}

extension Change.Place {
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["unit", "provider"])
    self.init(
      unit: try reading.optional("unit")?.identity(), provider: try reading.optional("provider")?.identity())
  }
}

extension Change.Difference {
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["attribute", "style", "removed", "added", "kept"])
    self.init(
      try reading("attribute").text(), try reading("style").word(),
      removed: try reading("removed").values(), added: try reading("added").values(),
      kept: try reading("kept").number())
  }
}

extension WriteOperation {
  /// - Parameter dn: the name of the change, which the operation's is unless it says otherwise.
  init(_ reading: JSONReading, of dn: DistinguishedName) throws(JSONReading.ContentError) {
    let dn = try reading.optional("dn").read(DistinguishedName.init) ?? dn
    switch try reading("type").text() {
    case "add":
      try reading.allow(["type", "dn", "attributes"])
      self = .add(
        Entry(
          dn: dn,
          attributes: try reading("attributes").list { (one) throws(JSONReading.ContentError) in
            try Attribute(one)
          }))
    case "modify":
      try reading.allow(["type", "dn", "modifications"])
      self = .modify(
        dn,
        try reading("modifications").list { (one) throws(JSONReading.ContentError) in try Modification(one) })
    case "rename":
      try reading.allow(["type", "dn", "newRDN", "deleteOldRDN", "newSuperior"])
      self = .rename(
        dn, newRDN: try RelativeDistinguishedName(try reading("newRDN")),
        deleteOldRDN: try reading("deleteOldRDN").bool(),
        newSuperior: try reading.optional("newSuperior").read(DistinguishedName.init))
    case "delete":
      try reading.allow(["type", "dn"])
      self = .delete(dn)
    default: throw try reading("type").fault("the word is not known")
    }
  }
}

extension Modification {
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["kind", "attribute", "values"])
    self.init(
      try reading("kind").word(), try reading("attribute").text(), try reading("values").values())
  }
}
