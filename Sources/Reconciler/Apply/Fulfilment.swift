import Directory
import LDAP

/// Whether an entry is as a change wants it: how an unknown outcome, or a refused condition, is settled.
struct Fulfilment {
  let schema: Schema

  /// - Parameter entry: what was found; `nil` when there is none.
  func isFulfilled(_ change: Change, by entry: Entry?) -> Bool {
    switch change.operation {
    case .delete: entry == nil
    case .add(let wanted): entry.map { holds($0, wanted) } ?? false
    case .rename: entry.map { hasName($0, change) } ?? false
    case .modify(_, let modifications):
      entry.map { isModified($0, modifications, respelled: change.respelledAttributes) } ?? false
    }
  }

  /// The attributes that must be read to tell.
  static func attributes(of change: Change) -> [String] {
    let own: [String] =
      switch change.operation {
      case .add(let entry): entry.attributes.map(\.name)
      case .modify(_, let modifications): modifications.map(\.attribute)
      case .rename(_, let newRDN, _, _): newRDN.pairs.map(\.type)
      case .delete: []
      }
    var seen: Set<String> = []
    return (own + ["entryUUID", "entryCSN"]).filter { seen.insert($0.asciiLowercased).inserted }
  }

  private func holds(_ entry: Entry, _ wanted: Entry) -> Bool {
    wanted.attributes.allSatisfy { attribute in
      let values = entry.values(of: attribute.name, schema)
      return values.count == attribute.values.count
        && attribute.values.allSatisfy { contains(values, $0, of: attribute.name) }
    }
  }

  private func hasName(_ entry: Entry, _ change: Change) -> Bool {
    guard let wanted = change.newDN, entry.dn.normalForm(schema) == wanted.normalForm(schema) else {
      return false
    }
    guard change.dn.normalForm(schema) == wanted.normalForm(schema) else { return true }
    return entry.dn.rdns.first == wanted.rdns.first  // a new spelling of the same name
  }

  private func isModified(_ entry: Entry, _ modifications: [Modification], respelled: Set<String>) -> Bool {
    ModifiedValues.byAttribute(modifications, self).allSatisfy { name, wanted in
      let values = entry.values(of: name, schema)
      let isExact = respelled.contains(name.asciiLowercased)
      let isThere = { (value: Value) in
        isExact ? values.contains(value) : contains(values, value, of: name)
      }
      guard wanted.present.allSatisfy(isThere) else { return false }
      if wanted.isWhole { return values.count == wanted.present.count }
      return wanted.absent.allSatisfy { gone in
        !values.contains { $0 == gone }
          && (contains(wanted.present, gone, of: name) || !contains(values, gone, of: name))
      }
    }
  }

  func contains(_ values: [Value], _ value: Value, of attribute: String) -> Bool {
    values.contains(value) || values.contains { isEqual($0, value, of: attribute) }
  }

  func isEqual(_ left: Value, _ right: Value, of attribute: String) -> Bool {
    left.bytes.withUnsafeBytes { left in
      right.bytes.withUnsafeBytes { right in
        schema.equality(of: attribute).equal(left, right, schema: schema)
      }
    }
  }
}

/// What the modifications of one attribute come to, taken one after the other.
private struct ModifiedValues {
  var present: [Value] = []
  var absent: [Value] = []
  /// Whether ``present`` is all there may be.
  var isWhole = false

  static func byAttribute(
    _ modifications: [Modification], _ fulfilment: Fulfilment
  ) -> [(name: String, wanted: ModifiedValues)] {
    var result: [(name: String, wanted: ModifiedValues)] = []
    for modification in modifications {
      let name = fulfilment.schema.canonicalName(modification.attribute)
      let index = result.firstIndex { $0.name == name } ?? result.count
      if index == result.count { result.append((name, ModifiedValues())) }
      result[index].wanted.take(modification, fulfilment)
    }
    return result
  }

  private mutating func take(_ modification: Modification, _ fulfilment: Fulfilment) {
    let values = modification.values
    let name = modification.attribute
    switch modification.kind {
    case .add:
      present += values
    case .delete where !values.isEmpty:
      present.removeAll { fulfilment.contains(values, $0, of: name) }
      absent += values
    case .delete, .replace:
      (present, absent, isWhole) = (values, [], true)
    }
  }
}

extension Change {
  /// The attributes (small letters) of which only the spelling changes.
  fileprivate var respelledAttributes: Set<String> {
    Set(differences.filter { $0.style == .spelling }.map { $0.attribute.asciiLowercased })
  }
}

extension Entry {
  /// The values of an attribute under any of its names.
  func values(of name: String, _ schema: Schema) -> [Value] {
    let wanted = schema.canonicalName(name)
    return attributes.filter { schema.canonicalName($0.name) == wanted }.flatMap(\.values)
  }
}
