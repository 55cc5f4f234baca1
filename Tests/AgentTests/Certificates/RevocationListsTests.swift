import Foundation
import Synchronization
import Testing
import X509

@testable import Agent

/// A clock that stands until it is set.
final class SetClock: Sendable {
  private let instant: Mutex<Date>

  init(_ instant: Date) { self.instant = Mutex(instant) }

  var now: Date { instant.withLock { $0 } }
  func pass(_ seconds: TimeInterval) { instant.withLock { $0 += seconds } }
}

/// A judge with a clock that tests set.
struct WatchedCards {
  var cards: SampleCards
  let clock: SetClock
  let lists: RevocationLists
  private let judge: CertificateJudge

  init(_ folder: CardFolder, _ prepare: (SampleCards) throws -> Void = { _ in }) throws {
    let cards = try SampleCards(folder: folder.path)
    try prepare(cards)
    let clock = SetClock(cards.now)
    let issuers = try IssuerCertificates(files: [cards.issuerPath], at: cards.now)
    self.cards = cards
    self.clock = clock
    lists = RevocationLists(files: [cards.listPath], issuers: issuers, now: { clock.now })
    judge = CertificateJudge(issuers: issuers, revocationLists: lists, policies: [SampleCards.policy])
  }

  func fault(_ card: SampleCard) -> CertificateFault.Code? { cards.fault(card.der, judge, at: clock.now) }
}

@Suite struct RevocationListsTests {
  @Test func `a list that takes another's place takes effect within a second`() throws {
    let folder = try CardFolder()
    var world = try WatchedCards(folder)
    let card = try world.cards.card("SE1-1")
    #expect(world.fault(card) == nil)
    world.cards.revoke(card)
    try world.cards.writeList()
    #expect(world.fault(card) == nil)
    world.clock.pass(1)
    #expect(world.fault(card) == .revoked)
    #expect(world.lists.faults.isEmpty)
  }

  @Test func `a list in DER is read too`() throws {
    let folder = try CardFolder()
    var world = try WatchedCards(folder)
    let card = try world.cards.card("SE1-1")
    world.cards.revoke(card)
    try Data(try world.cards.list().der()).write(to: URL(filePath: world.cards.listPath))
    world.clock.pass(1)
    #expect(world.fault(card) == .revoked)
  }

  @Test func `a list with a lower number, none, or an earlier date is not taken`() throws {
    let folder = try CardFolder()
    var world = try WatchedCards(folder)
    let card = try world.cards.card("SE1-1")
    let before = world.cards
    world.cards.revoke(card)
    try world.cards.writeList()
    world.clock.pass(1)
    #expect(world.fault(card) == .revoked)
    let used = world.cards.now - 3600
    let older: [(inout SampleList) -> Void] = [
      { $0.number = 1 }, { $0.number = nil },
      { list in
        list.number = 9
        list.thisUpdate = used - 1
      },
    ]
    for change in older {
      try world.cards.write(try before.list(change).pem(), "list.pem")
      world.clock.pass(1)
      #expect(world.fault(card) == .revoked)
      #expect(world.lists.faults.map(\.reason) == ["it is older than the list in use, which stays"])
    }
    try world.cards.writeList()
    world.clock.pass(1)
    #expect(world.fault(card) == .revoked)
    #expect(world.lists.faults.isEmpty)
  }

  @Test func `a list becomes stale with time, for everybody of its issuer, until the next comes`() throws {
    let folder = try CardFolder()
    var world = try WatchedCards(folder)
    let card = try world.cards.card("SE1-1")
    world.clock.pass(86_400)
    #expect(world.fault(card) == nil)
    world.clock.pass(1)
    #expect(world.fault(card) == .staleRevocationList)
    #expect(world.lists.faults.map(\.code) == [.staleRevocationList])
    let later = world.clock.now
    try world.cards.writeList { list in
      list.thisUpdate = later
      list.nextUpdate = later + 60
    }
    world.clock.pass(1)
    #expect(world.fault(card) == nil)
  }

  @Test func `a wrong or missing file leaves the last good list in use until that is stale`() throws {
    let folder = try CardFolder()
    var world = try WatchedCards(folder)
    let held = try world.cards.card("SE1-1")
    let right = try world.cards.card("SE1-2")
    world.cards.revoke(held)
    try world.cards.writeList()
    world.clock.pass(1)
    #expect(world.fault(held) == .revoked)
    let foreign = try world.cards.list { [root = world.cards.root] in $0.signer = root.key }.pem()
    for text in ["", "hej", foreign] {
      try world.cards.write(text, "list.pem")
      world.clock.pass(1)
      #expect(world.fault(held) == .revoked)
      #expect(world.fault(right) == nil)
      #expect(world.lists.faults.map(\.file) == [world.cards.listPath])
    }
    try FileManager.default.removeItem(atPath: world.cards.listPath)
    world.clock.pass(1)
    #expect(world.fault(right) == nil)
    #expect(world.lists.faults.map(\.reason) == ["it does not exist"])
    world.clock.pass(86_400)
    #expect(world.fault(right) == .staleRevocationList)
    #expect(world.fault(held) == .staleRevocationList)
  }

  @Test func `a list from a future that has come is taken without being written again`() throws {
    let folder = try CardFolder()
    let world = try WatchedCards(folder) { cards in
      let path = URL(filePath: cards.listPath)
      try Data(try cards.list { $0.thisUpdate = cards.now + 320 }.der()).write(to: path)
      // Long ago, so that it is not read again for being new.
      try FileManager.default.setAttributes(
        [.modificationDate: cards.now - 100], ofItemAtPath: cards.listPath)
    }
    let card = try world.cards.card("SE1-1")
    #expect(world.fault(card) == .wrongRevocationList)
    world.clock.pass(61)
    #expect(world.fault(card) == nil)
  }

  @Test func `a clock that is set back stops neither looking nor distrust`() throws {
    let folder = try CardFolder()
    var world = try WatchedCards(folder)
    let card = try world.cards.card("SE1-1")
    #expect(world.fault(card) == nil)
    world.clock.pass(-3000)
    world.cards.revoke(card)
    try world.cards.writeList()
    #expect(world.fault(card) == .revoked)
    world.clock.pass(-1000)
    #expect(world.fault(card) == .wrongRevocationList)
  }

  @Test func `an issuer without list and a pipe in place of a file are told and stop nothing`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let issuers = try IssuerCertificates(files: [cards.issuerPath, cards.rootPath], at: cards.now)
    let lists = RevocationLists(files: [cards.listPath, pipe], issuers: issuers, now: { cards.now })
    let told = lists.faults
    #expect(told.map(\.reason) == ["it is not a regular file", "an issuer has no revocation list"])
    #expect(told.last?.issuer == issuers.issuers.last?.name)
  }

  @Test func `many may ask while lists change`() async throws {
    let folder = try CardFolder()
    let world = try WatchedCards(folder)
    let card = try world.cards.card("SE1-1")
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<50 {
            world.clock.pass(1)
            #expect(world.fault(card) == nil)
          }
        }
      }
    }
  }
}
