import Foundation

/// A block of PEM: what stands between a BEGIN and its END.
///
/// RFC 7468, sections 2 and 3. swift-asn1's reader passes over a block whose BEGIN is followed by a blank; here
/// every line that begins with five hyphens must be understood, so that nothing is left out in silence.
struct PEMBlock: Hashable, Sendable {
  let label: String
  let der: [UInt8]

  /// Those of a file, in order; text around them is passed over.
  static func all(in bytes: [UInt8]) throws(CertificateFileFault) -> [PEMBlock] {
    var blocks: [PEMBlock] = []
    var label: String?
    var digits: [UInt8] = []
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      guard line.starts(with: hyphens) else {
        if label != nil { digits.append(contentsOf: line) }
        continue
      }
      let boundary = try Boundary(line)
      guard boundary.isEnd == (label != nil), label == nil || label == boundary.label else { throw malformed }
      if boundary.isEnd {
        blocks.append(try PEMBlock(label: boundary.label, digits: digits))
        digits.removeAll()
      }
      label = boundary.isEnd ? nil : boundary.label
    }
    guard label == nil else { throw malformed }
    return blocks
  }

  private init(label: String, digits: [UInt8]) throws(CertificateFileFault) {
    guard let der = Data(base64Encoded: Data(digits)), !der.isEmpty else { throw PEMBlock.malformed }
    self.label = label
    self.der = Array(der)
  }

  private static let hyphens = Array("-----".utf8)
  private static let malformed = CertificateFileFault("it is not well-formed PEM")

  private struct Boundary {
    let isEnd: Bool
    let label: String

    init(_ line: ArraySlice<UInt8>) throws(CertificateFileFault) {
      let text = String(decoding: line, as: UTF8.self)
      let isEnd = text.hasPrefix("-----END ")
      let start = isEnd ? "-----END " : "-----BEGIN "
      guard text.hasPrefix(start), text.hasSuffix("-----"), text.count > start.count + 5 else {
        throw malformed
      }
      self.isEnd = isEnd
      label = String(text.dropFirst(start.count).dropLast(5))
    }
  }
}
