/// An element of the Basic Encoding Rules, for tests that look into messages and rewrite them.
package struct BERNode: Sendable {
  package var tag: UInt8
  package var contents: Contents

  package enum Contents: Sendable {
    case octets([UInt8])
    case nodes([BERNode])
  }

  package init(_ tag: UInt8, _ octets: [UInt8]) {
    self.tag = tag
    contents = .octets(octets)
  }

  package init(_ tag: UInt8, nodes: [BERNode]) {
    self.tag = tag
    contents = .nodes(nodes)
  }

  /// Reads one element; those inside constructed ones too. `nil` when the octets are not one.
  package init?(_ octets: some Collection<UInt8>) {
    var rest = Array(octets)[...]
    guard let node = BERNode.take(&rest), rest.isEmpty else { return nil }
    self = node
  }

  package var nodes: [BERNode] {
    get { if case .nodes(let nodes) = contents { nodes } else { [] } }
    set { contents = .nodes(newValue) }
  }

  package var octets: [UInt8] {
    if case .octets(let octets) = contents { octets } else { nodes.flatMap(\.encoded) }
  }

  /// The element with its tag and length.
  package var encoded: [UInt8] {
    let octets = octets
    guard octets.count >= 0x80 else { return [tag, UInt8(octets.count)] + octets }
    let length = withUnsafeBytes(of: octets.count.bigEndian) { Array($0.drop { $0 == 0 }) }
    return [tag, 0x80 | UInt8(length.count)] + length + octets
  }

  private static func take(_ rest: inout ArraySlice<UInt8>) -> BERNode? {
    guard let length = length(of: rest), rest.count >= length.whole, let tag = rest.first else { return nil }
    let body = rest.dropFirst(length.header).prefix(length.whole - length.header)
    rest = rest.dropFirst(length.whole)
    guard tag & 0x20 != 0 else { return BERNode(tag, Array(body)) }
    var (inner, nodes) = (body, [BERNode]())
    while !inner.isEmpty {
      guard let node = take(&inner) else { return BERNode(tag, Array(body)) }
      nodes.append(node)
    }
    return BERNode(tag, nodes: nodes)
  }

  /// How long the element at the beginning is: its tag and length, and all of it; `nil` when that is not yet to be seen.
  package static func length(of octets: ArraySlice<UInt8>) -> (header: Int, whole: Int)? {
    let start = octets.startIndex
    guard octets.count >= 2 else { return nil }
    let first = Int(octets[start + 1])
    guard first >= 0x80 else { return (2, 2 + first) }
    let count = first & 0x7f
    guard octets.count >= 2 + count else { return nil }
    let length = octets[(start + 2)..<(start + 2 + count)].reduce(0) { $0 << 8 | Int($1) }
    return (2 + count, 2 + count + length)
  }
}
