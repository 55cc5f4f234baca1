import Foundation
import Reconciler

/// Which lists are in use, and how the last reading of each file went.
struct RevocationListState: Sendable {
  /// By issuer: ``PinnedIssuer/identity``.
  private(set) var lists: [[UInt8]: RevocationList] = [:]
  private var isLooking = false
  private var notes: [String: RevocationListNote] = [:]
  private var lastLook: Date?

  /// Whether somebody should look at the files now; then nobody else does until ``end()``.
  mutating func begin(at instant: Date) -> Bool {
    // A clock that was set back must not stop it.
    if let lastLook, instant >= lastLook, instant < lastLook.addingTimeInterval(1) { return false }
    guard !isLooking else { return false }
    isLooking = true
    lastLook = instant
    return true
  }

  mutating func end() { isLooking = false }

  func needsReading(_ file: String, _ stamp: FileStamp?, at instant: Date) -> Bool {
    notes[file]?.isOutdated(by: stamp, at: instant) ?? true
  }

  /// Takes a good list in use; one that is wrong or older leaves the last good one where it is.
  mutating func take(_ reading: RevocationListReading, of file: String) {
    notes[file] = reading.note
    guard let list = reading.list else { return }
    if let used = lists[list.issuer], list.isOlder(than: used) {
      notes[file]?.fault = CertificateFileFault(
        "it is older than the list in use, which stays", file: file, code: .wrongRevocationList)
    } else {
      lists[list.issuer] = list
    }
  }

  /// In the order of the files.
  func faults(_ files: [String]) -> [CertificateFileFault] { files.compactMap { notes[$0]?.fault } }

  /// Whether a file that claims to be the list of an issuer of this name was refused.
  func hasWrong(_ name: [UInt8]) -> Bool { notes.values.contains { $0.fault?.issuer == name } }
}
