import Directory
import Foundation
import LDAP
import TestKit

@testable import Reconciler

/// A folder of desired files that somebody edits, one seeded edit after another.
struct DesiredSetBench {
  /// One row of a file, as it is written.
  struct Row: Hashable {
    var kind: Kind
    var id: String?
    var parent: String
    var attributes: [String: String]
  }

  /// One YAML file.
  struct File: Hashable {
    var declaration = ""
    var comments = 0
    var rows: [Row] = []
    /// What makes it no YAML.
    var damage = ""

    var text: String {
      var lines = Array(repeating: "# a line that moves the others", count: comments)
      if !declaration.isEmpty { lines.append(declaration) }
      for kind in Kind.allCases {
        let own = rows.filter { $0.kind == kind }
        if !own.isEmpty { lines.append("\(kind.listKey):") }
        lines += own.map(\.text)
      }
      if rows.isEmpty { lines.append("functions: []") }
      return lines.joined(separator: "\n") + "\n" + damage
    }
  }

  static let instant = Date(timeIntervalSince1970: 1_800_000_000)
  let folder: TemporaryFolder
  var configuration: Configuration
  let schema: Schema
  var files: [String: File] = [:]
  /// The LDIF file's persons: name and title.
  var bulk: [(id: String, title: String)] = []
  private var generator: SeededGenerator
  private var next = 0

  init(seed: UInt64) throws {
    folder = try TemporaryFolder()
    generator = SeededGenerator(seed: seed)
    let environment = ["HSASYNC_URL": "ldapi://%2Fnone", "CREDENTIALS_DIRECTORY": "/none"]
    configuration = try Configuration.load(Repository.path("conf/hsasync.yaml"), environment: environment)
    let place = SourcePosition(file: "hsasync.yaml", line: 7)
    configuration.desired = [.init(paths: [folder.path("set")], position: place)]
    schema = try configuration.offlineSchema()
    for number in 0..<6 { files["clinic-\(number).yaml"] = clinic(number) }
    files["structure.yaml"] = File(rows: (0..<4).map { unit($0) })
    bulk = (0..<8).map { ("SE2321000016-H\($0)", "Kurator") }
    try write()
  }

  private func unit(_ number: Int) -> Row {
    Row(
      kind: .unit, id: "SE2321000016-U\(number)",
      parent: number == 0 ? "SE2321000016-1000" : "SE2321000016-U\(number / 2)",
      attributes: ["ou": "Enhet \(number)"])
  }

  private mutating func clinic(_ number: Int) -> File {
    var file = File()
    for _ in 0..<Int.random(in: 3...8, using: &generator) { file.rows.append(person(in: number)) }
    file.rows.append(
      Row(
        kind: .commission, id: fresh("C"), parent: "SE2321000016-U\(number % 4)",
        attributes: [
          "cn": "Uppdrag", "members": "[{person: \(file.rows[0].id ?? "")}]",
        ]))
    return file
  }

  private mutating func fresh(_ letter: String) -> String {
    next += 1
    return "SE2321000016-\(letter)\(next)"
  }

  private mutating func person(in number: Int) -> Row {
    let id = fresh("P")
    return Row(
      kind: .person, id: id, parent: "SE2321000016-U\(number % 4)",
      attributes: ["givenName": "Anna", "sn": "Berg", "title": "Läkare", "mail": "\(id.suffix(4))@a.example"])
  }

  /// Whether files are put in place by renaming.
  var renames = false

  /// Writes what has changed; an unchanged file stays as it is.
  func write() throws {
    for (name, file) in files where folder.text("set/\(name)") != file.text {
      try put("set/\(name)", file.text)
    }
    let present = try FileManager.default.contentsOfDirectory(atPath: folder.path("set"))
    for name in present where files[name] == nil && name.hasSuffix(".yaml") {
      try FileManager.default.removeItem(atPath: folder.path("set/\(name)"))
    }
    let ldif = bulk.map { Self.record($0.id, $0.title) }.joined()
    if !bulk.isEmpty, folder.text("set/hr.ldif") != ldif { try put("set/hr.ldif", ldif) }
  }

