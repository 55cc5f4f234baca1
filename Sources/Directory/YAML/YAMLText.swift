/// What the octets of a YAML file must be before a parser sees them.
enum YAMLText {
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The first octets that are no text, with their place.
  static func fault(in bytes: ArraySlice<UInt8>, file: String) -> Finding? {
    let hasControl = bytes.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 || $0 == 0x7F }
    guard hasControl || String(validating: bytes, as: UTF8.self) == nil else { return nil }
    return locate(in: bytes, file: file)
  }

  private static func locate(in bytes: ArraySlice<UInt8>, file: String) -> Finding? {
    var parser = Unicode.UTF8.ForwardParser()
    var octets = bytes.makeIterator()
    var place = SourcePosition(file: file, line: 1, column: 1)
    while true {
      switch parser.parseScalar(from: &octets) {
      case .emptyInput: return nil
      case .error:
        return notUTF8(
          at: place, isUTF16: bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]))
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded).value
        if scalar == 0x0A {
          place.line += 1
          place.column = 1
        } else if scalar < 0x20 && scalar != 0x0D && scalar != 0x09 || scalar == 0x7F {
          return control(scalar, at: place)
        } else {
          place.column += 1
        }
      }
    }
  }

  private static func notUTF8(at place: SourcePosition, isUTF16: Bool) -> Finding {
    Finding(
      "yaml-not-utf8", at: place,
      isUTF16 ? "the file is UTF-16, not UTF-8" : "the text is not valid UTF-8 here",
      advice: "save the file as UTF-8")
  }

  private static func control(_ scalar: UInt32, at place: SourcePosition) -> Finding {
    let name = scalar == 0 ? "a NUL" : "a control character (\(scalar))"
    return Finding(
      "yaml-control-character", at: place, "the text holds \(name), which no text file has",
      advice: "look whether the file was written to its end, and deliver it again")
  }
}
