import Foundation
import LDAP
import TestKit
import Testing

@testable import Directory
@testable import Reconciler

@Suite struct `A set of desired files that is kept all day` {
  static let instant = DesiredSetBench.instant

  /// Edits, and after each holds the set against one that is read anew.
  @Test(arguments: Seeds.first(6)) func `is after any edits what a fresh reading of all files is`(
    seed: UInt64
  ) throws {
    var bench = try DesiredSetBench(seed: seed)
    var set = bench.load()
    #expect(set.isInForce && set.rejected == [])
    var alone = 0
    for step in 0..<60 {
      let what = try bench.edit()
      let before = set
      let reload = set.reload(at: Self.instant)
      if set.wholeReadings == before.wholeReadings, reload != .unchanged { alone += 1 }
      try compare(set, before, reload, bench.load(), "seed \(seed) step \(step): \(what)")
    }
    #expect(alone > 3)
  }

  private func compare(
    _ set: DesiredSet, _ before: DesiredSet, _ reload: DesiredReload, _ fresh: DesiredSet, _ place: String
  ) throws {
    if fresh.isInForce {
      try #require(set.rejected == [], "\(place)")
      try #require(set.state.told == fresh.state.told, "\(place)")
      try #require(set.summary == fresh.summary, "\(place)")
      try #require(set.findings == fresh.findings, "\(place)")
      try #require(set.state.table.names == fresh.state.table.names, "\(place)")
      try #require(set.index.told == fresh.index.told, "\(place)")
      let touched: Touched
      switch reload {
      case .changed(let all): touched = all
      case .unchanged: touched = Touched()
      case .invalid: throw Failure("\(place): refused")
      }
      try cover(touched, before, set, place)
    } else {
      // The last good set stays, and what is wrong is told once.
      try #require(set.state.told == before.state.told, "\(place)")
      try #require(set.rejected == fresh.rejected, "\(place)")
      let expected: DesiredReload =
        before.rejected == fresh.rejected ? .unchanged : .invalid(fresh.rejected)
      try #require(reload == expected, "\(place)")
    }
  }

  private func cover(_ touched: Touched, _ before: DesiredSet, _ after: DesiredSet, _ place: String) throws {
    guard !touched.isWhole else { return }
    let old = before.state.wantedByIdentity, new = after.state.wantedByIdentity
    let differing = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
    let told = Set(touched.identities.map(\.normalForm))
    try #require(differing.isSubset(of: told), "\(place)")
    let units = differing.filter { (old[$0] ?? new[$0] ?? "").hasPrefix("unit") }
    try #require(units.isEmpty || touched.hasStructure, "\(place)")
  }

