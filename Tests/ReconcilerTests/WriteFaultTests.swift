import Directory
import Glibc
import LDAP
import Synchronization
import TestKit
import Testing

@testable import Reconciler

@Suite struct `A fault while writing` {
  private func settings(window: Int = 64, reconnect: Duration = .seconds(30)) -> Applier.Settings {
    var settings = Applier.Settings()
    settings.window = window
    settings.reconnectDeadline = reconnect
    return settings
  }

  private func titles(_ catalogue: Catalogue, _ count: Int) async throws -> HandMade {
    var made = HandMade()
    for number in 0..<count { made.update(try await catalogue.person(number), "title", to: "Läkare") }
    return made
  }

  @Test(.timeLimit(.minutes(10)))
  func `such as a killed server leaves no write in doubt, and a second run is clean`() async throws {
    let catalogue = try await Catalogue(persons: 150)
    let plan = try await titles(catalogue, 150).plan
    let again = Mutex<Task<Server, any Error>?>(nil)
    let slapd = catalogue.slapd
    let told = Told()
    let applier = try catalogue.applier(settings()) { progress in
      told.report(progress)
      guard case .applied(_, done: 40, of: _) = progress else { return }
      slapd.stop()
      again.withLock { $0 = Task { try await slapd.startAgain() } }
    }
    let result = try await applier.apply(plan)
    let server = try await again.withLock { $0 }?.value
    defer { server?.stop() }
    #expect(result.exitCode == .done, "\(result.outcomes.filter { !$0.isApplied })")
    #expect(result.outcomes.allSatisfy { $0.isApplied })
    #expect(told.progress.contains { if case .reconnected = $0 { true } else { false } })
    let admin = try await slapd.connection(slapd.admin)
    for number in 0..<150 {
      #expect(try await admin.entry(Catalogue.dn(number))?["title"] == ["Läkare"])
    }
    let second = try await catalogue.applier().apply(plan)
    #expect(second.outcomes.allSatisfy { $0.verdict == .appliedAlready } && second.exitCode == .done)
  }

  @Test(.timeLimit(.minutes(10)))
  func `such as a server that never comes back is told, with what is unknown`()
    async throws
  {
    let catalogue = try await Catalogue(persons: 60)
    let plan = try await titles(catalogue, 60).plan
    let slapd = catalogue.slapd
    let applier = try catalogue.applier(settings(window: 8, reconnect: .milliseconds(300))) { progress in
      if case .applied(_, done: 10, of: _) = progress { slapd.stop() }
    }
    let result = try await applier.apply(plan)
    #expect(result.stop == .directoryUnavailable && result.exitCode == .tryAgain)
    #expect(result.count { $0 == .applied } >= 10)
    #expect(result.count { $0 == .unknown } <= 8)
    #expect(result.count { $0 == .notSent } >= 60 - 10 - 16)
    #expect(result.outcomes.count == 60)
    // What is told as applied is; what is told as not sent is not.
    let server = try await slapd.startAgain()
    defer { server.stop() }
    let admin = try await slapd.connection(slapd.admin)
    for outcome in result.outcomes where outcome.verdict != .unknown {
      let title = try await admin.entry(Catalogue.dn(outcome.change))?["title"]
      #expect(title == [outcome.isApplied ? "Läkare" : "Sjuksköterska"], "\(outcome)")
    }
    let second = try await catalogue.applier().apply(plan)
    #expect(second.exitCode == .done)
  }

  @Test(.timeLimit(.minutes(10))) func `such as a frozen server is waited out and read back`() async throws {
    let catalogue = try await Catalogue(persons: 40)
    let plan = try await titles(catalogue, 40).plan
    let slapd = catalogue.slapd
    let told = Told()
    let applier = try catalogue.applier(settings(window: 4), patience: .milliseconds(400)) { progress in
      if case .applied(_, done: 10, of: _) = progress { slapd.signal(SIGSTOP) }
      if case .reconnecting(attempt: 2) = progress { slapd.signal(SIGCONT) }
      told.report(progress)
    }
    let result = try await applier.apply(plan)
    #expect(told.progress.contains { if case .reconnected = $0 { true } else { false } })
    #expect(result.exitCode == .done, "\(result.outcomes.filter { !$0.isApplied })")
    #expect(result.outcomes.contains { $0.wasUnknown })
    for number in 0..<40 { #expect(try await catalogue.person(number)["title"] == ["Läkare"]) }
  }
}
