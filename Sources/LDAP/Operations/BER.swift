/// Writes the Basic Encoding Rules as LDAP uses them: definite lengths, minimal (RFC 4511 section 5.1).
///
/// Control values are a few octets; liblber's `ber_printf` is variadic and cannot be called from Swift.
internal struct BERWriter {
  internal private(set) var bytes: [UInt8] = []

  internal init() {}

  /// The octets of what `body` writes.
  internal static func encode(_ body: (inout BERWriter) -> Void) -> [UInt8] {
    var writer = BERWriter()
    body(&writer)
    return writer.bytes
  }

  /// Writes an element whose contents `body` writes.
  internal mutating func constructed(_ tag: UInt8, _ body: (inout BERWriter) -> Void) {
    primitive(tag, BERWriter.encode(body))
  }

  /// Writes an element of the given contents.
  internal mutating func primitive(_ tag: UInt8, _ contents: some Collection<UInt8>) {
    bytes.append(tag)
    if contents.count < 0x80 {
      bytes.append(UInt8(contents.count))
    } else {
      let octets = BERWriter.bigEndian(contents.count).drop { $0 == 0 }
      bytes.append(0x80 | UInt8(octets.count))
      bytes += octets
    }
    bytes += contents
  }

  internal mutating func octets(_ text: String, tag: UInt8 = BERTag.octetString) { primitive(tag, text.utf8) }

  internal mutating func integer(_ number: Int, tag: UInt8 = BERTag.integer) {
    var octets = BERWriter.bigEndian(number)[...]
    // The first nine bits must not all be equal (X.690 section 8.3.2).
    while octets.count > 1, let first = octets.first, let second = octets.dropFirst().first,
      (first == 0 && second < 0x80) || (first == 0xff && second >= 0x80)
    {
      octets = octets.dropFirst()
    }
    primitive(tag, octets)
  }

  internal mutating func boolean(_ flag: Bool, tag: UInt8 = BERTag.boolean) {
    primitive(tag, [flag ? 0xff : 0])
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
}

/// The universal tags that LDAP and X.509 use.
internal enum BERTag {
  internal static let boolean: UInt8 = 0x01
  internal static let integer: UInt8 = 0x02
  internal static let octetString: UInt8 = 0x04
  internal static let objectIdentifier: UInt8 = 0x06
  internal static let enumerated: UInt8 = 0x0a
  internal static let sequence: UInt8 = 0x30
  internal static let set: UInt8 = 0x31
}

/// Reads elements out of a buffer one after the other, with every length checked against what is there.
///
/// Holds no more than the buffer it was given, and only as long as that buffer holds. A buffer that is not BER
/// gives `nil`, never a read outside. Only tags of one octet and definite lengths are read: LDAP and DER have no other.
internal struct BERReader {
  private let buffer: UnsafeRawBufferPointer
  private var position = 0

  internal init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

  internal var isAtEnd: Bool { position >= buffer.count }

  /// The tag of the next element, without taking it.
  internal var peekedTag: UInt8? { position < buffer.count ? buffer[position] : nil }

  /// Takes the next element; `nil` at the end and where it is not sound.
  @inline(__always)
  internal mutating func next() -> (tag: UInt8, contents: UnsafeRawBufferPointer)? {
    let count = buffer.count
    guard position &+ 1 < count else { return nil }
    let tag = buffer[position]
    var length = Int(buffer[position &+ 1])
    var start = position &+ 2
    if length >= 0x80 {
      let octets = length & 0x7f
      guard octets > 0, octets <= 4, octets <= count &- start else { return nil }
      length = 0
      for index in start..<(start &+ octets) { length = length << 8 | Int(buffer[index]) }
      start = start &+ octets
    }
    guard length <= count &- start else { return nil }
    position = start &+ length
    return (tag, UnsafeRawBufferPointer(rebasing: buffer[start..<position]))
  }

  /// Takes the next element if it has the tag.
  @inline(__always)
  internal mutating func next(_ tag: UInt8) -> UnsafeRawBufferPointer? {
    guard peekedTag == tag else { return nil }
    return next()?.contents
  }

  /// Takes the next element if it has the tag, to read inside it.
  internal mutating func enter(_ tag: UInt8) -> BERReader? { next(tag).map { BERReader($0) } }

  internal mutating func integer(_ tag: UInt8 = BERTag.integer) -> Int? {
    guard let octets = next(tag), (1...8).contains(octets.count) else { return nil }
    return octets.dropFirst().reduce(Int(Int8(bitPattern: octets[0]))) { $0 << 8 | Int($1) }
  }

  /// Takes a BOOLEAN if one comes next.
  internal mutating func boolean(_ tag: UInt8 = BERTag.boolean) -> Bool? {
    next(tag).map { $0.contains { $0 != 0 } }
  }

  internal mutating func octets(_ tag: UInt8 = BERTag.octetString) -> [UInt8]? { next(tag).map { Array($0) } }
}
