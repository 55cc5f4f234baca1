import Foundation
import Synchronization

/// Stands between an agent and a directory, and rewrites what the directory answers, message by message.
package final class LyingServer: Sendable {
  /// What becomes of an answer.
  package enum Lie: Sendable {
    case truth
    /// These octets in its place; none: it is swallowed.
    case instead([UInt8])
    /// The connection is closed in its place.
    case cut
  }
  package typealias Script = @Sendable (LDAPMessage) -> Lie

  /// Where it listens, on 127.0.0.1.
  package let port: UInt16
  package var url: String { "ldap://127.0.0.1:\(port)" }
  private let listener: Int32
  private let target: UInt16
  private let script: Mutex<Script>

  /// Starts before the server of an `ldap://127.0.0.1:…` URL.
  package init(beforeURL url: String, script: @escaping Script = { _ in .truth }) throws {
    guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw Failure("no port in \(url)")
    }
    target = port
    self.script = Mutex(script)
    (listener, self.port) = try Loopback.listen()
    let listener = listener
    Thread.detachNewThread { [weak self] in
      while true {
        let caller = accept(listener, nil, nil)
        guard caller >= 0 else { return }
        guard let self else {
          close(caller)
          return
        }
        self.serve(caller)
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// What it does from now on.
  package func set(_ script: @escaping Script) { self.script.withLock { $0 = script } }

  private func serve(_ caller: Int32) {
    guard let server = try? Loopback.connect(port: target) else {
      close(caller)
      return
    }
    let ends = Ends(caller, server)
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = recv(caller, &buffer, buffer.count, 0)
        guard count > 0, send(server, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
      }
      ends.end()
    }
    Thread.detachNewThread { [self] in
      answer(from: server, to: caller)
      ends.end()
    }
  }

  private func answer(from server: Int32, to caller: Int32) {
    var (waiting, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while true {
      let count = recv(server, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      waiting += buffer[..<count]
      var rest = waiting[...]
      while let length = BERNode.length(of: rest), rest.count >= length.whole {
        let octets = Array(rest.prefix(length.whole))
        rest = rest.dropFirst(length.whole)
        let script = script.withLock { $0 }
        switch LDAPMessage(octets).map(script) ?? .truth {
        case .truth: guard send(caller, octets, octets.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
        case .instead(let other): _ = send(caller, other, other.count, Int32(MSG_NOSIGNAL))
        case .cut: return
        }
      }
      waiting = Array(rest)
    }
  }

  /// The two sockets of a connection, closed when both directions have ended.
  private final class Ends: Sendable {
    private let (caller, server): (Int32, Int32)
    private let left = Mutex(2)

    init(_ caller: Int32, _ server: Int32) { (self.caller, self.server) = (caller, server) }

    func end() {
      shutdown(caller, Int32(SHUT_RDWR))
      shutdown(server, Int32(SHUT_RDWR))
      let isLast = left.withLock { left in
        left -= 1
        return left == 0
      }
      guard isLast else { return }
      close(caller)
      close(server)
    }
  }
}

/// An answer of a directory on its way, taken apart as far as content sync is concerned.
package struct LDAPMessage: Sendable {
  /// The message: its id, the answer, and controls where there are any.
  package var node: BERNode

  package init?(_ octets: [UInt8]) {
    guard let node = BERNode(octets), node.nodes.count >= 2 else { return nil }
    self.node = node
  }

  package var encoded: [UInt8] { node.encoded }
  package var isEntry: Bool { node.nodes[1].tag == 0x64 }
  package var isEnd: Bool { node.nodes[1].tag == 0x65 }

  /// The value of a Sync Info message (RFC 4533 section 2.5).
  package var syncInfo: BERNode? {
    get {
      guard node.nodes[1].tag == 0x79, let value = node.nodes[1].nodes.last, value.tag == 0x81 else {
        return nil
      }
      return BERNode(value.octets)
    }
    set {
      guard let newValue, let last = node.nodes[1].nodes.indices.last else { return }
      node.nodes[1].nodes[last] = BERNode(0x81, newValue.encoded)
    }
  }

  /// The identifiers of a present list, each an OCTET STRING; `nil` for another message.
  package var presentList: [BERNode]? {
    get {
      guard let info = syncInfo, info.tag == 0xa3,
        !info.nodes.contains(where: { $0.tag == 0x01 && $0.octets != [0] })
      else { return nil }
      return info.nodes.last?.nodes
    }
    set {
      guard let newValue, var info = syncInfo, let last = info.nodes.indices.last else { return }
      info.nodes[last].nodes = newValue
      syncInfo = info
    }
  }

  /// The value of the control with an OID.
  package func control(_ oid: String) -> [UInt8]? {
    guard let (outer, inner) = place(of: oid) else { return nil }
    return node.nodes[2].nodes[outer].nodes[inner].octets
  }

  package mutating func setControl(_ oid: String, _ value: [UInt8]) {
    guard let (outer, inner) = place(of: oid) else { return }
    node.nodes[2].nodes[outer].nodes[inner] = BERNode(0x04, value)
  }

  private func place(of oid: String) -> (Int, Int)? {
    guard node.nodes.count > 2 else { return nil }
    for (index, control) in node.nodes[2].nodes.enumerated()
    where control.nodes.first?.octets == Array(oid.utf8) {
      return control.nodes.count > 1 ? (index, control.nodes.count - 1) : nil
    }
    return nil
  }

  /// A final answer to the same request: a result code, and a Sync Done control when a value is given.
  package func ending(_ code: UInt16, done: BERNode? = nil) -> [UInt8] {
    let code = code < 0x80 ? [UInt8(code)] : [UInt8(code >> 8), UInt8(code & 0xff)]
    let result = BERNode(0x65, nodes: [BERNode(0x0a, code), BERNode(0x04, []), BERNode(0x04, [])])
    var nodes = [node.nodes[0], result]
    if let done {
      let control = BERNode(
        0x30,
        nodes: [BERNode(0x04, Array("1.3.6.1.4.1.4203.1.9.1.3".utf8)), BERNode(0x04, done.encoded)])
      nodes.append(BERNode(0xa0, nodes: [control]))
    }
    return BERNode(0x30, nodes: nodes).encoded
  }

  /// A Sync Info message to the same request.
  package func info(_ value: BERNode) -> [UInt8] {
    let answer = BERNode(
      0x79,
      nodes: [BERNode(0x80, Array("1.3.6.1.4.1.4203.1.9.1.4".utf8)), BERNode(0x81, value.encoded)])
    return BERNode(0x30, nodes: [node.nodes[0], answer]).encoded
  }
}
