import Directory
import Foundation

/// Some persons' lines of a sound file, and the file with other lines in their place.
struct RoleFileSome {
  /// Where each person's lines stand, in the file's order.
  private var ranges: [(person: HSAIdentity, range: Range<Int>)] = []
  private let header: RoleFile.Header
  /// The lines, as a file of their own.
  private(set) var file: RoleFile

  /// - Returns: `nil` when the file must be read whole.
  init?(_ persons: Set<HSAIdentity>, of lines: borrowing RoleFileLines) {
    guard let header = try? JSONDecoder().decode(RoleFile.Header.self, from: Data(lines.header)) else {
      return nil
    }
    self.header = header
    file = RoleFile(generation: header.generation, records: [])
    for person in persons.sorted() {
      guard let found = lines.records(of: person) else { return nil }
      ranges.append((person, found.range))
      file.records += found.records
    }
  }

  /// What the file of the next generation holds when these persons have other records.
  ///
  /// - Parameter records: of these persons, and nobody else.
  /// - Returns: `nil` when the file cannot be read, or is another than it was.
  func bytes(
    with records: [RoleRecord], in lines: borrowing RoleFileLines, rules: String, written: Date
  ) -> [UInt8]? {
    guard let body = lines.octets(lines.body), FileSum.of(body).sha256 == header.digest else { return nil }
    let byPerson = Dictionary(grouping: records) { HSAIdentity($0.person) }
    var octets: [UInt8] = []
    octets.reserveCapacity(body.count + records.count * 512)
    var position = lines.body.lowerBound
    for (person, range) in ranges {
      octets += body[(position - lines.body.lowerBound)..<(range.lowerBound - lines.body.lowerBound)]
      octets += RoleFile.lines(byPerson[person] ?? [])
      position = range.upperBound
    }
    octets += body[(position - lines.body.lowerBound)...]
    let count = header.count - file.records.count + records.count
    return RoleFile.header(header.generation + 1, octets, count, rules, written) + octets
  }
}
