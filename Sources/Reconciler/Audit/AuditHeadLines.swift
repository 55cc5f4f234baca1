import Directory
import Foundation

extension AuditMark {
  /// The heads in a text: of each line the number and the hash that stand beside each other in it.
  ///
  /// So it reads what is added to a file, and the system's journal in whichever way `journalctl` shows it, its
  /// export format included. A line without them says nothing: whoever can take a line away can spoil it.
  package static func heads(in text: [UInt8]) -> [AuditMark] {
    var result: [AuditMark] = []
    for line in text.split(separator: 10) {
      let words = line.split { !($0 &- 48 < 10 || ($0 | 32) &- 97 < 26) }
      for (number, hash) in zip(words, words.dropFirst()) where hash.count == 64 {
        guard hash.allSatisfy({ $0 &- 48 < 10 || $0 &- 97 < 6 }), number.count < 19,
          let sequence = Int(String(decoding: number, as: UTF8.self)), sequence > 0
        else { continue }
        result.append(AuditMark(sequence: sequence, hash: String(decoding: hash, as: UTF8.self)))
      }
    }
    return result
  }

  /// The heads in a file.
  ///
  /// - Throws: ``Refusal`` when it cannot be read, or has none: nothing would be compared, and all would look well.
  package static func heads(inFile path: String) throws(Refusal) -> [AuditMark] {
    let bytes: [UInt8]
    do { bytes = try RegularFile(path).contents(limit: 1 << 30) } catch {
      throw Refusal(
        .auditUnusable, error == .notPermitted ? .notPermitted : .usage, "\(path): \(error.reason)",
        advice: "name a file with heads of the audit log: lines of a number and a hash")
    }
    let heads = heads(in: bytes)
    guard !heads.isEmpty else {
      throw Refusal(
        .auditUnusable, .usage, "\(path) has no head of an audit log in it",
        advice: "give lines of a number and a hash, or what `journalctl -t hsasync` shows")
    }
    return heads
  }
}
