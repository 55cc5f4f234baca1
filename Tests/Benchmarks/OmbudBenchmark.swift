import Foundation
import LDAP
import TestKit

/// The ombuds' page over a large region: how soon a file that is handed in is a plan, how long a page takes, and what
/// fifty ombuds see of each other at once. Asked by curl, with cards, over TLS.
struct OmbudBenchmark {
  let region: Region
  let rounds: Int
  let hsasync: String

  /// Units far from each other, each a care provider of its own with an ombud.
  private static let ombuds = 50
  private static let rows = 500
  private let folder: TemporaryFolder
  private let port: Int

  init(region: Region, rounds: Int, hsasync: String) throws {
    self.region = region
    self.rounds = rounds
    self.hsasync = hsasync
    folder = try TemporaryFolder()
    port = Int(try Loopback.freePort())
  }

  private func unit(_ ombud: Int) -> Int { region.units - 1 - ombud }
  private func provider(_ ombud: Int) -> String { Region.identity("1", unit(ombud)) }
  private func person(_ ombud: Int) -> String { "\(Region.organisation)-9O\(ombud)" }

  func run() async throws {
    let cards = (0..<Self.ombuds).map { "\(person($0)):Ombud \($0)" }
    try await Tool.run(Repository.path(".ci/cards"), [folder.path("cards")] + cards)
    let day = try await Day(region: region, hsasync: hsasync, more: configuration)
    for ombud in 0..<Self.ombuds { try await day.makeProvider(unit(ombud)) }
    _ = try await day.start()
    var report = Report(
      "The ombuds' page: \(Figure.count(region.persons)) persons in the directory",
      ["", "min ms", "median ms", "max ms"])
    report.add("a file of \(Self.rows) new persons, until its plan is shown", try await uploads())
    report.add("a page, until its first octet", try await pages())
    report.add("\(Self.ombuds) ombuds at once, each a page, until its first octet", try await crowd())
    print(report.text)
    try day.stop()
  }

  private var configuration: String {
    let providers = (0..<Self.ombuds).map {
      "    - {provider: \(provider($0)), prefixes: \(Region.organisation)-9P\($0)X}\n"
    }
    let mandates = (0..<Self.ombuds).map {
      "    - {person: \(person($0)), providers: \(provider($0))}\n"
    }
    let cards = folder.path("cards")
    return """

      ombud:
        perMinute: 10000
        providers:
      \(providers.joined())  mandates:
      \(mandates.joined())  page:
          listen: "127.0.0.1:\(port)"
          certificate: \(cards)/server.pem
          key: \(cards)/server-key.pem
          issuers: \(cards)/issuer.pem
          revocationLists: \(cards)/list.pem

      """
  }

  private func curl(_ ombud: Int, _ arguments: [String]) async throws -> String {
    let cards = folder.path("cards"), jar = folder.path("jar-\(ombud)")
    let answer = try await Tool.run(
      "curl",
      ["-sS", "--fail-with-body", "--cacert", "\(cards)/root.pem", "-b", jar, "-c", jar, "--cert"]
        + ["\(cards)/cards/\(person(ombud)).pem"] + arguments)
    return answer.output
  }

  private func url(_ path: String) -> String { "https://localhost:\(port)\(path)" }

  /// Milliseconds from the beginning of the upload, the handshake included, to the last octet of the page with the plan.
  private func uploads() async throws -> Series {
    let page = url("/providers/\(provider(0))")
    var series = Series()
    for round in 0...rounds {
      let shown = try await curl(0, [page])
      let token = shown.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/).map { String($0.1) } ?? ""
      let file = try folder.write("ours-\(round).yaml", text(round))
      let answer = try await curl(
        0,
        ["-L", "-F", "csrf=\(token)", "-F", "file=@\(file)", "-w", "\n%{time_total}", page + "/proposals"])
      let seconds = Double(answer.split(separator: "\n").last ?? "") ?? .nan
      guard answer.contains("/accept"), answer.contains("9P0X\(Self.rows - 1)") else {
        throw Failure("no plan: \(answer.prefix(2_000))")
      }
      // The first warms up.
      if round > 0 { series.add(seconds * 1_000) }
    }
    return series
  }

  private func text(_ round: Int) -> String {
    "persons:\n"
      + (0..<Self.rows).map { number in
        "  - {hsaIdentity: \(Region.organisation)-9P0X\(number), parent: \(provider(0)), cn: Ny \(number), "
          + "givenName: Ny, sn: \"\(number)\", fullName: Ny \(number), title: Omgång \(round), "
          + "startDate: 2026-01-01}\n"
      }.joined()
  }

  /// Of a connection that is open: from the request to the first octet of the answer.
  private func pages() async throws -> Series {
    let paths = ["/", "/providers/\(provider(0))", "/providers/\(provider(0))/history"]
    let urls = (0..<(rounds * 10)).flatMap { _ in paths.flatMap { ["-o", "/dev/null", url($0)] } }
    let answer = try await curl(0, ["-w", "%{time_pretransfer} %{time_starttransfer}\n"] + urls)
    var series = Series()
    for line in answer.split(separator: "\n").dropFirst(paths.count) {
      let times = line.split(separator: " ").compactMap { Double($0) }
      if times.count == 2 { series.add((times[1] - times[0]) * 1_000) }
    }
    return series
  }

  /// Throws where one of many at once sees another's care provider.
  private func crowd() async throws -> Series {
    try await withThrowingTaskGroup(of: Double.self) { group in
      for ombud in 0..<Self.ombuds {
        group.addTask {
          let answer = try await curl(
            ombud,
            ["-w", "\n%{time_pretransfer} %{time_starttransfer}", url("/providers/\(provider(ombud))")])
          for other in 0..<Self.ombuds where other != ombud && answer.contains(provider(other)) {
            throw Failure("ombud \(ombud) sees what is \(other)'s")
          }
          guard answer.contains(provider(ombud)) else { throw Failure("ombud \(ombud) sees nothing") }
          let last = answer.split(separator: "\n").last ?? ""
          let times = last.split(separator: " ").compactMap { Double($0) }
          return times.count == 2 ? (times[1] - times[0]) * 1_000 : .nan
        }
      }
      var series = Series()
      for try await milliseconds in group { series.add(milliseconds) }
      return series
    }
  }
}

extension Report {
  fileprivate mutating func add(_ what: String, _ series: Series) {
    add(
      what, Figure.text(series.minimum, 1), Figure.text(series.median, 1), Figure.text(series.maximum, 1))
  }
}
