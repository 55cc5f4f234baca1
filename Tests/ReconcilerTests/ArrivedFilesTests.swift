import Foundation
import Logging
import Synchronization
import TestKit
import Testing

@testable import Directory
@testable import Reconciler

@Suite struct `Desired files that have arrived, and that others may follow` {
  static let instant = DesiredSetBench.instant

  /// Edits; after each holds what was taken at once against what was in force, and what is taken once all is still
  /// against a set that is read anew.
  @Test(arguments: Seeds.first(4))
  func `are taken at once where only values are others, and all of them when they are still`(
    seed: UInt64
  ) throws {
    var bench = try DesiredSetBench(seed: seed + 100)
    bench.renames = true
    var set = bench.load()
    var taken = 0, waited = 0
    for step in 0..<60 {
      let place = "seed \(seed) step \(step): \(try bench.edit())"
      let before = set
      let early = set.reload(.arrived, at: Self.instant)
      try #require(set.wholeReadings == before.wholeReadings, "\(place)")
      if case .changed(let touched) = early {
        taken += 1
        try isOfValues(before, set, touched, place)
      } else {
        try #require(early == .unchanged && set.state.told == before.state.told, "\(place)")
      }
      let late = set.reload(.still, at: Self.instant)
      if early == .unchanged, late != .unchanged { waited += 1 }
      let fresh = bench.load()
      guard fresh.isInForce else { continue }
      try #require(set.state.told == fresh.state.told && set.findings == fresh.findings, "\(place)")
    }
    #expect(taken > 3 && waited > 3)
  }

  private func isOfValues(
    _ before: DesiredSet, _ after: DesiredSet, _ touched: Touched, _ place: String
  ) throws {
    let old = before.state.wantedByIdentity, new = after.state.wantedByIdentity
    try #require(Set(old.keys) == Set(new.keys), "\(place)")
    try #require(!touched.hasStructure && !touched.isWhole, "\(place)")
    for (identity, wanted) in old where new[identity] != wanted {
      // Kind and parent come first.
      let words = (wanted.split(separator: "[")[0], new[identity]?.split(separator: "[")[0])
      try #require(words.0 == words.1, "\(place)")
      try #require(touched.identities.contains(HSAIdentity(identity)), "\(place)")
    }
  }

  @Test func `wait when somebody may be on the way from one file to another`() throws {
    var bench = try DesiredSetBench(seed: 111)
    bench.renames = true
    var set = bench.load()
    let row = try #require(bench.files["clinic-1.yaml"]?.rows.first)
    bench.files["clinic-1.yaml"]?.rows.removeFirst()
    try bench.write()
    #expect(set.reload(.arrived, at: Self.instant) == .unchanged)
    bench.files["clinic-2.yaml"]?.rows.append(row)
    try bench.write()
    // Nobody has gone: the row is in another file.
    #expect(set.reload(.arrived, at: Self.instant) == .unchanged)
    guard case .changed = set.reload(.still, at: Self.instant) else { throw Failure("not taken") }
    #expect(set.state.told == bench.load().state.told)
  }

  @Test func `wait when a member may be on the way from one commission to another`() throws {
    var bench = try DesiredSetBench(seed: 113)
    bench.renames = true
    var set = bench.load()
    let place = try #require(bench.files["clinic-1.yaml"]?.rows.firstIndex { $0.kind == .commission })
    let other = try #require(bench.files["clinic-2.yaml"]?.rows.first?.id)
    bench.files["clinic-1.yaml"]?.rows[place].attributes["members"] = "[{person: \(other)}]"
    try bench.write()
    #expect(set.reload(.arrived, at: Self.instant) == .unchanged)
    guard case .changed = set.reload(.still, at: Self.instant) else { throw Failure("not taken") }
  }

  @Test func `wait when a file was written where it lay, and when several are others`() throws {
    var bench = try DesiredSetBench(seed: 114)
    var set = bench.load()
    bench.files["clinic-1.yaml"]?.rows[0].attributes["title"] = "Chef"
    try bench.write()
    #expect(set.reload(.arrived, at: Self.instant) == .unchanged)
    bench.renames = true
    bench.files["clinic-1.yaml"]?.rows[0].attributes["title"] = "Kurator"
    bench.files["clinic-2.yaml"]?.rows[0].attributes["title"] = "Kurator"
    try bench.write()
    #expect(set.reload(.arrived, at: Self.instant) == .unchanged)
    guard case .changed = set.reload(.still, at: Self.instant) else { throw Failure("not taken") }
    bench.files["clinic-3.yaml"]?.rows[0].attributes["title"] = "Kurator"
    try bench.write()
    guard case .changed = set.reload(.arrived, at: Self.instant) else { throw Failure("not taken at once") }
  }

  private func events(of path: String) throws -> FolderEvents {
    var fault: Int32 = 0
    guard var events = FolderEvents(&fault) else { throw Failure("errno \(fault)") }
    events.watch(WatchedPlaces(of: [path]))
    return events
  }

  /// Whether anything counts, and whether a file has arrived, asked twice.
  private func told(_ events: inout FolderEvents) -> [Bool] {
    let counts = events.take()
    let hasArrived = events.hasArrived()
    return [counts, hasArrived, events.hasArrived()]
  }

  @Test func `have arrived when they were renamed into place, and not while one is being written`() throws {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    try folder.write("set/b.yaml", "b")
    var events = try events(of: folder.path("set"))
    defer { events.close() }
    let file = try #require(fopen(folder.path("set/b.yaml"), "ae"))
    fputs("more", file)
    fflush(file)
    try folder.write("new", "other")
    #expect(rename(folder.path("new"), folder.path("set/a.yaml")) == 0)
    #expect(told(&events) == [true, false, false])
    fclose(file)
    #expect(told(&events) == [true, true, false])
    // Written in place: nobody knows whether that was all.
    try folder.write("set/b.yaml", "b")
    #expect(told(&events) == [true, false, false])
  }

  @Test func `are told at once, and again when all is still`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("set/a.yaml", "a")
    let watch = DesiredWatch(
      paths: [folder.path("set")], debounce: .milliseconds(200), logger: Logger(label: "test"))
    let stream = watch.changes()
    let signs = Mutex<[DesiredWatch.Sign]>([])
    let task = Task { for await sign in stream { signs.withLock { $0.append(sign) } } }
    defer { task.cancel() }
    try folder.write("new", "other")
    #expect(rename(folder.path("new"), folder.path("set/a.yaml")) == 0)
    try await eventually { signs.withLock { $0.last } == .still }
    // A busy machine may hear of both as one.
    #expect([[.arrived, .still], [.still]].contains(signs.withLock { $0 }))
  }
}
