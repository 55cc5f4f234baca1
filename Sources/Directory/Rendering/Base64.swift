import Foundation

/// RFC 4648 section 4, for values that are no text.
enum Base64 {
  static func decode(_ text: String) -> [UInt8]? {
    let compact = text.utf8.filter { $0 != 0x20 && $0 != 0x0A }
    return Data(base64Encoded: Data(compact)).map { Array($0) }
  }

  static func encode(_ bytes: UnsafeRawBufferPointer) -> String { Data(bytes).base64EncodedString() }
}
