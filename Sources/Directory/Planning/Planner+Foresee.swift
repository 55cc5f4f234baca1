import Foundation
import LDAP

/// What will happen by itself once the plan has been carried out: dates that are reached, graces that end.
extension Planner {
  /// In order of time; empty where no horizon is asked for.
  func foreseen() -> [Foreseen] {
    guard comparison.horizon != nil else { return [] }
    var dates = Dictionary(
      grouping: comparison.dates.filter { !ending.contains($0.identity) }, by: \.identity)
    let scope = scopeNode()
    var result: Set<Foreseen> = []
    for row in desired.rows.indices where !setAside.contains(row) {
      result.formUnion(rowEvents(row, scope, &dates))
    }
    for date in dates.values.joined() where isIn(scope, date) { result.insert(foreseen(date)) }
    result.formUnion(comingDeletions.compactMap { deletion($0.kept, $0.at, scope) })
    return result.sorted { $0.key < $1.key }
  }

  private func isIn(_ scope: Ordering.Scope?, _ date: SeenDate) -> Bool {
    guard let scope else { return true }
    let nodes = [tree.node(atPlace: date.place, comparison), tree.node(identity: date.identity)]
    return isIn(scope, HSAIdentity(comparison.identities.text(date.identity)), nodes)
  }

  private func isIn(_ scope: Ordering.Scope?, _ identity: HSAIdentity, _ nodes: [Int?]) -> Bool {
    guard let scope else { return true }
    return scope.includes(identity, nodes.compactMap { $0 }, tree)
  }

  private func foreseen(_ date: SeenDate) -> Foreseen {
    Foreseen(
      at: date.at, date.event, kind: date.kind,
      identity: HSAIdentity(comparison.identities.text(date.identity)), label: date.label,
      isProtected: date.isProtected, member: date.member)
  }

  /// What a row foretells; what was observed of the same attribute gives way to it where the row has the say.
  private func rowEvents(_ row: Int, _ scope: Ordering.Scope?, _ dates: inout [Int: [SeenDate]]) -> [Foreseen]
  {
    guard let rules = comparison.rulesByKind[desired.rows[row].kind], let name = finalName(of: row) else {
      return []
    }
    let index = identityIndex(of: row)
    var events: [(at: Date, event: Foreseen.Event, member: HSAIdentity?)] = []
    desired.table.withRows { view in
      for attribute in view.attributes(of: row) {
        let rule = rules[view.name(of: attribute)]
        guard isDated(rule.slot) else { continue }
        let own = view.values(of: attribute).flatMap {
          comparison.events(of: view.bytes(of: $0), in: rule.slot)
        }
        switch rule.mode {
        case .own: dates[index]?.removeAll { $0.slot == rule.slot }
        case .remove:
          dates[index]?.removeAll { date in own.contains { $0.at == date.at && $0.member == date.member } }
          continue
        case .create: if seen[row].isPresent { continue }
        case .merge: break
        case .ignore: continue
        }
        events += own
      }
    }
    guard !events.isEmpty, isIn(scope, identity(of: row), [wantedNode(of: row), tree.nodeOfRow[row]]) else {
      return []
    }
    let isProtected = isProtected(row)
    return events.map {
      Foreseen(
        at: $0.at, $0.event, kind: desired.rows[row].kind, identity: identity(of: row),
        label: isProtected ? nil : name.rdns.first?.pairs.first?.value.text, isProtected: isProtected,
        member: $0.member)
    }
  }

  private func isDated(_ slot: Int) -> Bool {
    slot >= 0
      && (slot == comparison.rules.startDate || slot == comparison.rules.endDate
        || slot == comparison.rules.member)
  }

  private func deletion(_ kept: Int, _ at: Date, _ scope: Ordering.Scope?) -> Foreseen? {
    guard comparison.isForeseen(at), let entry = entry(kept) else { return nil }
    let identity = HSAIdentity(entry.text(profile.identity) ?? "")
    let parent = tree.node(atPlace: Int(comparison.kept[kept].seen.parent), comparison)
    guard isIn(scope, identity, [parent]) else { return nil }
    let isProtected = isProtected(entry)
    return Foreseen(
      at: at, .deletion, kind: comparison.kept[kept].kind, identity: identity,
      label: isProtected ? nil : entry.dn.rdns.first?.pairs.first?.value.text, isProtected: isProtected)
  }
}

extension Foreseen {
  /// What it is sorted by.
  fileprivate var key: (Date, Kind, HSAIdentity, String, String) {
    (at, kind, identity, event.rawValue, member?.normalForm ?? "")
  }
}
