import Directory
import Foundation

/// A manifest that was made and is to be put in place.
package struct SealedFolder: Sendable {
  /// The manifest's file.
  package var path: String
  package var bytes: [UInt8]
  /// The folder as the configuration writes it.
  package var folder: String
  package var serial: Int
  package var files: Int
  package var rows: Int
  /// SHA-256 over the names and hashes of its files.
  package var sha256: String
}

extension Configuration {
  /// Makes the manifests of all sets of desired files, or of those in some folders.
  ///
  /// - Parameters:
  ///   - serial: the serial of all; without it one more than the highest that any of them had.
  ///   - folders: as the configuration writes them, or as paths; empty: all.
  ///   - accepted: the desired state of the last accepted run, below whose serials none is made.
  ///   - instant: now.
  /// - Throws: ``Refusal`` when a file cannot be read rightly (a seal says that the set is whole), when the serial is
  ///   used, or when a folder is none of the configuration's.
  package func seal(
    serial: Int? = nil, folders: [String] = [], accepted: DesiredSummary? = nil, at instant: Date
  ) throws(Refusal) -> [SealedFolder] {
    let loaded = loadDesired(schema: try offlineSchema(), checksManifests: false)
    if loaded.findings.haveErrors { throw Refusal(desiredStateWrong: loaded.findings) }
    let sets = try select(folders, from: SealedSet.all(DesiredFiles.find(desired), self))
    var manifests = sets.map { set in
      Manifest(
        files: loaded.contents.filter { $0.root == set.root }.map(\.file).sorted { $0.name < $1.name },
        serial: 0, sealedAt: AuditTime.text(instant))
    }
    let serial = try choose(serial, zip(sets, manifests).map { ($0, $1.setDigest) }, accepted)
    for index in manifests.indices { manifests[index].serial = serial }
    return zip(sets, manifests).map { set, manifest in
      SealedFolder(
        path: set.manifestPath, bytes: manifest.bytes, folder: set.name, serial: serial,
        files: manifest.files.count, rows: manifest.files.reduce(0) { $0 + $1.rows },
        sha256: manifest.setDigest)
    }
  }

  private func select(_ folders: [String], from sets: [SealedSet]) throws(Refusal) -> [SealedSet] {
    guard !folders.isEmpty else { return sets }
    var selected: [SealedSet] = []
    for folder in folders {
      let root = DesiredFiles.normal(folder)
      guard let set = sets.first(where: { $0.name == root || $0.root == root }) else {
        throw Refusal(
          .sealRefused, .usage, "\(folder) is no folder that `desired` in the configuration names",
          advice: "its folders are: \(sets.map(\.name).joined(separator: ", "))")
      }
      selected.append(set)
    }
    return selected
  }

  private func choose(
    _ wanted: Int?, _ sets: [(set: SealedSet, digest: String)], _ accepted: DesiredSummary?
  ) throws(Refusal) -> Int {
    var highest = 0
    var isReused = false
    for (set, digest) in sets {
      let old: Manifest?
      // Whoever names a serial knows what it was.
      do { old = try set.manifest() } catch {
        guard wanted != nil else {
          throw Refusal(
            .sealRefused, .desiredStateWrong, "the serial of the set before is not known",
            advice: "give one that is higher with --serial", findings: error.all)
        }
        old = nil
      }
      for seal in [old?.seal, accepted?.seals[set.name]].compactMap({ $0 }) {
        highest = max(highest, seal.serial)
        if seal.serial == wanted, seal.sha256 != digest { isReused = true }
      }
    }
    guard let wanted else { return highest + 1 }
    guard wanted >= max(1, highest), !isReused else {
      throw Refusal(
        .sealRefused, .usage,
        isReused
          ? "the serial \(wanted) belongs to another set"
          : "the serial \(wanted) is lower than \(highest), the last",
        advice: "leave --serial out, or give one above \(highest)")
    }
    return wanted
  }
}
