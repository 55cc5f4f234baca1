/// One element of DER: a tag and what it holds, as places in the whole.
///
/// ITU-T X.690, section 8.1.
struct DERElement: Hashable, Sendable {
  let tag: UInt8
  let content: Range<Int>
  /// Tag and length too.
  let whole: Range<Int>
}

/// What ASN.1 calls the kinds of element that certificates and revocation lists are made of.
enum DERTag {
  static let boolean: UInt8 = 0x01
  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let octetString: UInt8 = 0x04
  static let objectIdentifier: UInt8 = 0x06
  static let utcTime: UInt8 = 0x17
  static let generalizedTime: UInt8 = 0x18
  static let sequence: UInt8 = 0x30

  /// `[number] EXPLICIT`.
  static func explicit(_ number: UInt8) -> UInt8 { 0xA0 | number }
}

/// The octets are not the DER that was expected.
struct DERFault: Error, Hashable, Sendable {}

/// Walks over elements side by side in DER, strictly, without building a tree.
///
/// SwiftASN1 makes some hundred octets of nodes for each element; a revocation list has millions of elements.
/// ITU-T X.690, sections 8.1 and 10.1.
struct DERReader {
  let bytes: [UInt8]
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8]) { self.init(bytes, bytes.indices) }

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position >= end }
  var nextTag: UInt8? { isAtEnd ? nil : bytes[position] }

  /// The next element, whatever it is.
  mutating func next() throws(DERFault) -> DERElement {
    let start = position
    let tag = try octet()
    // A tag in several octets (all five low bits set) stands nowhere in what is read here.
    guard tag & 0x1F != 0x1F else { throw DERFault() }
    let length = try contentLength()
    guard length <= end - position else { throw DERFault() }
    let content = position..<position + length
    position = content.upperBound
    return DERElement(tag: tag, content: content, whole: start..<content.upperBound)
  }

  /// The next element, which must have this tag.
  mutating func next(_ tag: UInt8) throws(DERFault) -> DERElement {
    guard nextTag == tag else { throw DERFault() }
    return try next()
  }

  /// The next element when it has this tag.
  mutating func nextIf(_ tag: UInt8) throws(DERFault) -> DERElement? {
    nextTag == tag ? try next() : nil
  }

  /// A reader of what an element with this tag holds.
  mutating func enter(_ tag: UInt8) throws(DERFault) -> DERReader { DERReader(bytes, try next(tag).content) }

  /// That nothing follows.
  func finish() throws(DERFault) {
    guard isAtEnd else { throw DERFault() }
  }

  private mutating func octet() throws(DERFault) -> UInt8 {
    guard position < end else { throw DERFault() }
    defer { position += 1 }
    return bytes[position]
  }

  /// A length must be definite and as short as can be, or the same thing could be written in several ways.
  private mutating func contentLength() throws(DERFault) -> Int {
    let first = try octet()
    guard first >= 0x80 else { return Int(first) }
    guard (0x81...0x84).contains(first) else { throw DERFault() }
    var length = 0
    for _ in 0x80..<first { length = length << 8 | Int(try octet()) }
    let shortest = first == 0x81 ? 0x80 : 1 << (8 * (Int(first) - 0x81))
    guard length >= shortest else { throw DERFault() }
    return length
  }
}
