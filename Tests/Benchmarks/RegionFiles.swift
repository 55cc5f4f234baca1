import Foundation
import LDAP
import TestKit

/// Writes a region as the files that servers, tools and hsasync read.
struct RegionFiles {
  let region: Region
  let folder: TemporaryFolder

  /// The directory's content, for slapadd: conf/slapd/base.ldif and what lies below it.
  func writeDirectory() throws -> String {
    let output = try LDIFFile(folder.path("directory.ldif"))
    try output.write(bytes: Repository.bytes("conf/slapd/base.ldif") + Array("\n".utf8))
    try eachEntry { entry, _ in
      var entry = entry
      // What the server makes and nobody owns.
      if !entry["fullName"].isEmpty {
        entry["hsaSimpleSearch"] = entry["fullName"].map { Value(($0.text ?? "").uppercased()) }
      }
      try output.write { $0.append(entry) }
    }
    return try output.close()
  }

  /// The desired state that the directory fulfils.
  ///
  /// - Parameter unit: whose staff is left out, for a file of their own.
  func writeDesired(without unit: Int? = nil) throws -> String {
    let output = try LDIFFile(folder.path("desired.ldif"))
    let staff = unit.map { region.staff(of: $0) }
    try eachEntry { entry, sort in
      if case .person(let number) = sort, staff?.contains(number) == true { return }
      try output.write { $0.append(entry) }
    }
    return try output.close()
  }

  /// The desired state after the changes.
  func writeChanged(_ changes: RegionChanges) throws -> String {
    let output = try LDIFFile(folder.path("changed.ldif"))
    try eachEntry { entry, sort in
      try output.write { $0.append(changes.result(entry, sort)) }
    }
    try eachNewcomer(changes) { entry in try output.write { $0.append(entry) } }
    return try output.close()
  }

  /// The changes as change records, for ldapmodify.
  func writeChanges(_ changes: RegionChanges) throws -> String {
    let output = try LDIFFile(folder.path("changes.ldif"))
    try eachEntry { entry, sort in
      guard let operation = changes.operation(entry, sort) else { return }
      try output.write { $0.append(operation) }
    }
    try eachNewcomer(changes) { entry in try output.write { $0.append(.add(entry)) } }
    return try output.close()
  }

  /// A role for everybody as change records, for ldapmodify; gives how many.
  func writeGrants(_ role: String) throws -> (file: String, count: Int) {
    let output = try LDIFFile(folder.path("grants.ldif"))
    var count = 0
    try eachEntry { entry, sort in
      guard case .person = sort else { return }
      count += 1
      let grant = Modification(.add, "hsaSystemRole", [Value(role)])
      try output.write { $0.append(.modify(entry.dn, [grant])) }
    }
    return (try output.close(), count)
  }

  enum Sort {
    case unit
    case person(Int)
    case function(Int)
    case commission(Int)
  }

  private func eachEntry(_ body: (Entry, Sort) throws -> Void) rethrows {
    for unit in 0..<region.units { try body(region.unitEntry(unit), .unit) }
    for unit in 0..<region.units {
      let name = region.name(of: unit)
      let people = region.people(of: unit)
      let manager = people.first.map { name.child(RelativeDistinguishedName("cn", Value($0.name))) }
      for (place, person) in people.enumerated() {
        try body(
          region.personEntry(person, unit: name, manager: place == 0 ? nil : manager), .person(person.number))
      }
    }
    for number in 0..<region.functions { try body(region.functionEntry(number), .function(number)) }
    for number in 0..<region.commissions { try body(region.commissionEntry(number), .commission(number)) }
  }

  private func eachNewcomer(_ changes: RegionChanges, _ body: (Entry) throws -> Void) rethrows {
    for (unit, numbers) in changes.newcomers.sorted(by: { $0.key < $1.key }) {
      for number in numbers {
        var seed = Seed(region.seed, 2, number)
        let (given, family) = (seed.pick(Words.given), seed.pick(Words.family))
        let person = Person(
          number: number, given: given, family: family, name: "\(given) \(family) \(number)")
        try body(region.personEntry(person, unit: region.name(of: unit), manager: nil))
      }
    }
  }
}

extension RegionChanges {
  /// The entry as it shall be.
  func result(_ entry: Entry, _ sort: RegionFiles.Sort) -> Entry {
    switch operation(entry, sort) {
    case .modify(_, let modifications): return entry.applying(modifications)
    case .rename(_, let rdn, _, .some(let superior)):
      return Entry(dn: superior.child(rdn), attributes: entry.attributes)
    default: return entry
    }
  }

  /// The write that makes it so; `nil` when nothing changes.
  func operation(_ entry: Entry, _ sort: RegionFiles.Sort) -> WriteOperation? {
    switch sort {
    case .person(let number):
      if case .move(let unit) = persons[number], let rdn = entry.dn.rdns.first {
        return .rename(entry.dn, newRDN: rdn, deleteOldRDN: false, newSuperior: region.name(of: unit))
      }
      let modifications = modifications(of: number, entry)
      return modifications.isEmpty ? nil : .modify(entry.dn, modifications)
    case .function(let number) where functions.contains(number):
      return .modify(entry.dn, functionModifications(number))
    case .commission(let number) where commissions.contains(number):
      return .modify(entry.dn, commissionModifications(entry, number))
    default: return nil
    }
  }
}

/// A file that is written piece by piece.
final class LDIFFile {
  let path: String
  private let handle: FileHandle
  private var writer = LDIFWriter()

  init(_ path: String) throws {
    self.path = path
    try Data().write(to: URL(filePath: path))
    handle = try FileHandle(forWritingTo: URL(filePath: path))
  }

  func write(bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

  func write(_ body: (inout LDIFWriter) -> Void) throws {
    body(&writer)
    if writer.bytes.count > 1 << 20 { try write(bytes: writer.takeBytes()) }
  }

  /// Gives the path.
  func close() throws -> String {
    try write(bytes: writer.takeBytes())
    try handle.close()
    return path
  }
}
