import Directory
import LDAP

/// What the desired files say, and all that is wrong with how they say it.
package struct LoadedDesired: Sendable {
  package var state: DesiredState
  package var findings: [Finding]
  /// How many files were read.
  package var files: Int
  /// What was read, in numbers and hashes.
  package var summary = DesiredSummary()
  /// What each file was, in the order in which they were read.
  var contents: [Content] = []

  /// One file as it was read.
  struct Content: Hashable, Sendable {
    /// The folder that a manifest of its set lies in.
    var root: String
    /// As a manifest has it.
    var file: Manifest.File
  }
}

extension Configuration {
  /// Finds and reads all desired files, in order; every fault is a finding.
  ///
  /// Where there are manifests, all files are held against them first; when one differs, nothing is read.
  ///
  /// - Parameters:
  ///   - accepted: the desired state of the last accepted run: an older set is a fault.
  ///   - checksManifests: off for who makes them.
  func loadDesired(
    schema: Schema, accepted: DesiredSummary? = nil, checksManifests: Bool = true
  ) -> LoadedDesired {
    let found = DesiredFiles.find(desired)
    let sets = checksManifests ? SealedSet.all(found, self) : []
    let checks = sets.map { ManifestCheck($0, accepted: accepted) }
    let refused = checks.flatMap(\.findings)
    guard refused.isEmpty else {
      return LoadedDesired(
        state: DesiredState(), findings: (found.findings + refused).inOrder, files: found.files.count)
    }
    return DesiredLoading.load(self, schema, found, checks)
  }
}

/// The reading of the desired files, one after the other.
struct DesiredLoading {
  /// The most octets of LDIF that are taken together: the table of rows has offsets of 32 bits.
  private static let bulkLimit = 2 << 30

  private let configuration: Configuration
  private let manifests: [String: Manifest]
  /// What was sealed, by folder and name.
  private let sealed: [String: [String: Manifest.File]]
  private let sets: [String: SealedSet]
  private let files: [DesiredFiles.File]
  private var reader: DesiredReader
  private var findings: [Finding]
  private var room = bulkLimit
  private var sums: [(file: DesiredFiles.File, sum: FileSum)] = []

  /// Reads files that were held against their manifests.
  static func load(
    _ configuration: Configuration, _ schema: Schema, _ found: DesiredFiles, _ checks: [ManifestCheck]
  ) -> LoadedDesired {
    var loading = DesiredLoading(configuration, schema, found, checks)
    for file in found.files where !Task.isCancelled { loading.read(file) }
    return loading.finish()
  }

  private init(
    _ configuration: Configuration, _ schema: Schema, _ found: DesiredFiles, _ checks: [ManifestCheck]
  ) {
    self.configuration = configuration
    manifests = Dictionary(
      checks.compactMap { check in check.manifest.map { (check.set.root, $0) } }, uniquingKeysWith: { $1 })
    sealed = manifests.mapValues { manifest in
      Dictionary(manifest.files.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }
    sets = Dictionary(checks.map { ($0.set.root, $0.set) }, uniquingKeysWith: { $1 })
    files = found.files
    findings = found.findings
    reader = DesiredReader(
      profile: configuration.profile, management: configuration.management, schema: schema)
  }

  private mutating func read(_ file: DesiredFiles.File) {
    do {
      let sum = try take(file)
      sums.append((file, sum))
      // The very octets that were taken: whoever wrote to the file since it was checked is found out here.
      if let manifest = manifests[file.root], let sealed = sealed[file.root]?[file.name],
        let finding = ManifestCheck.difference(sealed, file.path, sum, manifest)
      {
        findings.append(finding)
      }
    } catch {
      let position = SourcePosition(file: file.path, line: 1)
      findings.append(Finding(error.code, at: position, error.reason, advice: error.advice))
    }
  }

  private mutating func take(_ file: DesiredFiles.File) throws(RegularFile.Fault) -> FileSum {
    let opened = try RegularFile(file.path)
    if opened.isWorldWritable { warnOfWriters(file) }
    let declared = configuration.desired[file.source].declaration
    switch file.format {
    case .yaml:
      let bytes = try opened.contents(limit: YAMLLimits().bytes)
      reader.add(yaml: bytes, file: file.path, declared: declared)
      return FileSum.of(bytes)
    case .ldif:
      var sum = FileSum()
      reader.beginLDIF(file: file.path, size: opened.size, declared: declared)
      defer { reader.finishLDIF() }
      try opened.read(chunk: 1 << 20, limit: room) {
        sum.add($0)
        reader.feed($0)
      }
      room -= opened.size
      return sum
    }
  }

  private mutating func warnOfWriters(_ file: DesiredFiles.File) {
    findings.append(
      Finding(
        "file-world-writable", .warning, at: SourcePosition(file: file.path, line: 1),
        "everybody on this machine may write this file, and so decide what the directory shall be",
        advice: "chmod o-w it"))
  }

  private consuming func finish() -> LoadedDesired {
    if configuration.desired.isEmpty {
      findings.append(
        Finding(
          "no-desired-file", at: SourcePosition(file: configuration.file, line: 1),
          "the configuration names no desired state",
          advice: "add `desired:` with files, folders or patterns"))
    }
    let rows = reader.rowsByFile
    let contents = sums.map { file, sum in
      LoadedDesired.Content(
        root: file.root,
        file: .init(name: file.name, octets: sum.octets, rows: rows[file.path] ?? 0, sha256: sum.sha256))
    }
    reportRows(contents)
    var summary = summary(contents, rows)
    let (state, faults) = reader.finish()
    for row in state.rows { summary.rows[row.kind, default: 0] += 1 }
    return LoadedDesired(
      state: state, findings: (findings + faults).inOrder, files: files.count, summary: summary,
      contents: contents)
  }

  /// The hashes agree: if the rows do not, the files were sealed by a program that counts otherwise.
  private mutating func reportRows(_ contents: [LoadedDesired.Content]) {
    for (content, (file, _)) in zip(contents, sums) {
      guard let sealed = sealed[content.root]?[content.file.name],
        sealed.rows != content.file.rows, sealed.sha256 == content.file.sha256
      else { continue }
      findings.append(
        Finding(
          "manifest-rows", at: SourcePosition(file: file.path, line: 1),
          "\(content.file.rows) rows were read, and the manifest has \(sealed.rows)",
          advice: "seal the set anew with the same version of hsasync"))
    }
  }

  private func summary(_ contents: [LoadedDesired.Content], _ rows: [String: Int]) -> DesiredSummary {
    var summary = DesiredSummary(rowsBySource: rows)
    summary.digest = Manifest.digest(
      contents.map { (name: "\(sets[$0.root]?.name ?? $0.root)/\($0.file.name)", sha256: $0.file.sha256) })
    for (root, manifest) in manifests { summary.seals[sets[root]?.name ?? root] = manifest.seal }
    // A serial names the whole only where it speaks for the whole.
    if manifests.count == 1, contents.allSatisfy({ manifests[$0.root] != nil }) {
      summary.serial = manifests.values.first?.serial
    }
    return summary
  }
}
