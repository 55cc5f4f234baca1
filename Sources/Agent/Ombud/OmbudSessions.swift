import Foundation
import Synchronization

/// What one holder of a card is in the midst of: bound to the card, and over when nothing has come for a while.
struct OmbudSession: Hashable, Sendable {
  /// What the browser shows of it, in a cookie.
  let id: String
  /// What a form must bring, so that nobody else's page sends it (CSRF).
  let token: String
  /// Of the card's certificate.
  let fingerprint: String
  var lastUsed: ContinuousClock.Instant
  /// Told once, on the next page.
  var notice: PageFrame.Notice?

  /// Of a program, which has no forms and no cookies.
  static func none(of fingerprint: String) -> OmbudSession {
    OmbudSession(id: "", token: "", fingerprint: fingerprint, lastUsed: .now)
  }

  static func == (left: OmbudSession, right: OmbudSession) -> Bool { left.id == right.id }
  func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// The sessions that go on.
final class OmbudSessions: Sendable {
  /// How many there may be; the one used longest ago makes way.
  static let most = 1_000
  /// How many of one card.
  static let mostOfOne = 10
  private let now: @Sendable () -> ContinuousClock.Instant
  private let sessions = Mutex<[String: OmbudSession]>([:])

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

  /// The session that a cookie names, where it is this card's and has not ended.
  func session(_ id: String?, of fingerprint: String, idle: Duration) -> OmbudSession? {
    let instant = now()
    return sessions.withLock { sessions in
      sessions = sessions.filter { instant - $0.value.lastUsed < idle }
      guard let id, let found = sessions[id], found.fingerprint == fingerprint else { return nil }
      sessions[id]?.lastUsed = instant
      return found
    }
  }

  func begin(for fingerprint: String) -> OmbudSession {
    let session = OmbudSession(
      id: Self.secret(), token: Self.secret(), fingerprint: fingerprint, lastUsed: now())
    sessions.withLock { sessions in
      // Who throws cookies away makes way for nobody but themselves.
      let own = sessions.values.filter { $0.fingerprint == fingerprint }
      if own.count >= Self.mostOfOne, let oldest = own.min(by: { $0.lastUsed < $1.lastUsed }) {
        sessions[oldest.id] = nil
      }
      if sessions.count >= Self.most, let oldest = sessions.values.min(by: { $0.lastUsed < $1.lastUsed }) {
        sessions[oldest.id] = nil
      }
      sessions[session.id] = session
    }
    return session
  }

  /// Keeps what is told on the next page.
  func tell(_ notice: PageFrame.Notice, in id: String) { sessions.withLock { $0[id]?.notice = notice } }

  /// What is to be told now, once.
  func told(in id: String) -> PageFrame.Notice? {
    sessions.withLock { sessions in
      defer { sessions[id]?.notice = nil }
      return sessions[id]?.notice
    }
  }

  /// Ends those of a card that is no longer let in.
  func end(of fingerprint: String) {
    sessions.withLock { $0 = $0.filter { $0.value.fingerprint != fingerprint } }
  }

  /// 256 bits that nobody guesses.
  private static func secret() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
