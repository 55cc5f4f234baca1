import Foundation

/// Notes beside a database how its file lay when it was closed in good order: one that lies so still need not be gone
/// through page by page when it is opened again. After a crash, a restored backup or anybody's hand it does not.
extension StoreFolder {
  private var closingNote: String { database + ".closed" }

  /// To be called after the database was closed. What goes wrong costs the next opening some time, and nothing else.
  func noteClosing() {
    guard access(database + "-wal", F_OK) != 0, let stamp = FileStamp(database) else { return }
    let descriptor = open(closingNote, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try? handle.write(contentsOf: Data(stamp.line.utf8))
  }

  /// Whether the database lies as it did when it was closed. Tells it once: whoever opens it now may crash.
  func takeClosing() -> Bool {
    guard let stamp = FileStamp(database), access(database + "-wal", F_OK) != 0,
      let note = try? String(contentsOfFile: closingNote, encoding: .utf8)
    else { return false }
    return unlink(closingNote) == 0 && note == stamp.line
  }
}

extension FileStamp {
  fileprivate var line: String { "\(device) \(number) \(size) \(modified) \(changed)\n" }
}
