import LDAP

/// Which unit, and which care provider, everything lies under.
struct Census {
  /// By node: the nearest node from there upwards, itself included, that is a unit or organisation with an HSA-id.
  private var unit: [Int?]
  /// By node: the care provider that answers for it.
  private var provider: [HSAIdentity?]
  /// By node: its HSA-id, if it is a unit or organisation that has one.
  private let identities: [HSAIdentity?]

  init(_ planner: Planner) {
    let nodes = planner.tree.nodes
    identities = nodes.indices.map { planner.unitIdentity($0) }
    unit = Array(repeating: nil, count: nodes.count)
    provider = unit.map { _ in nil }
    settle(nodes, planner.namedProviders(identities))
  }

  /// Goes down from the nodes that are settled: each is looked at once, however deep the tree.
  private mutating func settle(_ nodes: [Tree.Node], _ named: [HSAIdentity?]) {
    var isSettled = Array(repeating: false, count: nodes.count)
    for start in nodes.indices where !isSettled[start] {
      var path: [Int] = []
      var at: Int? = start
      while let here = at, !isSettled[here] {
        isSettled[here] = true
        path.append(here)
        at = nodes[here].parentByRow
      }
      for node in path.reversed() {
        let above = nodes[node].parentByRow
        unit[node] = identities[node] == nil ? above.flatMap { unit[$0] } : node
        provider[node] = named[node] ?? above.flatMap { provider[$0] }
      }
    }
  }

  /// Tells a draft's change where its entry lies, and where it is taken.
  func locate(_ draft: inout Draft) {
    draft.change.place = place(under: draft.from)
    guard let to = draft.to else { return }
    let destination = place(under: to)
    draft.change.destination = destination.unit == draft.change.place.unit ? nil : destination
  }

  private func place(under node: Int?) -> Change.Place {
    guard let unit = node.flatMap({ self.unit[$0] }) else { return Change.Place() }
    return Change.Place(unit: identities[unit], provider: provider[unit])
  }

  /// What was observed, by unit.
  func population(_ planner: Planner) -> Population {
    var counts: [Int: [Int]] = [:]
    let living = planner.comparison.livingAtPlace
    for place in 0..<living.count / Kind.count {
      let own = living[place * Kind.count..<(place + 1) * Kind.count]
      guard own.contains(where: { $0 > 0 }) else { continue }
      let unit = planner.tree.node(atPlace: place, planner.comparison).flatMap { self.unit[$0] } ?? -1
      var sum = counts[unit] ?? Array(repeating: 0, count: Kind.count)
      for (rank, count) in own.enumerated() { sum[rank] += Int(count) }
      counts[unit] = sum
    }
    return Population(
      units: units(planner, counts), elsewhere: Census.byKind(counts[-1] ?? []))
  }

  private func units(_ planner: Planner, _ counts: [Int: [Int]]) -> [HSAIdentity: Population.Unit] {
    var result: [HSAIdentity: Population.Unit] = [:]
    result.reserveCapacity(identities.count)
    for (node, identity) in identities.enumerated() {
      guard let identity, let container = planner.tree.nodes[node].container else { continue }
      var unit = Population.Unit(
        label: planner.tree.nodes[node].observedName.rdns.first?.pairs.first?.value.text,
        provider: provider[node], isProvider: planner.comparison.containers[container].isProvider,
        living: Census.byKind(counts[node] ?? []))
      if let twin = result[identity] { unit.living.merge(twin.living, uniquingKeysWith: +) }
      result[identity] = unit
    }
    return result
  }

  private static func byKind(_ counts: [Int]) -> [Kind: Int] {
    var result: [Kind: Int] = [:]
    for (kind, count) in zip(Kind.allCases, counts) where count > 0 { result[kind] = count }
    return result
  }
}

extension Tree.Node {
  /// The node above as observed; for one to be created, the one that its row names.
  fileprivate var parentByRow: Int? { container == nil ? wantedParent : observedParent }
}

extension Planner {
  /// The HSA-id of a node that is a unit or an organisation.
  fileprivate func unitIdentity(_ node: Int) -> HSAIdentity? {
    guard tree.nodes[node].kind?.isContainer ?? false else { return nil }
    guard let container = tree.nodes[node].container else {
      return tree.nodes[node].row.map { identity(of: $0) }
    }
    let index = comparison.containers[container].identity
    return index < 0 ? nil : HSAIdentity(comparison.identities.text(index))
  }

  /// By node: the care provider that it names, or that it is.
  fileprivate func namedProviders(_ identities: [HSAIdentity?]) -> [HSAIdentity?] {
    let known = (0..<comparison.providers.count).map { HSAIdentity(comparison.providers.text($0)) }
    return tree.nodes.indices.map { node in
      guard let container = tree.nodes[node].container.map({ comparison.containers[$0] }) else {
        return tree.nodes[node].row.flatMap { providerNamed(in: $0) }
      }
      if container.responsible >= 0 { return known[Int(container.responsible)] }
      return container.isProvider ? identities[node] : nil
    }
  }

  /// The care provider that the row of a unit to be created names, or that the unit will be.
  private func providerNamed(in row: Int) -> HSAIdentity? {
    if let slot = comparison.rules.slot(of: profile.responsibleProvider),
      let named = wantedValues(of: slot, row: row).first?.text
    {
      return HSAIdentity(named)
    }
    let classes = wantedValues(of: comparison.rules.objectClass, row: row).compactMap(\.text)
    let all = classes + (profile[desired.rows[row].kind]?.classes ?? [])
    return all.contains { $0.equalsIgnoringASCIICase(profile.providerClass) } ? identity(of: row) : nil
  }
}
