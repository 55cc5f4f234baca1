import Directory
import Foundation

/// The writing end of a log: one at a time in a process, and one at a time on the machine by the folder's lock.
struct AuditWriter: ~Copyable {
  let folder: AuditFolder
  /// Beyond so many octets a file is finished and the next one begun.
  let rotate: Int
  private let lock: AuditLock
  private var file: AuditFile
  /// The number of the first record in ``file``; `nil` while it is empty.
  private var first: Int?
  private(set) var mark: AuditMark
  /// Why nothing can be added any more.
  private var lost: Refusal?
  var sink: (@Sendable ([UInt8]) -> Void)?

  private init(_ folder: AuditFolder, rotate: Int, _ lock: AuditLock, _ opened: consuming Opened) {
    self.folder = folder
    self.rotate = rotate
    self.lock = lock
    first = opened.first
    mark = opened.mark
    file = opened.file
  }

  /// Opens the log and finds its end.
  static func open(_ folder: AuditFolder, rotate: Int, _ instant: Date) throws(Refusal) -> AuditWriter {
    let lock = try AuditLock(folder)
    let held = try lock.hold()
    let opened = try open(folder)
    lock.sync()
    let torn = opened.torn
    var writer = AuditWriter(folder, rotate: rotate, lock, opened)
    if let torn { try writer.write([torn], instant) }
    held.release()
    return writer
  }

  /// Adds records and gives the last one's mark.
  mutating func append(_ events: [AuditEvent], _ instant: Date) throws(Refusal) -> AuditMark {
    if let lost { throw lost }
    let held = try lock.hold()
    try follow(instant)
    try write(events, instant)
    held.release()
    return mark
  }

  /// Continues from what other processes have written since.
  private mutating func follow(_ instant: Date) throws(Refusal) {
    guard !file.isAsLeft else { return }
    let opened = try AuditWriter.open(folder)
    let known = mark
    guard opened.mark.sequence > known.sequence || opened.mark == known else {
      throw Refusal(
        auditUnsound: folder.path, "it ends before record \(known.sequence), which was written to it")
    }
    first = opened.first
    mark = opened.mark
    let torn = opened.torn
    file = opened.file
    if let torn { try write([torn], instant) }
  }

  private mutating func write(_ events: [AuditEvent], _ instant: Date) throws(Refusal) {
    let time = AuditTime.text(instant)
    var lines = AuditLines(after: mark)
    for event in events { lines.add(event, time: time) }
    if let first, file.size + lines.bytes.count > rotate {
      let name = try finishFile(AuditFolder.name(first: first))
      lines = AuditLines(after: mark)
      lines.add(.rotated(from: name), time: time)
      for event in events { lines.add(event, time: time) }
    }
    do {
      try file.append(lines.bytes)
    } catch {
      switch error {
      case .notWritten(let code): throw Refusal(audit: file.path, errno: code)
      case .lost:
        let refusal = Refusal(auditLost: file.path)
        lost = refusal
        throw refusal
      }
    }
    if first == nil { first = mark.sequence + 1 }
    mark = lines.mark
    sink?(lines.bytes)
  }

  /// Gives the file its final name and begins another.
  private mutating func finishFile(_ name: String) throws(Refusal) -> String {
    let target = folder.path(name)
    // An unfinished look is enough: the folder's lock is held.
    guard access(target, F_OK) != 0 else {
      throw Refusal(auditUnsound: target, "it is there already, and \(AuditFolder.current) would replace it")
    }
    guard rename(file.path, target) == 0 else { throw Refusal(audit: target, errno: errno) }
    file = try AuditFile(folder.path(AuditFolder.current), exclusively: true)
    first = nil
    lock.sync()
    return name
  }
}

extension AuditWriter {
  /// The file that is written, as it was found.
  struct Opened: ~Copyable {
    var file: AuditFile
    var first: Int?
    var mark: AuditMark
    /// What is to be recorded of a torn tail.
    var torn: AuditEvent?
  }

  /// Opens the newest file and finds where the chain has come; the lock must be held.
  private static func open(_ folder: AuditFolder) throws(Refusal) -> Opened {
    var file = try AuditFile(folder.path(AuditFolder.current))
    let tail = try AuditTail(of: file.descriptor, size: file.size, path: file.path)
    // After a crash between two files, or in the first record of one, the chain ends in the one before.
    let mark = if let mark = tail.mark { mark } else { try lastFinished(folder) }
    let first = try AuditTail.firstSequence(of: file.descriptor, size: tail.whole, path: file.path)
    guard !tail.torn.isEmpty else { return Opened(file: file, first: first, mark: mark, torn: nil) }
    let name = try keep(tail.torn, mark.sequence + 1, folder)
    try file.cut(to: tail.whole)
    let event = AuditEvent.tornTail(octets: tail.torn.count, movedTo: name)
    return Opened(file: file, first: first, mark: mark, torn: event)
  }

  /// Where the newest of the finished files ends.
  private static func lastFinished(_ folder: AuditFolder) throws(Refusal) -> AuditMark {
    guard let name = try folder.finishedNames().last else { return .beginning }
    let file = try AuditFile(folder.path(name))
    let tail = try AuditTail(of: file.descriptor, size: file.size, path: file.path)
    guard let mark = tail.mark, tail.torn.isEmpty else {
      throw Refusal(auditUnsound: file.path, "it does not end with a whole record")
    }
    return mark
  }

  /// Puts what is left of a record where it can be looked at.
  private static func keep(_ torn: [UInt8], _ sequence: Int, _ folder: AuditFolder) throws(Refusal) -> String
  {
    for attempt in 1...100 {
      let name = AuditFolder.tornName(sequence, attempt)
      guard access(folder.path(name), F_OK) != 0 else { continue }
      var file = try AuditFile(folder.path(name), exclusively: true)
      do {
        try file.append(torn)
      } catch {
        unlink(file.path)
        guard case .notWritten(let code) = error else { throw Refusal(auditLost: file.path) }
        throw Refusal(audit: file.path, errno: code)
      }
      return name
    }
    throw Refusal(auditUnsound: folder.path, "a hundred crashes have left the same record unfinished")
  }
}
