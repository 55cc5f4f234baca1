import Crypto
import Foundation
import LDAP

/// What an approval is given to: a digest (SHA-256) of all that a plan would do and of all that made it stop.
///
/// It covers the instant, the base, the desired state, the guards that tripped, and of each change, in order, the entry
/// (HSA-id, names, entryUUID), the values before and after, the request, its condition and what it comes after; and
/// where there are rules, which ones, and what each target would lose and gain. It does
/// not cover CSNs, labels, places, positions in files, the numbers of runs or how the directory was read: those may
/// be others when the same plan is made anew.
package struct PlanDigest: Hashable, Sendable, CustomStringConvertible {
  /// 64 hexadecimal digits, small letters.
  package let hex: String

  package init(of plan: Plan) {
    var writer = DigestWriter()
    writer.add("hsasync plan 1")
    writer.add(plan.base.description)
    writer.add(plan.wholeInstant)
    writer.add(plan.isOfEndings)
    writer.add(plan.desired.identifier)
    writer.add(plan.tripped.map(\.approved).sorted())
    writer.add(plan.changes.count)
    for change in plan.changes { writer.add(change) }
    if let roles = plan.roles { writer.add(roles) }
    hex = writer.hex
  }

  /// What people read to each other: `7F3A-91C2`, the first eight digits.
  package var code: String { PlanDigest.code(ofDigest: hex) }

  /// The same of a digest that is remembered.
  package static func code(ofDigest hex: String) -> String {
    let digits = hex.prefix(8).uppercased()
    return digits.prefix(4) + "-" + digits.dropFirst(4)
  }

  /// The code as it is shown, from what somebody typed; `nil` where that is no code.
  package static func code(parsing text: String) -> String? {
    let digits = text.uppercased().filter { $0 != "-" }
    guard digits.utf8.count == 8, digits.allSatisfy(\.isHexDigit), digits.allSatisfy(\.isASCII) else {
      return nil
    }
    return digits.prefix(4) + "-" + digits.dropFirst(4)
  }

  package var description: String { code }
}

extension Plan {
  package var digest: PlanDigest { PlanDigest(of: self) }

  /// The instant in whole seconds since 1970, which is how exactly plans are kept.
  var wholeInstant: Int { Int(instant.timeIntervalSince1970.rounded(.down)) }
}

extension GuardVerdict {
  /// What an approval lifts. What passing time and others' entries alter is left out: the figures of sliding windows, how
  /// many entries there are in all, by how many seconds clocks differ.
  fileprivate var approved: String {
    let figure: String =
      switch name {
      case .clocks: ""
      case .observedShrank: "\(population.map { count * 100 / max($0, 1) } ?? count) %"
      default: window == .plan ? "\(count)" : ""
      }
    guard case .object(let members) = json else { return "" }
    let what = members.filter { ["name", "subject", "window"].contains($0.key) }
    return CanonicalJSON.object(what.merging(["figure": .string(figure)]) { $1 }).text
  }
}

/// Hashes fields, each with its length before it, so that no two sequences of fields are the same octets.
struct DigestWriter {
  private var hash = SHA256()
  private var buffer: [UInt8] = []

  /// Ends the writing.
  var hex: String {
    var hash = hash
    hash.update(data: buffer)
    return hash.finalize().hexadecimal
  }

  mutating func add(_ bytes: [UInt8]) {
    add(bytes.count)
    buffer += bytes
    flush()
  }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    buffer += text.utf8
    flush()
  }

  mutating func add(_ number: Int) { withUnsafeBytes(of: Int64(number).bigEndian) { buffer += $0 } }
  mutating func add(_ flag: Bool) { add(flag ? 1 : 0) }

  mutating func add(_ text: String?) {
    add(text != nil)
    if let text { add(text) }
  }

  mutating func add(_ texts: [String]) {
    add(texts.count)
    for text in texts { add(text) }
  }

  /// Values are a set: their order means nothing.
  mutating func add(_ values: [Value]) {
    add(values.count)
    for value in values.sorted() { add(value.bytes) }
  }

  private mutating func flush() {
    guard buffer.count > 65_536 else { return }
    hash.update(data: buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

extension Sequence<UInt8> {
  /// Two small hexadecimal digits an octet.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension DigestWriter {
  mutating func add(_ change: Change) {
    add(change.action.rawValue)
    add(change.kind.rawValue)
    add(change.identity.text)
    add(cause(change.cause))
    add(change.isEnding)
    add(change.dn.description)
    add(change.newDN?.description)
    add(change.differences.count)
    for difference in change.differences {
      add(difference.attribute)
      add(difference.style.rawValue)
      add(difference.removed)
      add(difference.added)
    }
    add(change.operation)
    add(change.precondition)
    add(change.after.sorted().map(String.init))
    add(change.following.sorted().map(String.init))
  }

  /// Where a row stands in its file, and which run is taken back, may alter without the plan being another.
  private func cause(_ cause: Change.Cause) -> String {
    switch cause {
    case .desired: "desired"
    case .absence(let source): "absence " + source
    case .undo: "undo"
    }
  }

  private mutating func add(_ operation: WriteOperation) {
    add(operation.dn.description)
    switch operation {
    case .add(let entry):
      add("add")
      add(entry.attributes.count)
      for attribute in entry.attributes {
        add(attribute.name)
        add(attribute.values)
      }
    case .modify(_, let modifications):
      add("modify")
      add(modifications.count)
      for modification in modifications {
        add(modification.kind.rawValue)
        add(modification.attribute)
        add(modification.values)
      }
    case .rename(_, let newRDN, let deleteOldRDN, let newSuperior):
      add("rename")
      add(newRDN.description)
      add(deleteOldRDN)
      add(newSuperior?.description)
    case .delete: add("delete")
    }
  }

  private mutating func add(_ precondition: Change.Precondition) {
    add(precondition.entryUUID)
    add(precondition.entryCSN != nil)
    let clauses: [Filter] =
      switch precondition.assertion {
      case .and(let filters): filters
      case .some(let filter): [filter]
      case nil: []
      }
    add(clauses.filter { !$0.isOfCSN }.map(\.description).sorted())
  }
}

extension Filter {
  fileprivate var isOfCSN: Bool {
    if case .equal(let name, _) = self { name.equalsIgnoringASCIICase("entryCSN") } else { false }
  }
}
