import Foundation

/// How values are written on the control socket: keys sorted, instants with milliseconds (RFC 3339).
enum ControlJSON {
  private static let instant = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  static func bytes(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(date.formatted(instant))
    }
    return Array(try encoder.encode(value))
  }

  static func value<Value: Decodable>(_ type: Value.Type = Value.self, from bytes: some Sequence<UInt8>)
    throws
    -> Value
  {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
      try instant.parse(decoder.singleValueContainer().decode(String.self))
    }
    return try decoder.decode(type, from: Data(bytes))
  }
}
