/// Where results go: text and octets.
protocol ByteStream: TextOutputStream {
  mutating func write(_ bytes: [UInt8])
}

extension StandardStream: ByteStream {}

/// A result that is written to a file once it is whole.
struct MemoryStream: ByteStream {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func write(_ bytes: [UInt8]) { self.bytes.append(contentsOf: bytes) }
}