  @Test func `tells of a changed row alone, and reads its file alone`() throws {
    var bench = try DesiredSetBench(seed: 77)
    var set = bench.load()
    bench.files["clinic-2.yaml"]?.rows[1].attributes["title"] = "Överläkare"
    try bench.write()
    let identity = HSAIdentity(try #require(bench.files["clinic-2.yaml"]?.rows[1].id))
    #expect(set.reload(at: Self.instant) == .changed(Touched([identity])))
    #expect(set.wholeReadings == 1)
    #expect(set.reload(at: Self.instant) == .unchanged)
    #expect(set.state.told == bench.load().state.told)
  }

  @Test func `notices a file that was written again in the same moment with as many octets`() throws {
    let bench = try DesiredSetBench(seed: 78)
    var set = bench.load()
    let path = bench.folder.path("set/clinic-1.yaml")
    var before = stat()
    let wasThere = stat(path, &before) == 0
    #expect(wasThere)
    let text = bench.folder.text("set/clinic-1.yaml")
    let other = text.replacing("Läkare", with: "Lakare9")
    #expect(other.utf8.count == text.utf8.count)
    let file = try #require(fopen(path, "r+"))
    fputs(other, file)
    fclose(file)
    // Its time is set back, as a copy that keeps times does.
    #expect(utimensat(AT_FDCWD, path, [before.st_atim, before.st_mtim], 0) == 0)
    guard case .changed(let touched) = set.reload(at: Self.instant) else {
      Issue.record("nothing was noticed")
      return
    }
    #expect(!touched.identities.isEmpty)
  }

  @Test func `reads nothing and touches nobody when a file is only looked at, copied over or moved back`()
    throws
  {
    let bench = try DesiredSetBench(seed: 79)
    var set = bench.load()
    let path = bench.folder.path("set/clinic-3.yaml")
    let text = bench.folder.text("set/clinic-3.yaml")
    try bench.folder.write("set/clinic-3.yaml", text)
    #expect(set.reload(at: Self.instant) == .unchanged)
    #expect(rename(path, path + ".away") == 0 && rename(path + ".away", path) == 0)
    #expect(set.reload(at: Self.instant) == .unchanged)
    #expect(set.wholeReadings == 1)
  }

  @Test func `stays in force while a file is half written, says so once, and goes on when it is whole`()
    throws
  {
    var bench = try DesiredSetBench(seed: 80)
    var set = bench.load()
    let good = set.state.told
    bench.files["clinic-0.yaml"]?.rows[0].attributes["title"] = "Chef"
    let whole = bench.files["clinic-0.yaml"]?.text ?? ""
    try bench.folder.write("set/clinic-0.yaml", String(whole.prefix(whole.count - 20)))
    guard case .invalid(let findings) = set.reload(at: Self.instant) else {
      Issue.record("half a file was taken")
      return
    }
    #expect(findings.haveErrors && findings == set.rejected)
    #expect(set.reload(at: Self.instant) == .unchanged)
    #expect(set.state.told == good && set.isInForce)
    try bench.write()
    let identity = HSAIdentity(try #require(bench.files["clinic-0.yaml"]?.rows[0].id))
    #expect(set.reload(at: Self.instant) == .changed(Touched([identity])))
    #expect(set.rejected == [])
  }

  @Test func `says that what is in force lies there again when a wrong file is put back`() throws {
    let bench = try DesiredSetBench(seed: 81)
    var set = bench.load()
    let text = bench.folder.text("set/clinic-4.yaml")
    try bench.folder.write("set/clinic-4.yaml", "persons: [")
    guard case .invalid = set.reload(at: Self.instant) else {
      Issue.record("half a file was taken")
      return
    }
    try bench.folder.write("set/clinic-4.yaml", text)
    #expect(set.reload(at: Self.instant) == .changed(Touched()))
    #expect(set.reload(at: Self.instant) == .unchanged)
  }

  @Test func `is not in force until it is right, and then everything is touched`() throws {
    let bench = try DesiredSetBench(seed: 82)
    try bench.folder.write("set/clinic-5.yaml", "persons: [")
    var set = bench.load()
    #expect(!set.isInForce && set.state.rows.isEmpty && set.findings.haveErrors)
    #expect(set.reload(at: Self.instant) == .unchanged)
    try bench.write()
    #expect(set.reload(at: Self.instant) == .changed(.whole))
    #expect(set.isInForce && set.findings == bench.load().findings)
  }

  @Test func `is touched as a whole when what a file speaks for changes`() throws {
    var bench = try DesiredSetBench(seed: 83)
    var set = bench.load()
    bench.files["clinic-1.yaml"]?.declaration = "complete: {kinds: [person], under: SE2321000016-U1}"
    try bench.write()
    #expect(set.reload(at: Self.instant) == .changed(.whole))
  }

  @Test func `leaves the last good set in force when a file that the configuration names is gone`() throws {
    var bench = try DesiredSetBench(seed: 84)
    let place = SourcePosition(file: "hsasync.yaml", line: 7)
    bench.configuration.desired = bench.files.keys.sorted().map {
      .init(paths: [bench.folder.path("set/\($0)")], position: place)
    }
    var set = bench.load()
    let good = set.state.told
    #expect(unlink(bench.folder.path("set/clinic-2.yaml")) == 0)
    guard case .invalid(let findings) = set.reload(at: Self.instant) else {
      Issue.record("a set without one of its files was taken")
      return
    }
    #expect(findings.contains { $0.code == "file-missing" })
    #expect(set.state.told == good)
  }

  @Test func `takes a sealed set only when its manifest has changed with it`() throws {
    var bench = try DesiredSetBench(seed: 85)
    bench.configuration.desired[0].manifest = .required
    func seal() throws {
      for item in try bench.configuration.seal(at: Self.instant) {
        try Data(item.bytes).write(to: URL(filePath: item.path))
      }
    }
    try seal()
    var set = bench.load()
    #expect(set.isInForce && set.summary.serial == 1)
    bench.files["clinic-0.yaml"]?.rows[0].attributes["title"] = "Chef"
    try bench.write()
    guard case .invalid(let findings) = set.reload(at: Self.instant) else {
      Issue.record("a file that was not sealed was taken")
      return
    }
    #expect(
      findings.map(\.code) == ["sealed-file-altered"] || findings.map(\.code) == ["sealed-file-truncated"])
    try seal()
    let identity = HSAIdentity(try #require(bench.files["clinic-0.yaml"]?.rows[0].id))
    #expect(set.reload(at: Self.instant) == .changed(Touched([identity])))
    #expect(set.summary.serial == 2)
    // The set before is an old one for who has applied this.
    set.accepted = set.summary
    bench.files["clinic-0.yaml"]?.rows[0].attributes["title"] = "Läkare"
    try bench.write()
    #expect(unlink(bench.folder.path("set/manifest.json")) == 0)
    for item in try bench.configuration.seal(serial: 2, at: Self.instant.addingTimeInterval(1)) {
      try Data(item.bytes).write(to: URL(filePath: item.path))
    }
    guard case .invalid(let refused) = set.reload(at: Self.instant) else {
      Issue.record("a serial that was used was taken")
      return
    }
    #expect(refused.map(\.code) == ["manifest-serial-reused"])
  }

  @Test func `grows no further however often a file is written`() throws {
    var bench = try DesiredSetBench(seed: 86)
    var set = bench.load()
    let long = String(repeating: "a", count: 200_000)
    for round in 0..<30 {
      for title in ["\(long)\(round)", "Titel \(round)"] {
        bench.files["clinic-0.yaml"]?.rows[0].attributes["title"] = title
        try bench.write()
        guard case .changed(let touched) = set.reload(at: Self.instant) else { throw Failure("not taken") }
        #expect(touched.identities.count == 1)
      }
    }
    // What was read is six times as much.
    #expect(set.state.table.storedOctets < 2 << 20)
    #expect(set.state.told == bench.load().state.told)
  }
}

extension DesiredIndex {
  /// All that it finds.
  fileprivate var told: [String] {
    let identities = Set(state.rows.indices.compactMap { state.identity(of: $0) }).sorted()
    let found = identities.map { identity in
      "\(identity) \(rows(of: identity)) \(rows(below: identity, named: "")) \(rows(naming: identity))"
    }
    let each = state.rows.indices.map { row -> String in
      let alike = correlation(of: row).map { self.rows(correlatedBy: $0) } ?? []
      return "\(row) \(links(of: row)) \(alike)"
    }
    return found + each + ["\(state.rows.count) \(hasCorrelation)"]
  }
}
