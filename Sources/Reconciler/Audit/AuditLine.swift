import Crypto
import Directory
import Foundation

/// Where a chain of records has come: the number and hash of its last one.
package struct AuditMark: Hashable, Sendable {
  /// The last record's; 0 before the first.
  package var sequence: Int
  /// SHA-256, 64 hexadecimal digits in small letters; zeros before the first.
  package var hash: String

  package init(sequence: Int, hash: String) {
    self.sequence = sequence
    self.hash = hash
  }

  /// Before the first record.
  static let beginning = AuditMark(sequence: 0, hash: String(repeating: "0", count: 64))
}

/// Lines that continue a chain.
///
/// A line is one JSON text in its canonical form. Its `hash` is the SHA-256 of the line as it is without that
/// member; `previous`, which is part of what is hashed, is the `hash` of the line before. So no line can be
/// changed, taken away, added or moved without changing every line after it, the last one's hash included.
struct AuditLines {
  private(set) var mark: AuditMark
  private(set) var bytes: [UInt8] = []
  private(set) var count = 0

  init(after mark: AuditMark) { self.mark = mark }

  mutating func add(_ event: AuditEvent, time: String) {
    var members = event.members
    members["time"] = .string(time)
    members["sequence"] = .number(mark.sequence + 1)
    members["previous"] = .string(mark.hash)
    members["hash"] = .string(AuditMark.beginning.hash)
    let start = bytes.count
    CanonicalJSON.append(members, to: &bytes)
    let hash = seal(from: start)
    bytes.append(10)
    mark = AuditMark(sequence: mark.sequence + 1, hash: hash)
    count += 1
  }

  /// Writes the hash over its place holder.
  private mutating func seal(from start: Int) -> String {
    bytes.withUnsafeMutableBytes { buffer in
      let line = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
      // The writer puts the members there.
      guard let record = AuditRecord(UnsafeRawBufferPointer(line)) else { return "" }
      let hash = record.computedHash()
      for (index, digit) in hash.enumerated() { line[record.hash.lowerBound + index] = digit }
      return String(decoding: hash, as: UTF8.self)
    }
  }
}

extension CanonicalJSON {
  /// Appends an object in its canonical form: as ``text`` has it, without the detour over a string, since a
  /// run writes two such lines for every change.
  static func append(_ members: [String: CanonicalJSON], to bytes: inout [UInt8]) {
    var separator = UInt8(ascii: "{")
    if members.isEmpty { bytes.append(separator) }
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      bytes.append(separator)
      append(key, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      value.append(to: &bytes)
      separator = UInt8(ascii: ",")
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .object(let members): CanonicalJSON.append(members, to: &bytes)
    case .string(let text): CanonicalJSON.append(text, to: &bytes)
    case .number(let number): bytes.append(contentsOf: String(number).utf8)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .bool, .null: bytes.append(contentsOf: text.utf8)
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    let isPlain = text.utf8.allSatisfy {
      $0 &- 32 < 95 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    guard isPlain else {
      bytes.append(contentsOf: CanonicalJSON.string(text).text.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\""))
  }
}

/// Times as the log writes them: UTC, milliseconds.
enum AuditTime {
  static func text(_ date: Date) -> String {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(date)
  }
}
