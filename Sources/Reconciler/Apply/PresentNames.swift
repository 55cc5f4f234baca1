import Directory
import LDAP

/// Under which names the entries of a plan lie now, before any of it has been done.
///
/// A change is addressed by the name that its entry has when it is sent: what the plan has moved by then is taken
/// back here, step by step.
struct PresentNames: Sendable {
  private struct Step: Sendable {
    var change: Int
    /// The name before; `nil` for an entry that the plan makes.
    var from: DistinguishedName?
  }

  /// What gives entries a name, by the name's normal form, in plan order.
  private var steps: [String: [Step]] = [:]
  private let schema: Schema

  init(_ changes: [Change], _ schema: Schema) {
    self.schema = schema
    for change in changes {
      switch change.operation {
      case .add(let entry): note(Step(change: change.id), entry.dn)
      case .rename(let old, _, _, _): note(Step(change: change.id, from: old), change.newDN ?? old)
      case .modify, .delete: break
      }
    }
  }

  private mutating func note(_ step: Step, _ name: DistinguishedName) {
    steps[name.normalForm(schema), default: []].append(step)
  }

  /// The name that an entry has now which the plan gives `name` before a change; `nil` for one that the plan makes, or
  /// that lies beneath such a one.
  func present(_ name: DistinguishedName, before change: Int) -> DistinguishedName? {
    guard !steps.isEmpty else { return name }
    var (name, bound) = (name, change)
    while let (step, depth) = lastStep(name, before: bound) {
      guard let from = step.from else { return nil }
      name = DistinguishedName(name.rdns.prefix(depth) + from.rdns)
      bound = step.change
    }
    return name
  }

  /// The last step that gave the entry, or one above it, its name; `depth` relative names lie beneath that one.
  private func lastStep(_ name: DistinguishedName, before bound: Int) -> (step: Step, depth: Int)? {
    var last: (step: Step, depth: Int)?
    for depth in name.rdns.indices {
      let above = DistinguishedName(Array(name.rdns.dropFirst(depth)))
      guard let step = steps[above.normalForm(schema)]?.last(where: { $0.change < bound }) else { continue }
      if last.map({ $0.step.change < step.change }) ?? true { last = (step, depth) }
    }
    return last
  }
}