  private func put(_ name: String, _ text: String) throws {
    guard renames else { return _ = try folder.write(name, text) }
    try folder.write("next", text)
    guard rename(folder.path("next"), folder.path(name)) == 0 else { throw Failure("errno \(errno)") }
  }

  private static func record(_ id: String, _ title: String) -> String {
    """
    dn: cn=Person \(id),ou=Enhet,o=Region Exempel,c=SE
    objectClass: person
    objectClass: hsaPersonExtension
    cn: Person \(id)
    sn: Person
    hsaIdentity: \(id)
    title: \(title)


    """
  }

  func load() -> DesiredSet { DesiredSet.load(configuration, schema: schema, at: Self.instant) }
}

extension DesiredSetBench.Row {
  fileprivate var text: String {
    var parts = id.map { ["hsaIdentity: \($0)"] } ?? []
    if !parent.isEmpty { parts.append("parent: \(parent)") }
    parts += attributes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return "  - {\(parts.joined(separator: ", "))}"
  }
}

// The edits.
extension DesiredSetBench {
  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &generator) < percent
  }

  private mutating func pick(_ suffix: String = ".yaml") -> String {
    files.keys.filter { $0.hasSuffix(suffix) }.sorted().randomElement(using: &generator) ?? "clinic-0.yaml"
  }

  private mutating func place(in file: String) -> Int? {
    files[file]?.rows.indices.randomElement(using: &generator)
  }

  /// Does one thing that people do to files; gives what it was.
  mutating func edit() throws -> String {
    let done = change()
    try write()
    return done
  }

  private mutating func change() -> String {
    let file = pick()
    switch Int.random(in: 0..<20, using: &generator) {
    case 0...4: return set("title", "Titel \(Int.random(in: 0..<5, using: &generator))", in: file)
    case 5: return set("ou", "Enhet \(Int.random(in: 0..<99, using: &generator))", in: "structure.yaml")
    case 6: return addRow(file)
    case 7: return removeRow(file)
    case 8: return moveRow(from: file, to: pick())
    case 9:
      files[file]?.comments += 1
      return "comment in \(file)"
    case 10:
      let isDamaged = files[file]?.damage != ""
      files[file]?.damage = isDamaged ? "" : "persons: ["
      return "damage \(file)"
    case 11: return declare(file)
    case 12: return set("manager", "cn=Nobody", in: file)
    case 13: return set("hsaHealthCareUnitManager", "SE2321000016-P\(next + 2)", in: "structure.yaml")
    case 14: return set("mail", "anna@a.example", in: file)
    case 15: return set("nickName", "Lillan", in: file)
    case 16: return changeBulk()
    case 17: return changeFiles()
    case 18: return repair()
    default: return set("parent", "SE2321000016-U\(Int.random(in: 0..<6, using: &generator))", in: file)
    }
  }

  private mutating func set(_ name: String, _ value: String, in file: String) -> String {
    guard let row = place(in: file) else { return "nothing in \(file)" }
    if name == "parent" {
      files[file]?.rows[row].parent = value
    } else if files[file]?.rows[row].attributes[name] == value {
      files[file]?.rows[row].attributes[name] = nil
    } else {
      files[file]?.rows[row].attributes[name] = value
    }
    return "\(name) in row \(row) of \(file)"
  }

  private mutating func addRow(_ file: String) -> String {
    var row = person(in: Int.random(in: 0..<4, using: &generator))
    if chance(10) {
      row.id = nil
      row.attributes["hsaSyncId"] = "HR-\(next)"
    }
    let place = place(in: file) ?? 0
    files[file]?.rows.insert(row, at: place)
    return "row added to \(file)"
  }

  private mutating func removeRow(_ file: String) -> String {
    guard let row = place(in: file) else { return "nothing in \(file)" }
    files[file]?.rows.remove(at: row)
    return "row \(row) removed from \(file)"
  }

  /// Sometimes the row is forgotten where it was.
  private mutating func moveRow(from file: String, to other: String) -> String {
    guard let at = place(in: file), let row = files[file]?.rows[at] else { return "nothing in \(file)" }
    if !chance(15) { files[file]?.rows.remove(at: at) }
    files[other]?.rows.append(row)
    return "row \(at) of \(file) to \(other)"
  }

  private mutating func declare(_ file: String) -> String {
    let all = ["", "complete: {kinds: [person], under: SE2321000016-U1}", "provides: [title]"]
    files[file]?.declaration = all.randomElement(using: &generator) ?? ""
    return "declaration of \(file)"
  }

  private mutating func changeBulk() -> String {
    let row = Int.random(in: 0..<bulk.count, using: &generator)
    let isKurator = bulk[row].title == "Kurator"
    bulk[row].title = isKurator ? "Chef" : "Kurator"
    return "record \(row) of hr.ldif"
  }

  private mutating func changeFiles() -> String {
    if files.count > 5 {
      let name = pick()
      guard name != "structure.yaml" else { return "nothing" }
      files[name] = nil
      return "\(name) removed"
    }
    next += 1
    files["clinic-\(next).yaml"] = clinic(next)
    return "clinic-\(next).yaml added"
  }

  /// Makes everything right again.
  private mutating func repair() -> String {
    var seen: Set<String> = []
    for name in files.keys.sorted() {
      files[name]?.damage = ""
      files[name]?.declaration = ""
      var kept = files[name]?.rows ?? []
      kept.removeAll { row in row.id.map { !seen.insert($0).inserted } ?? false }
      files[name]?.rows = kept
      let all = files[name]?.rows.indices ?? 0..<0
      for row in all {
        let id = files[name]?.rows[row].id ?? "\(row)-\(name)"
        let mail = "\(id.suffix(4))@a.example"
        if files[name]?.rows[row].kind == .person { files[name]?.rows[row].attributes["mail"] = mail }
        files[name]?.rows[row].attributes["manager"] = nil
      }
    }
    let units = (0..<4).map { unit($0) }
    files["structure.yaml"]?.rows = units
    return "all put right"
  }
}

