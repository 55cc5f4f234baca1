import LDAP

/// Where everything lies that may hold others: as observed, as it is while a plan is being made, and as it shall be.
///
/// A node is an entry, not a name: a unit that is renamed or moved takes its children along.
struct Tree: Sendable {
  struct Node: Sendable {
    /// Index in the comparison's containers; `nil` for one that will be created.
    var container: Int?
    /// The row that wants it.
    var row: Int?
    var kind: Kind?
    /// The name as observed (whole); for one to be created, empty.
    var observedName: DistinguishedName
    /// The node above as observed; `nil` at the top of what was read.
    var observedParent: Int?
    /// The node above that a row asks for.
    var wantedParent: Int?
    /// The state while the plan is made: what has been planned so far has happened.
    var parent: Int?
    var rdn: RelativeDistinguishedName
    /// A number under which names of children are told apart.
    var place: Int
  }

  var nodes: [Node] = []
  var nodeOfRow: [Int: Int] = [:]
  private var nodeOfPlace: [Int32]
  private var nodeOfIdentity: [Int: Int] = [:]
  private let nodeOfNormalName: NormalNames
  private let places: NameTable
  private let schema: Schema
  private let depthOfBase: Int

  /// Makes the tree of all observed containers.
  init(_ comparison: Comparison) {
    schema = comparison.schema
    places = comparison.places
    depthOfBase = comparison.base.rdns.count
    nodeOfPlace = Array(repeating: -1, count: comparison.containerAtPlace.count)
    var names: [DistinguishedName] = []
    for (index, container) in comparison.containers.enumerated() {
      let text = comparison.places.text(container.place)
      guard let name = try? DistinguishedName(parsing: text), let rdn = name.rdns.first else { continue }
      nodeOfPlace[container.place] = Int32(nodes.count)
      names.append(name)
      if container.identity >= 0 {
        nodeOfIdentity[container.identity] = nodes.count
        let row = Int(comparison.rowOfIdentity[container.identity])
        if row >= 0 { nodeOfRow[row] = nodes.count }
      }
      let row = container.identity < 0 ? -1 : Int(comparison.rowOfIdentity[container.identity])
      nodes.append(
        Node(
          container: index, row: row < 0 ? nil : row, kind: container.kind, observedName: name, rdn: rdn,
          place: container.place))
    }
    nodeOfNormalName = NormalNames(names, schema)
    for index in nodes.indices {
      guard let container = nodes[index].container else { continue }
      let parent = node(atPlace: Int(comparison.containers[container].seen.parent), comparison)
      nodes[index].observedParent = parent == index ? nil : parent
      nodes[index].parent = nodes[index].observedParent
      nodes[index].wantedParent = nodes[index].observedParent
    }
  }

  /// The node with the raw name of this number; looked for by normal form where the server spells a parent in two ways.
  func node(atPlace place: Int, _ comparison: Comparison) -> Int? {
    if nodeOfPlace[place] >= 0 { return Int(nodeOfPlace[place]) }
    guard let name = try? DistinguishedName(parsing: comparison.places.text(place)),
      name.rdns.count >= depthOfBase
    else { return nil }
    return nodeOfNormalName[name]
  }

  func node(identity: Int) -> Int? { nodeOfIdentity[identity] }

  /// The node with a name; it goes by normal form where the server spells it otherwise.
  func node(named name: DistinguishedName) -> Int? {
    var text = name.description
    if let place = text.withUTF8({ places.find(UnsafeRawBufferPointer($0)) }), nodeOfPlace[place] >= 0 {
      return Int(nodeOfPlace[place])
    }
    return nodeOfNormalName[name]
  }

  /// Adds a node that a row wants and nobody has seen.
  mutating func add(row: Int, kind: Kind) -> Int {
    nodes.append(
      Node(
        row: row, kind: kind, observedName: DistinguishedName(), rdn: RelativeDistinguishedName([]),
        place: -1 - nodes.count))
    nodeOfRow[row] = nodes.count - 1
    return nodes.count - 1
  }

  /// Ties a correlated row to an observed node.
  mutating func tie(row: Int, to node: Int) {
    nodes[node].row = row
    nodeOfRow[row] = node
  }

  /// The name that a node has when everything planned so far has happened.
  func name(of node: Int) -> DistinguishedName {
    var rdns: [RelativeDistinguishedName] = []
    var at = node
    while true {
      rdns.append(nodes[at].rdn)
      guard let parent = nodes[at].parent else {
        if nodes[at].container != nil { rdns += nodes[at].observedName.rdns.dropFirst() }
        return DistinguishedName(rdns)
      }
      at = parent
    }
  }

  /// The node and all above it, at the present state.
  func path(_ node: Int?) -> [Int] {
    var result: [Int] = []
    var at = node
    while let here = at {
      result.append(here)
      at = nodes[here].parent
    }
    return result
  }

  /// Whether `node` lies under `top` or is it, as observed.
  func isObserved(_ node: Int?, under top: Int) -> Bool {
    var at = node
    while let here = at {
      if here == top { return true }
      at = nodes[here].observedParent
    }
    return false
  }

  /// A node on each cycle that the wanted parents make.
  func cycles() -> [Int] {
    var state = Array(repeating: UInt8(0), count: nodes.count)
    var result: [Int] = []
    for start in nodes.indices where state[start] == 0 {
      var path: [Int] = []
      var at: Int? = start
      while let here = at, state[here] == 0 {
        state[here] = 1
        path.append(here)
        at = nodes[here].wantedParent
      }
      if let here = at, state[here] == 1 { result.append(here) }
      for node in path { state[node] = 2 }
    }
    return result
  }
}
