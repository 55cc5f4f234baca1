import Directory
import Foundation
import LDAP
import Logging

/// Asks a server without content sync again and again what has changed.
///
/// It begins with a read of everything. Later it asks for what was changed since the newest change that it has seen, less
/// an overlap, because changes come into sight a little after the time that they carry. Who is gone is not seen so: that
/// takes the next full comparison.
struct LivePolling {
  private let look: LiveLook
  private let interval: Duration
  /// Looks up what has to be looked up after what is read.
  private var settling: LiveSync
  /// The attribute that tells when an entry was last changed.
  private let stamp: String
  /// The newest change that was seen, as the server writes it.
  private var newest: [UInt8] = []
  /// How far the next question reaches back behind it, in seconds.
  private var overlap = LivePolling.leastOverlap

  private static let leastOverlap = 60.0

  init(_ look: LiveLook, interval: Duration) {
    let stamp = look.observer.schema.attributeType("entryCSN") == nil ? "modifyTimestamp" : "entryCSN"
    self.stamp = stamp
    self.interval = interval
    self.look = look.asking(for: stamp)
    settling = LiveSync(self.look, isTold: true)
  }

  mutating func run() async throws {
    try await look.report(
      .connected(look.connection.server, identity: look.connection.authorizationIdentity, .polling))
    let (touched, proof) = try await readAll()
    try await look.report(.refreshed(touched, proof))
    while true {
      try await Task.sleep(for: interval)
      try await look.seeIdentity()
      look.pulse.beat()
      let touched = try await poll()
      if !touched.isEmpty { try await look.report(.changed(touched)) }
    }
  }

  /// Reads everything into the index.
  private mutating func readAll() async throws -> (Touched, ReadProof) {
    let index = look.index
    try index.begin(isReplacement: true)
    var (touched, newest) = (Touched(), newest)
    let (stamp, began) = (stamp, ContinuousClock.now)
    let (_, proof) = try await look.observer.read(
      look.question, progress: { [pulse = look.pulse] _ in pulse.goOn() }, begin: {}
    ) { _, batch in
      touched.formUnion(try index.take(.entries(batch, try batch.entryUUIDs())))
      newest = LivePolling.newest(newest, in: batch, stamp)
    }
    guard proof.isComplete else {
      throw Refusal(
        .incompleteRead, .directoryUnavailable, "the directory was not read whole",
        advice: "see hsasync check --server for what the agent may read")
    }
    touched.formUnion(try index.take(.refreshed(deletes: true)))
    touched.formUnion(try await settling.settle())
    try look.remember(proof.contextAfter)
    self.newest = newest
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    overlap = LivePolling.leastOverlap + 2 * seconds
    return (touched, proof)
  }

  /// Takes in what has changed.
  private mutating func poll() async throws -> Touched {
    let (index, stamp) = (look.index, stamp)
    let read = try index.beginRead()
    let began = ContinuousClock.now
    var (touched, newest) = (Touched(), newest)
    var came: [LiveLook.Found] = []
    let filter = Filter.and([changed(since: newest), look.question.filter])
    _ = try await look.search(look.observer.base, filter) { batch in
      for (row, uuid) in try batch.entryUUIDs().enumerated() where try index.entry(of: uuid) == nil {
        came.append(LiveLook.Found(uuid: uuid, name: batch.dnText(row)))
      }
      touched.formUnion(try index.put(batch, read))
      newest = LivePolling.newest(newest, in: batch, stamp)
    }
    // What lies under a unit that has come into the base was not changed.
    for entry in came where try look.isContainer(entry.uuid) {
      let name = try DistinguishedName(parsing: entry.name)
      _ = try await look.readSubtree(name) { touched.formUnion(try index.put($0, read)) }
    }
    self.newest = newest
    overlap = LivePolling.leastOverlap + 2 * ((ContinuousClock.now - began) / .seconds(1))
    touched.formUnion(try await settling.settle())
    return touched
  }

  /// What was changed after the newest change that was seen, or a little before.
  private func changed(since newest: [UInt8]) -> Filter {
    let time = newest.prefix { $0 != UInt8(ascii: "#") }
    guard let newest = GeneralizedTime(parsing: String(decoding: time, as: UTF8.self)) else {
      return .present(stamp)
    }
    let since = GeneralizedTime(secondsSince1970: newest.secondsSince1970 - Int64(overlap)).description
    let isCSN = stamp == "entryCSN"
    return .greaterOrEqual(
      stamp, Value(isCSN ? since.dropLast() + ".000000Z#000000#000#000000" : since))
  }

  /// The later of a time and the latest in a batch; one server writes them all alike, so that their octets tell.
  private static func newest(_ newest: [UInt8], in batch: EntryTable, _ stamp: String) -> [UInt8] {
    guard let name = batch.names.firstIndex(where: { $0.equalsIgnoringASCIICase(stamp) }) else {
      return newest
    }
    return batch.withRows { rows in
      var newest = newest
      for row in 0..<rows.count {
        guard let value = rows.first(of: name, in: row) else { continue }
        let time = rows.bytes(of: value)
        if newest.lexicographicallyPrecedes(time) { newest = Array(time) }
      }
      return newest
    }
  }
}
