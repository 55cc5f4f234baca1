import Crypto
import Directory

/// What a set of desired files was when it was sealed: a file that is cut, missing, changed or added, and an old set,
/// differ from it.
///
/// It is `manifest.json` in the folder of the set, one line of canonical JSON:
///
///     {"files":[{"name":"hr.ldif","octets":4711,"rows":12,"sha256":"…"}],
///      "formatVersion":1,"sealedAt":"2027-01-15T08:00:00.000Z","serial":7,"sha256":"…"}
///
/// The last `sha256` is that of the line without it. It tells a damaged manifest from a set that was changed; it is
/// no signature, and whoever may write to the folder can seal anew. What keeps an old set out is the serial, which
/// never goes below that of the last accepted run.
struct Manifest: Hashable, Sendable {
  static let name = "manifest.json"
  static let formatVersion = 1
  /// No manifest is larger, in octets.
  static let limit = 64 << 20

  struct File: Hashable, Sendable {
    /// Relative to the manifest's folder.
    var name: String
    var octets: Int
    /// Entries or rows in it.
    var rows: Int
    /// Lower-case hexadecimal.
    var sha256: String
  }

  /// Sorted by name.
  var files: [File]
  /// At least 1; grows with each sealing.
  var serial: Int
  /// UTC.
  var sealedAt: String

  /// SHA-256 over the names and hashes of the files.
  var setDigest: String { Manifest.digest(files.map { ($0.name, $0.sha256) }) }

  var seal: DesiredSummary.Seal { .init(serial: serial, sha256: setDigest) }

  /// SHA-256 over names and hashes in their order, so that neither a name nor a place can change unnoticed.
  static func digest(_ files: [(name: String, sha256: String)]) -> String {
    var sum = SHA256()
    for file in files { sum.update(data: Array("\(file.sha256)  \(file.name)\n".utf8)) }
    return String(decoding: sum.finalize().hexadecimal, as: UTF8.self)
  }
}

// The file.
extension Manifest {
  /// The file's content, line break included.
  var bytes: [UInt8] {
    var members = unsealed
    members["sha256"] = .string(Manifest.hash(unsealed))
    return Array((CanonicalJSON.object(members).text + "\n").utf8)
  }

  private var unsealed: [String: CanonicalJSON] {
    let files = files.map { file -> CanonicalJSON in
      [
        "name": .string(file.name), "octets": .number(file.octets), "rows": .number(file.rows),
        "sha256": .string(file.sha256),
      ]
    }
    return [
      "formatVersion": .number(Manifest.formatVersion), "serial": .number(serial),
      "sealedAt": .string(sealedAt), "files": .array(files),
    ]
  }

  private static func hash(_ members: [String: CanonicalJSON]) -> String {
    let text = CanonicalJSON.object(members).text
    return String(decoding: SHA256.hash(data: Array(text.utf8)).hexadecimal, as: UTF8.self)
  }

  /// Why octets are no manifest.
  struct Fault: Error, Hashable {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// Reads a manifest; only what ``bytes`` writes is one.
  init(parsing bytes: [UInt8]) throws(Fault) {
    guard bytes.last == 10 else { throw Fault("it does not end with a line break: its end is missing") }
    let json: CanonicalJSON
    do { json = try CanonicalJSON(parsing: Array(bytes.dropLast())) } catch {
      throw Fault(error.isAtEnd ? "its end is missing" : "it is no canonical JSON, at \(error)")
    }
    guard case .object(var members) = json else { throw Fault("it is no JSON object") }
    guard members["formatVersion"] == .number(Manifest.formatVersion) else {
      throw Fault("its version is not \(Manifest.formatVersion)")
    }
    guard case .string(let sum)? = members.removeValue(forKey: "sha256"), sum == Manifest.hash(members) else {
      throw Fault("its own checksum is wrong: somebody changed it")
    }
    guard case .number(let serial)? = members["serial"], serial > 0,
      case .string(let sealedAt)? = members["sealedAt"], case .array(let list)? = members["files"],
      members.count == 4
    else { throw Fault("its members are not those of a manifest") }
    self.serial = serial
    self.sealedAt = sealedAt
    files = []
    for item in list { files.append(try File(item)) }
    let names = files.map(\.name)
    guard zip(names, names.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw Fault("its files are not in order, or one is there twice")
    }
  }
}

extension Manifest.File {
  fileprivate init(_ json: CanonicalJSON) throws(Manifest.Fault) {
    guard case .object(let members) = json, members.count == 4,
      case .string(let name)? = members["name"], case .number(let octets)? = members["octets"],
      case .number(let rows)? = members["rows"], case .string(let sha256)? = members["sha256"],
      !name.isEmpty, octets > 0, rows >= 0, sha256.utf8.count == 64
    else { throw Manifest.Fault("one of its files is not described as a file is") }
    self.init(name: name, octets: octets, rows: rows, sha256: sha256)
  }
}
