import Glibc
import Logging

/// Writes log lines to the systemd journal with fields: PRIORITY, MESSAGE, MESSAGE_ID where the line has an `event`, and
/// `HSASYNC_*` for its metadata.
///
/// What the journal does not take goes to standard error with the priority before it (sd-daemon(3)), which is the
/// journal's as well.
package struct JournalLogHandler: LogHandler {
  package var logLevel = Logger.Level.info
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let socket: DatagramSocket?
  private let fallback: @Sendable (String) -> Void

  /// - Returns: `nil` when standard error does not lead to the journal: then a terminal, a file or another program reads
  ///   it, and wants plain lines.
  package init?(label: String, environment: [String: String]) {
    guard JournalStream.isJournal(environment["JOURNAL_STREAM"], descriptor: STDERR_FILENO) else {
      return nil
    }
    self.init(label: label, socket: "/run/systemd/journal/socket") { line in
      let octets = Array(line.utf8)
      _ = write(STDERR_FILENO, octets, octets.count)
    }
  }

  init(label: String, socket path: String, fallback: @escaping @Sendable (String) -> Void) {
    self.label = label
    socket = DatagramAddress(path).flatMap { DatagramSocket(to: $0) }
    self.fallback = fallback
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let fields = fields(of: event)
    if let socket, socket.send(entry(event, fields).octets) == 0 { return }
    fallback(line(event, fields))
  }

  /// The line's own values go before the logger's, and those before the provider's; in the order of their keys.
  private func fields(of event: LogEvent) -> [(key: String, value: String)] {
    let all = (metadataProvider?.get() ?? [:])
      .merging(metadata) { $1 }.merging(event.metadata ?? [:]) { $1 }
    return all.sorted { $0.key < $1.key }.map { ($0.key, JournalLogHandler.text($0.value)) }
  }

  private func entry(_ event: LogEvent, _ fields: [(key: String, value: String)]) -> JournalEntry {
    var entry = JournalEntry()
    entry.add("PRIORITY", "\(event.level.priority)")
    entry.add("SYSLOG_IDENTIFIER", "hsasync")
    entry.add("MESSAGE", "\(event.message)")
    let kind = fields.first { $0.key == "event" }?.value
    if let id = kind.flatMap({ JournalMessageID.byEvent[$0] }) { entry.add("MESSAGE_ID", id) }
    entry.add(own: "logger", label)
    for field in fields { entry.add(own: field.key, field.value) }
    return entry
  }

  private func line(_ event: LogEvent, _ fields: [(key: String, value: String)]) -> String {
    let words = ["\(event.message)"] + fields.map { "\($0.key)=\($0.value)" }
    // A line feed would begin another line, with a priority of somebody else's choice.
    var text = String.UnicodeScalarView()
    text.append(
      contentsOf: words.joined(separator: " ").unicodeScalars.map {
        $0.value < 32 || $0.value == 127 ? " " : $0
      })
    return "<\(event.level.priority)>\(String(text))\n"
  }

  /// The same text for the same value, whatever order a dictionary has today.
  private static func text(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .string(let text): text
    case .stringConvertible(let value): value.description
    case .array(let values): "[" + values.map(text).joined(separator: ", ") + "]"
    case .dictionary(let values):
      "{" + values.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }.joined(separator: ", ")
        + "}"
    }
  }
}

/// Whether a stream leads to the journal: `$JOURNAL_STREAM` names device and inode of what systemd connected
/// (systemd.exec(5)). A child whose output was redirected has the variable too, so that it alone proves nothing.
enum JournalStream {
  static func isJournal(_ variable: String?, descriptor: Int32) -> Bool {
    let parts = (variable ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return false }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
  }
}
