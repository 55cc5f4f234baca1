/// The strongly connected components of a graph (Tarjan's algorithm, without recursion).
struct Components {
  /// The number of each node's component; nodes that lie on a circle together have the same.
  private(set) var ofNode: [Int]

  private var index: [Int]
  private var low: [Int]
  private var isOpen: [Bool]
  private var open: [Int] = []
  private var next = 0
  private var components = 0

  init(_ edges: [[Int]]) {
    ofNode = Array(repeating: -1, count: edges.count)
    index = Array(repeating: -1, count: edges.count)
    low = Array(repeating: 0, count: edges.count)
    isOpen = Array(repeating: false, count: edges.count)
    for start in edges.indices where index[start] < 0 { visit(start, edges) }
  }

  private mutating func visit(_ start: Int, _ edges: [[Int]]) {
    var stack: [(node: Int, edge: Int)] = []
    enter(start)
    stack.append((start, 0))
    while let top = stack.last {
      if top.edge < edges[top.node].count {
        stack[stack.count - 1].edge += 1
        let target = edges[top.node][top.edge]
        if index[target] < 0 {
          enter(target)
          stack.append((target, 0))
        } else if isOpen[target] {
          low[top.node] = min(low[top.node], index[target])
        }
      } else {
        stack.removeLast()
        if let above = stack.last { low[above.node] = min(low[above.node], low[top.node]) }
        if low[top.node] == index[top.node] { close(top.node) }
      }
    }
  }

  private mutating func enter(_ node: Int) {
    index[node] = next
    low[node] = next
    next += 1
    open.append(node)
    isOpen[node] = true
  }

  private mutating func close(_ root: Int) {
    while let node = open.popLast() {
      isOpen[node] = false
      ofNode[node] = components
      if node == root { break }
    }
    components += 1
  }
}
