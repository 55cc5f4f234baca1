import LDAP
import Synchronization

/// The places in a list of names, found by normal form.
///
/// Made when first asked: normal forms of thousands of names cost more than a plan that never needs them. Of equal
/// names the last is found.
final class NormalNames: Sendable {
  private let names: [DistinguishedName]
  private let schema: Schema
  private let index = Mutex<[String: Int]?>(nil)

  init(_ names: [DistinguishedName], _ schema: Schema) {
    self.names = names
    self.schema = schema
  }

  subscript(name: DistinguishedName) -> Int? {
    let key = name.normalForm(schema)
    return index.withLock { index in
      let made = index ?? self.made()
      index = made
      return made[key]
    }
  }

  private func made() -> [String: Int] {
    var result: [String: Int] = [:]
    for (place, name) in names.enumerated() { result[name.normalForm(schema)] = place }
    return result
  }
}
