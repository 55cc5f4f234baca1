import Foundation
import LDAP

extension Value {
  /// The value as JSON: text where it is UTF-8, else `{"base64": …}`.
  package var json: CanonicalJSON {
    text.map { .string($0) } ?? ["base64": .string(Data(bytes).base64EncodedString())]
  }

  package init(json: CanonicalJSON) throws(CanonicalJSON.ContentError) { try self.init(JSONReading(json)) }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    if case .string(let text) = reading.value {
      self.init(text)
      return
    }
    try reading.allow(["base64"])
    let member = try reading("base64")
    guard let octets = Data(base64Encoded: try member.text()).map({ Array($0) }),
      !octets.withUnsafeBytes({ Value.isUTF8($0) })
    else { throw member.fault("it is not base64 of octets that are no text") }
    self.init(octets)
  }
}

extension Entry {
  /// The entry as JSON, whole and as it is: for what is kept to be restored.
  package var json: CanonicalJSON {
    ["dn": .string(dn.description), "attributes": .array(attributes.map(\.json))]
  }

  package init(json: CanonicalJSON) throws(CanonicalJSON.ContentError) {
    let reading = JSONReading(json)
    try reading.allow(["dn", "attributes"])
    self.init(
      dn: try DistinguishedName(try reading("dn")),
      attributes: try reading("attributes").list { (one) throws(JSONReading.ContentError) in
        try Attribute(one)
      })
  }
}

extension Attribute {
  var json: CanonicalJSON { ["attribute": .string(name), "values": .array(values.map(\.json))] }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["attribute", "values"])
    self.init(try reading("attribute").text(), try reading("values").values())
  }
}

extension JSONReading {
  func values() throws(ContentError) -> [Value] {
    try list { (one) throws(ContentError) in try Value(one) }
  }
}

extension DistinguishedName {
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    let text = try reading.text()
    guard let name = try? DistinguishedName(parsing: text) else {
      throw reading.fault("a distinguished name is wanted here")
    }
    self = name
  }
}

extension RelativeDistinguishedName {
  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    let text = try reading.text()
    guard let name = try? RelativeDistinguishedName(parsing: text) else {
      throw reading.fault("a relative distinguished name is wanted here")
    }
    self = name
  }
}

extension SourcePosition {
  package var json: CanonicalJSON {
    ["file": .string(file), "line": .number(line), "column": .number(column)]
  }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["file", "line", "column"])
    self.init(
      file: try reading("file").text(), line: try reading("line").number(atLeast: 1),
      column: try reading("column").number(atLeast: 1))
  }
}

extension Finding {
  package var json: CanonicalJSON {
    CanonicalJSON(present: [
      "code": .string(code), "severity": .string(severity.rawValue), "position": position?.json,
      "other": other?.json, "subject": subject.map { .string($0.text) }, "message": .string(message),
      "advice": advice.map { .string($0) },
    ])
  }

  init(_ reading: JSONReading) throws(JSONReading.ContentError) {
    try reading.allow(["code", "severity", "position", "other", "subject", "message", "advice"])
    self.init(
      try reading("code").text(), try reading("severity").word(),
      at: try reading.optional("position").read(SourcePosition.init),
      and: try reading.optional("other").read(SourcePosition.init),
      subject: try reading.optional("subject")?.identity(), try reading("message").text(),
      advice: try reading.optional("advice")?.text())
  }
}

extension JSONReading? {
  /// What is read from a member, where it is there.
  func read<T>(
    _ read: (JSONReading) throws(JSONReading.ContentError) -> T
  ) throws(JSONReading.ContentError) -> T? {
    guard let self else { return nil }
    return try read(self)
  }
}
