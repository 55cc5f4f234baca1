import Directory
import Foundation
import Logging
import Synchronization
import TestKit

@testable import Reconciler

/// A target and what a test says to it.
struct SCIMFixture {
  static let owns = [RolePattern("NPÖ;*"), RolePattern("hsasync-*")]
  let target: SCIMTarget
  let journal = JournalRecorder()

  /// - Parameter adjust: has the settings before they are used.
  init(_ url: String, _ adjust: (inout SCIMSettings) -> Void = { _ in }) {
    var settings = SCIMSettings(url: url)
    settings.timeouts.request = .seconds(20)
    settings.timeouts.patience = .seconds(10)
    adjust(&settings)
    target = SCIMTarget(
      settings, form: RoleTargetForm(name: "idp", owns: Self.owns),
      logger: Logger(label: "scim") { _ in SwiftLogNoOpLogHandler() })
  }

  /// A target with a token in a file of the front's folder.
  init(_ front: SCIMFront, token: String = "t0ken", _ adjust: (inout SCIMSettings) -> Void = { _ in }) throws
  {
    let file = try front.folder.write("token", token + "\n")
    self.init(front.url) { settings in
      settings.tokenFile = file
      adjust(&settings)
    }
  }

  static func person(_ number: Int) -> HSAIdentity { HSAIdentity("SE2321000016-P\(number)") }

  /// A user as JSON.
  static func user(_ number: Int, _ roles: [String] = [], id: String? = nil) -> String {
    let roles = roles.map { #"{"value":"\#($0)"}"# }.joined(separator: ",")
    return """
      {"id":"\(id ?? "u\(number)")","externalId":"\(person(number))","userName":"\(person(number))",
      "displayName":"Någon","x":1.50,"roles":[\(roles)]}
      """
  }

  static func loss(_ number: Int, _ value: String, holder: String? = nil) -> RoleChange {
    RoleChange(
      target: "idp", .loss, person: person(number), role: value, value: value, cause: .noRule,
      holder: holder ?? "u\(number)")
  }

  /// As plans have it, with the person's DN for its holder.
  static func gain(_ number: Int, _ value: String) -> RoleChange {
    RoleChange(
      target: "idp", .gain, person: person(number), role: value, value: value,
      holder: "cn=Någon,ou=Enhet,c=SE")
  }

  func push(_ changes: [RoleChange]) async -> [RoleOutcome] {
    await target.push(changes, from: HeldRoles(target: "idp"), journal: journal)
  }

  /// Person and role, as texts, sorted.
  func roles() async throws -> [String] {
    try await target.held().roles.map { "\($0.person) \($0.value)" }
  }
}

/// A journal that remembers, and refuses when it is told to.
final class JournalRecorder: RoleJournal {
  enum Event: Hashable {
    case intended([RoleChange])
    case settled([RoleChange], [RoleOutcome])
  }
  private let state = Mutex<(events: [Event], left: Int)>(([], .max))

  var events: [Event] { state.withLock { $0.events } }

  /// Has it take so many batches more, and no further.
  func refuse(after batches: Int) { state.withLock { $0.left = batches } }

  func intend(_ changes: [RoleChange]) async throws(Refusal) {
    let isTaken = state.withLock { state in
      state.left -= 1
      if state.left >= 0 { state.events.append(.intended(changes)) }
      return state.left >= 0
    }
    if !isTaken { throw Refusal(.auditUnusable, .tryAgain, "no room is left") }
  }

  func settled(_ changes: [RoleChange], _ outcomes: [RoleOutcome]) async {
    state.withLock { $0.events.append(.settled(changes, outcomes)) }
  }
}
