import Crypto

/// How many octets a file has and what they sum to, taken while they are read.
struct FileSum {
  private var sum = SHA256()
  private(set) var octets = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    sum.update(bufferPointer: bytes)
    octets += bytes.count
  }

  /// SHA-256, lower-case hexadecimal.
  var sha256: String { String(decoding: sum.finalize().hexadecimal, as: UTF8.self) }

  /// Of octets in memory.
  static func of(_ bytes: [UInt8]) -> FileSum {
    var sum = FileSum()
    bytes.withUnsafeBytes { sum.add($0) }
    return sum
  }

  /// Of a file, read to its end and no further.
  static func of(_ file: borrowing RegularFile) throws(RegularFile.Fault) -> FileSum {
    var sum = FileSum()
    try file.read(chunk: 1 << 20, limit: .max) { sum.add($0) }
    return sum
  }
}
