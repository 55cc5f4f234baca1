import Directory
import Foundation

/// A file of roles: a line that says what follows, and a line for each assignment (JSON Lines).
struct RoleFile {
  /// The first line.
  struct Header: Hashable, Codable {
    var format: String
    /// Counted from 1, one more each time it is written.
    var generation: Int
    /// SHA-256 of all octets after the first line, in hexadecimal.
    var digest: String
    /// How many lines follow.
    var count: Int
    /// When it was written, RFC 3339 in UTC.
    var written: String
    /// The digest of the rules that gave what was added last.
    var rules: String
  }

  static let format = "hsasync-roles-1"
  /// The most octets of one file.
  static let limit = 1 << 30

  /// 0: there is no file yet.
  var generation: Int
  var records: [RoleRecord]

  /// What the file of the next generation holds.
  func bytes(rules: String, written: Date) -> [UInt8] {
    let octets = RoleFile.lines(records)
    return RoleFile.header(generation + 1, octets, records.count, rules, written) + octets
  }

  /// The lines of records, in order.
  static func lines(_ records: [RoleRecord]) -> [UInt8] {
    var body = ""
    for record in records.inOrder {
      record.json.write(to: &body)
      body += "\n"
    }
    return Array(body.utf8)
  }

  /// The first line, for what follows it.
  static func header(
    _ generation: Int, _ octets: [UInt8], _ count: Int, _ rules: String, _ written: Date
  ) -> [UInt8] {
    let header: CanonicalJSON = [
      "format": .string(format), "generation": .number(generation),
      "digest": .string(FileSum.of(octets).sha256), "count": .number(count),
      "written": .string(RoleRecord.text(written)), "rules": .string(rules),
    ]
    return Array((header.text + "\n").utf8)
  }

  /// Whether the records stand by person, so that one person's are found among many.
  var isInOrder: Bool {
    zip(records, records.dropFirst()).allSatisfy {
      HSAIdentity.normalForm($0.person) <= HSAIdentity.normalForm($1.person)
    }
  }
}

// Reading.
extension RoleFile {
  /// Reads a file whole; one that is not there holds nothing.
  static func read(_ path: String) throws(RoleTargetFault) -> RoleFile {
    let none = RoleFile(generation: 0, records: [])
    switch FilePlace(path).state {
    case .missing: return none
    case .regular: break
    case .other:
      throw RoleTargetFault(
        .unsuitable, "the file of roles is no regular file; put none but a regular file there")
    case .hidden(let code): throw RoleTargetFault(.unavailable, "it cannot be looked at (\(code.errnoName))")
    }
    let bytes: [UInt8]
    do {
      bytes = try RegularFile(path).contents(limit: limit)
    } catch {
      if error == .missing { return none }
      throw RoleTargetFault(reading: error)
    }
    return try RoleFile(parsing: bytes)
  }

  private init(parsing bytes: [UInt8]) throws(RoleTargetFault) {
    guard let end = bytes.firstIndex(of: 0x0A), bytes.last == 0x0A else { throw .broken("it is cut off") }
    let body = bytes[(end + 1)...]
    guard let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[..<end])) else {
      throw .broken("its first line is not that of a file of roles")
    }
    guard header.format == Self.format, header.generation > 0 else {
      throw .broken("it has another format")
    }
    guard header.digest == FileSum.of(Array(body)).sha256 else {
      throw .broken("its content is not what its digest says")
    }
    records = try RoleFile.records(in: body)
    guard records.count == header.count else { throw .broken("it has not as many lines as it says") }
    generation = header.generation
  }

  private static func records(in body: ArraySlice<UInt8>) throws(RoleTargetFault) -> [RoleRecord] {
    let decoder = JSONDecoder()
    var records: [RoleRecord] = []
    for line in body.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      guard let record = RoleRecord(line: line, decoder) else {
        throw .broken("line \(records.count + 2) is no assignment as it is written there")
      }
      records.append(record)
    }
    return records
  }
}

extension RoleTargetFault {
  fileprivate static func broken(_ reason: String) -> RoleTargetFault {
    RoleTargetFault(
      .malformed,
      "the file of roles is broken: \(reason); move it away, and it is written anew with all that is due")
  }

  fileprivate init(reading fault: RegularFile.Fault) {
    switch fault {
    case .notPermitted:
      self.init(.notPermitted, "the file of roles may not be read; give the agent the right to")
    case .folder, .notRegular, .linkLoop:
      self.init(.unsuitable, "the file of roles is no regular file; put none but a regular file there")
    case .empty: self = .broken("it is empty")
    case .tooLarge: self = .broken("it is too large")
    case .changedWhileRead:
      self.init(.unavailable, "somebody wrote the file of roles while it was read; let nobody else write it")
    case .missing, .system: self.init(.unavailable, "the file of roles cannot be read; look at the disk")
    }
  }
}