extension DesiredState {
  /// Each row as a text that has all that it says and where, without the numbers under which it is kept.
  var told: [String] {
    table.withRows { view in
      rows.indices.map { index in
        let row = rows[index]
        let parent = row.parent == DesiredState.noParent ? "-" : "\(parents[Int(row.parent)])"
        let source = sources[Int(row.source)]
        let attributes = view.attributes(of: index).map { attribute in
          let values = view.values(of: attribute).enumerated().map { ordinal, value in
            String(decoding: view.bytes(of: value), as: UTF8.self)
              + "@\(position(of: index, attribute: attribute, value: ordinal, in: view))"
          }
          return "\(table.names[view.name(of: attribute)])=\(values)"
        }
        let dn = String(decoding: view.dn(of: index), as: UTF8.self)
        return "\(row.kind) \(position(of: index)) \(source.name) \(files[Int(row.file)]) under \(parent) "
          + "\(row.hasIdentity) \(row.hasName) \(dn) \(attributes)"
      }
    }
  }

  /// What each HSA-id's row wants, wherever it is written.
  var wantedByIdentity: [String: String] {
    var result: [String: String] = [:]
    table.withRows { view in
      for index in rows.indices {
        guard let identity = identity(of: index) else { continue }
        let row = rows[index]
        let parent = row.parent == DesiredState.noParent ? "-" : "\(parents[Int(row.parent)])"
        let attributes = view.attributes(of: index).map { attribute in
          let values = view.values(of: attribute).map { String(decoding: view.bytes(of: $0), as: UTF8.self) }
          return "\(table.names[view.name(of: attribute)])=\(values)"
        }
        result[identity.normalForm] = "\(row.kind) \(parent) \(attributes.sorted())"
      }
    }
    return result
  }
}
