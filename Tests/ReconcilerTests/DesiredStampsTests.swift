import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `How desired files lie` {
  static let instant = DesiredSetBench.instant

  @Test func `is not told while they may have been written again without a sign, and then as it is found`()
    async throws
  {
    let bench = try DesiredSetBench(seed: 120)
    var set = bench.load()
    #expect(set.isFresh && set.stamps == nil)
    try await eventually("a look that is late enough") {
      _ = set.reload(at: Self.instant)
      return !set.isFresh
    }
    let stamps = try #require(set.stamps)
    #expect(set.wholeReadings == 1)
    #expect(DesiredSet.stamps(bench.configuration) == stamps)
    let path = bench.folder.path("set/clinic-3.yaml")
    #expect(rename(path, path + ".away") == 0)
    #expect(DesiredSet.stamps(bench.configuration) != stamps)
    // The octets are the same, and it is another file.
    try bench.folder.write("set/clinic-3.yaml", bench.folder.text("set/clinic-3.yaml.away"))
    #expect(DesiredSet.stamps(bench.configuration) != stamps)
    #expect(rename(path + ".away", path) == 0)
    // A renaming is a change of the file's too: what is in force is found to be the same by reading it.
    #expect(DesiredSet.stamps(bench.configuration) != stamps)
    try await eventually("a later look") {
      _ = set.reload(at: Self.instant)
      return set.stamps != nil
    }
    #expect(set.stamps == DesiredSet.stamps(bench.configuration))
  }

  @Test func `is another when what lies there is not in force, and is not told where there is a manifest`()
    async throws
  {
    var bench = try DesiredSetBench(seed: 121)
    var set = bench.load()
    try await eventually("a look that is late enough") {
      _ = set.reload(at: Self.instant)
      return set.stamps != nil
    }
    bench.files["clinic-0.yaml"]?.damage = "persons: ["
    try bench.write()
    guard case .invalid = set.reload(at: Self.instant) else {
      Issue.record("half a file was taken")
      return
    }
    #expect(set.stamps != DesiredSet.stamps(bench.configuration))
    try bench.folder.write("set/\(Manifest.name)", "of somebody")
    #expect(DesiredSet.stamps(bench.configuration) == nil)
  }
}
