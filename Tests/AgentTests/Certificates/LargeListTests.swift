import Foundation
import Testing

@testable import Agent

@Suite struct LargeListTests {
  /// Entries as SITHS lists have them: a serial number of 16 octets, a date and a reason.
  static func entries(_ count: Int, _ generator: inout FlipGenerator) -> [UInt8] {
    let reason: [UInt8] = [0x30, 12, 0x30, 10, 0x06, 3, 0x55, 0x1D, 21, 4, 3, 10, 1, 1]
    let entry: [UInt8] =
      [0x30, 47, 0x02, 16] + [UInt8](repeating: 1, count: 16) + [0x17, 13] + Array("250101120000Z".utf8)
      + reason
    var octets: [UInt8] = []
    octets.reserveCapacity(count * entry.count)
    for _ in 0..<count {
      let start = octets.count + 5
      octets.append(contentsOf: entry)
      var more = generator.next()
      for place in 0..<8 {
        octets[start + place] = UInt8(truncatingIfNeeded: more)
        more >>= 8
      }
    }
    return octets
  }

  @Test(arguments: [("der", 500_000), ("pem", 100_000)])
  func `a list of half a million is read in reasonable time and memory`(_ kind: String, _ count: Int) throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    var generator = FlipGenerator(state: 3)
    let written = LargeListTests.entries(count, &generator)
    let list = cards.list { $0.written = written }
    let octets = kind == "der" ? Data(try list.der()) : Data(try list.pem().utf8)
    let file = folder.path + "/large"
    try octets.write(to: URL(filePath: file))
    let issuers = try IssuerCertificates(files: [cards.issuerPath], at: cards.now)
    let before = LargeListTests.memory()
    let start = ContinuousClock.now
    let reading = RevocationListReading(file, issuers: issuers, at: cards.now)
    let took = ContinuousClock.now - start
    let read = try #require(reading.list)
    let after = LargeListTests.memory()
    print("\(count) in \(kind), \(octets.count) octets: \(took), resident \(before) -> \(after)")
    #expect(read.count == count)
    for place in stride(from: 0, to: count, by: 1000) {
      let serial = written[(place * 49 + 4)..<(place * 49 + 20)]
      #expect(read.contains(try #require(LongNumber(integer: serial))))
    }
    #expect(took < .seconds(60))
  }

  /// Resident now and at most, as the system tells it.
  static func memory() -> String {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return status.split(separator: "\n").filter { $0.hasPrefix("VmRSS") || $0.hasPrefix("VmHWM") }
      .map { $0.split(separator: " ").dropFirst().first.map { "\((Int($0) ?? 0) / 1024) MiB" } ?? "" }
      .sorted()
      .joined(separator: "/")
  }
}
