import Directory
import LDAP

/// The course of one apply: changes are taken as they become ready, journalled many at a time, and sent as the window
/// allows. While one batch is sent, the next is on its way to the disk.
struct Dispatch {
  /// What has come to its end meanwhile.
  enum Event: Sendable {
    case journalled(JournalBatch)
    case written(ReadyChange, Written)
  }

  private let writer: Writer
  private let session: WriteSession
  private let journal: any WriteJournal
  private let settings: Applier.Settings
  private var ledger: Ledger
  /// On the disk, and not sent yet; in the order in which they are sent.
  private var waiting: ArraySlice<ReadyChange> = []
  private var isJournalling = false
  private var underWay = 0
  private var hasSent = false
  /// Why the journal cannot be written.
  private var refusal: Refusal?

  init(_ ledger: Ledger, _ writer: Writer, _ session: WriteSession, _ journal: any WriteJournal) {
    self.ledger = ledger
    self.writer = writer
    self.session = session
    self.journal = journal
    settings = writer.settings
  }

  /// - Throws: ``Refusal`` when the journal cannot be written and nothing has been sent.
  mutating func run() async throws(Refusal) -> ApplyResult {
    await withTaskGroup(of: Event.self) { group in
      repeat {
        startJournalling(&group)
        startWriting(&group)
        guard let event = await group.next() else { break }
        await take(event)
        if Task.isCancelled { ledger.end(because: .cancelled) }
        if ledger.stop != nil { await abandonWaiting() }
      } while true
    }
    if let refusal, !hasSent { throw refusal }
    return ledger.result
  }

  private mutating func startJournalling(_ group: inout TaskGroup<Event>) {
    guard ledger.stop == nil, !isJournalling, waiting.count < settings.window else { return }
    let batch = ledger.take(Journal.batch)
    guard !batch.isEmpty else { return }
    isJournalling = true
    // Not part of the cancelled tree: what is being written down or sent is waited for, never abandoned.
    group.addTask { [writer, journal] in
      await Task { .journalled(await JournalBatch(batch, writer, journal)) }.value
    }
  }

  private mutating func startWriting(_ group: inout TaskGroup<Event>) {
    while underWay < settings.window, let next = waiting.popFirst() {
      underWay += 1
      hasSent = true
      ledger.release()
      group.addTask { [writer] in
        await Task { .written(next, await writer.write(next.change, csn: next.csn)) }.value
      }
    }
  }

  private mutating func take(_ event: Event) async {
    switch event {
    case .written(let ready, let written):
      underWay -= 1
      ledger.settle(written, errors: settings.errors)
      await journal.settled(Settlement(ready.change, written))
    case .journalled(let batch):
      isJournalling = false
      for written in batch.ended {
        ledger.release()
        ledger.settle(written, errors: settings.errors)
      }
      guard let refusal = batch.refusal else {
        waiting.append(contentsOf: batch.changes)
        return
      }
      self.refusal = refusal
      ledger.end(because: refusal.stop)
      // They are in no journal, or known there as not sent.
      for ready in batch.changes { ledger.abandon(ready.change.id) }
    }
  }

  /// After a stop: what is on the disk as about to be sent is not sent, and the journal shall say so.
  private mutating func abandonWaiting() async {
    await session.stop()
    while let ready = waiting.popFirst() {
      ledger.abandon(ready.change.id)
      await journal.settled(Settlement(ready.change, Outcome(change: ready.change.id, .notSent)))
    }
  }
}

/// Changes on their way to the journal, with the entries that are to be deleted read just before.
struct JournalBatch: Sendable {
  /// Those that are to be sent when there is no ``refusal``.
  private(set) var changes: [ReadyChange] = []
  /// Those that came to their end before: the entry to be deleted could not be read.
  private(set) var ended: [Written] = []
  /// Why they could not be written down.
  private(set) var refusal: Refusal?

  init(_ batch: [ReadyChange], _ writer: Writer, _ journal: any WriteJournal) async {
    let preimages = await JournalBatch.preimages(of: batch, writer)
    var intents: [Intent] = []
    for ready in batch {
      switch preimages[ready.change.id] {
      case .ended(let written): ended.append(written)
      case .read(let entry):
        changes.append(ready)
        intents.append(Intent(ready.change, before: entry))
      case nil:
        changes.append(ready)
        intents.append(Intent(ready.change))
      }
    }
    do { try await journal.intend(intents) } catch { refusal = error }
  }

  private static func preimages(of batch: [ReadyChange], _ writer: Writer) async -> [Int: Writer.Preimage] {
    await withTaskGroup(of: (Int, Writer.Preimage).self) { group in
      for ready in batch where ready.change.isDeletion {
        group.addTask { (ready.change.id, await writer.preimage(of: ready.change)) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }
}

extension Settlement {
  fileprivate init(_ change: Change, _ written: Written) {
    self.init(change, written.outcome, entryUUID: written.entryUUID, entryCSN: written.entryCSN)
  }
}
