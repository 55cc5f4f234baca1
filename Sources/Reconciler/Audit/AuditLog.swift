import Directory
import Foundation
import Synchronization

/// The log of what was planned, refused, approved, written and undone: lines that are only ever added, each chained
/// to the one before, on the disk before what they describe is done.
///
///     let log = try AuditLog.open(folder: "/var/lib/hsasync/audit", settings: configuration.audit)
///     try log.append([.write(change, of: run)])   // on the disk now, or thrown and the write must not be sent
///
/// Several processes may have one log open: each append holds the folder's lock, and continues from what the others
/// have written. All methods may be called from any thread; they wait for the disk.
package final class AuditLog: Sendable {
  private let state: Mutex<AuditWriter>
  private let heads: AuditHeadSender

  /// Opens the log in a folder, making the folder where there is none.
  ///
  /// What a crash left of a record is moved to a file of its own, which is recorded: its write was never sent.
  ///
  /// - Throws: ``Refusal``: `auditUnsound` (exit 3) when the last records are not as they were written,
  ///   `auditUnusable` when there is no room (75) or right (77).
  package static func open(
    folder: String, settings: AuditSettings = AuditSettings(), at instant: Date = Date()
  ) throws(Refusal) -> AuditLog {
    try AuditLog(AuditWriter.open(AuditFolder(path: folder), rotate: settings.rotate, instant), settings)
  }

  private init(_ writer: consuming AuditWriter, _ settings: AuditSettings) {
    state = Mutex(writer)
    heads = AuditHeadSender(settings.head, every: settings.every)
  }

  /// Adds records in one write with one fsync; when it returns, they are on the disk.
  ///
  /// - Throws: ``Refusal`` when they are not; then what they describe must not be done. After a disk that did not
  ///   confirm, every later call throws.
  package func append(_ events: [AuditEvent], at instant: Date = Date()) throws(Refusal) {
    guard !events.isEmpty else { return }
    let mark = try state.withLock { (writer) throws(Refusal) in try writer.append(events, instant) }
    for event in events { Measures.count(event) }
    let isDue = events.contains { !$0.name.isOneOfMany }
    heads.note(mark, events.count, isDue: isDue, AuditTime.text(instant))
  }

  /// The number and hash of the last record that this process knows of.
  package var mark: AuditMark { state.withLock { $0.mark } }

  /// Sends the head to where the settings say, whether or not it is due.
  package func sendHead(at instant: Date = Date()) { heads.send(mark, AuditTime.text(instant)) }

  /// Has every line that is added from now on, with its line break, given to `sink` as well once it is on the disk.
  ///
  /// - Parameter sink: is called in the order of the lines, and must not call the log.
  package func tee(_ sink: (@Sendable ([UInt8]) -> Void)?) { state.withLock { $0.sink = sink } }

  /// What could not be told to the places off the host; each is said once. Never a reason to stop.
  package var warnings: [Finding] { heads.warnings }
}
