import Crypto
import Directory
import Foundation

/// The desired files that ombuds have handed in, by care provider: every version that was taken, and the one in force.
///
/// `providers/HSAID/desired.yaml` is in force and read like any desired file; `providers/HSAID/7.yaml` is version 7,
/// and `7.json` says whose it is. A version is taken with its `json`; what a crash leaves without one was not.
package struct ProviderFiles: Sendable {
  package enum Format: String, Hashable, Sendable, Codable, CaseIterable {
    case yaml, ldif
  }

  /// A version that was taken.
  package struct Version: Hashable, Sendable, Codable {
    /// From 1, without gaps.
    package var serial: Int
    package var format: Format
    package var octets: Int
    package var rows: Int
    /// Hexadecimal.
    package var sha256: String
    package var actor: Actor
    package var time: Date
    package var note: String?
  }

  /// What somebody hands in.
  package struct Upload: Hashable, Sendable {
    package var octets: [UInt8]
    package var format: Format
    package var note: String?

    package init(_ octets: [UInt8], _ format: Format, note: String? = nil) {
      self.octets = octets
      self.format = format
      self.note = note
    }
  }

  /// The largest file that is taken, in octets.
  package static let largest = 8 << 20
  private let folder: String

  /// - Parameter store: the store's folder.
  package init(store: String) { folder = "\(store)/providers" }

  private func folder(of provider: HSAIdentity) -> String { "\(folder)/\(provider.normalForm)" }

  /// Where the file in force lies.
  package func current(_ provider: HSAIdentity, _ format: Format = .yaml) -> String {
    "\(folder(of: provider))/desired.\(format.rawValue)"
  }

  /// What finds the file in force, whatever its format.
  package func pattern(_ provider: HSAIdentity) -> String { "\(folder(of: provider))/desired.*" }

  private func path(_ provider: HSAIdentity, _ serial: Int, _ suffix: String) -> String {
    "\(folder(of: provider))/\(serial).\(suffix)"
  }

  /// The versions of a care provider, the newest first.
  package func versions(_ provider: HSAIdentity) throws(Refusal) -> [Version] {
    let path = folder(of: provider)
    // What cannot be looked at now is not empty.
    guard access(path, F_OK) == 0 || errno != ENOENT else { return [] }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw broken(provider, "")
    }
    var versions: [Version] = []
    for name in names where name.hasSuffix(".json") {
      guard let data = FileManager.default.contents(atPath: "\(path)/\(name)"),
        let version = try? ProviderFiles.decoder.decode(Version.self, from: data)
      else { throw broken(provider, name) }
      versions.append(version)
    }
    return versions.sorted { $0.serial > $1.serial }
  }

  /// The octets of a version, as they were handed in.
  package func octets(_ provider: HSAIdentity, _ version: Version) throws(Refusal) -> [UInt8] {
    let name = path(provider, version.serial, version.format.rawValue)
    guard let data = FileManager.default.contents(atPath: name),
      ProviderFiles.sum(Array(data)) == version.sha256
    else { throw broken(provider, "\(version.serial).\(version.format.rawValue)") }
    return Array(data)
  }

  /// Makes the folders, and an empty file where nothing has been handed in yet: so each first file is a change of one that
  /// is there. What a crash has left between a version and its being in force is put in force.
  package func prepare(_ providers: [HSAIdentity]) throws(Refusal) {
    for provider in providers {
      do {
        try FileManager.default.createDirectory(
          atPath: folder(of: provider), withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
      } catch {
        throw StoreFault.refusal(errno: errno, "making a care provider's folder", folder)
      }
      guard let newest = try versions(provider).first else {
        try putInForce(Array("persons: []\n".utf8), .yaml, provider, ifOther: true)
        continue
      }
      try putInForce(try octets(provider, newest), newest.format, provider, ifOther: true)
    }
  }

  /// Takes a file as the next version, and puts it in force.
  package func take(
    _ upload: Upload, rows: Int, for provider: HSAIdentity, by actor: Actor, at time: Date
  ) throws(Refusal) -> Version {
    let serial = (try versions(provider).first?.serial ?? 0) + 1
    let version = Version(
      serial: serial, format: upload.format, octets: upload.octets.count, rows: rows,
      sha256: ProviderFiles.sum(upload.octets), actor: actor, time: time, note: upload.note)
    guard let record = try? ProviderFiles.encoder.encode(version) else { throw broken(provider, "\(serial)") }
    try put(upload.octets, path(provider, serial, upload.format.rawValue))
    try put(Array(record), path(provider, serial, "json"))
    try putInForce(upload.octets, upload.format, provider)
    return version
  }

  private func putInForce(
    _ octets: [UInt8], _ format: Format, _ provider: HSAIdentity, ifOther isSpared: Bool = false
  ) throws(Refusal) {
    let path = current(provider, format)
    let isThere = isSpared && FileManager.default.contents(atPath: path).map { Array($0) == octets } == true
    if !isThere { try put(octets, path) }
    for other in Format.allCases where other != format { unlink(current(provider, other)) }
  }

  private func put(_ octets: [UInt8], _ path: String) throws(Refusal) {
    do { try FilePlace(path).put(octets) } catch {
      let code =
        switch error {
        case .notWritten(let code), .notConfirmed(let code): code
        }
      throw StoreFault.refusal(errno: code, "writing a care provider's file", folder)
    }
  }

  private func broken(_ provider: HSAIdentity, _ name: String) -> Refusal {
    Refusal(
      .storeUnavailable, .tryAgain, "\(folder(of: provider))/\(name) is not as it was written",
      advice: "restore the folder `providers` of the store from a backup")
  }

  private static func sum(_ octets: [UInt8]) -> String {
    SHA256.hash(data: octets).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys]
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }
}
