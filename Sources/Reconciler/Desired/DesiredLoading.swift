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
  /// Whose files are left aside as wholes, for their faults: what they would have spoken for is not absent.
  var aside: [ProviderScope] = []

  /// One file as it was read.
  struct Content: Hashable, Sendable {
    /// The folder that a manifest of its set lies in.
    var root: String
    /// As a manifest has it.
    var file: Manifest.File
    /// The folder as the configuration writes it.
    var set: String
    /// What the system said of it when it was opened for reading.
    var stamp: FileStamp
    /// When it was read, in nanoseconds since 1970.
    var readAt: Int64
    /// The attributes' names that no file before it had, by index in the table.
    var names: Range<Int>
  }
}

extension [LoadedDesired.Content] {
  /// SHA-256 over the files, in order.
  var digest: String { Manifest.digest(map { (name: "\($0.set)/\($0.file.name)", sha256: $0.file.sha256) }) }
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
    loadDesired(
      DesiredFiles.find(desired), schema: schema, accepted: accepted, checksManifests: checksManifests)
  }

  /// Reads files that were found.
  func loadDesired(
    _ found: DesiredFiles, schema: Schema, accepted: DesiredSummary?, checksManifests: Bool = true
  ) -> LoadedDesired {
    let sets = checksManifests ? SealedSet.all(found, self) : []
    let checks = sets.map { ManifestCheck($0, accepted: accepted) }
    let refused = checks.flatMap(\.findings)
    guard refused.isEmpty else {
      return LoadedDesired(
        state: DesiredState(), findings: (found.findings + refused).inOrder, files: found.files.count)
    }
    return DesiredLoading.load(self, desiredReader(schema), found, checks)
  }

  /// A reader that has read nothing.
  func desiredReader(_ schema: Schema) -> DesiredReader {
    DesiredReader(profile: profile, management: management, schema: schema)
  }
}

/// The reading of the desired files, one after the other.
struct DesiredLoading {
  /// The most octets of LDIF that are taken together: the table of rows has offsets of 32 bits.
  private static let bulkLimit = 2 << 30

  /// The code of the finding about a file that anybody may write.
  static let writersCode = "file-world-writable"

  private let configuration: Configuration
  private let manifests: [String: Manifest]
  /// What was sealed, by folder and name.
  private let sealed: [String: [String: Manifest.File]]
  private let sets: [String: SealedSet]
  private let files: [DesiredFiles.File]
  private var reader: DesiredReader
  private var findings: [Finding]
  private var room = bulkLimit
  private var readings: [Reading] = []

  /// One file when it has been read.
  private struct Reading {
    var file: DesiredFiles.File
    var sum: FileSum
    var stamp: FileStamp
    var readAt: Int64
    var names: Range<Int>
  }

  /// Reads files that were held against their manifests.
  static func load(
    _ configuration: Configuration, _ reader: DesiredReader, _ found: DesiredFiles, _ checks: [ManifestCheck]
  ) -> LoadedDesired {
    var loading = DesiredLoading(configuration, reader, found, checks)
    for file in found.files where !Task.isCancelled { loading.read(file) }
    return loading.finish()
  }

  private init(
    _ configuration: Configuration, _ reader: DesiredReader, _ found: DesiredFiles, _ checks: [ManifestCheck]
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
    self.reader = reader
  }

  private mutating func read(_ file: DesiredFiles.File) {
    do {
      let reading = try take(file)
      readings.append(reading)
      // The very octets that were taken: whoever wrote to the file since it was checked is found out here.
      if let manifest = manifests[file.root], let sealed = sealed[file.root]?[file.name],
        let finding = ManifestCheck.difference(sealed, file.path, reading.sum, manifest)
      {
        findings.append(finding)
      }
    } catch {
      let position = SourcePosition(file: file.path, line: 1)
      findings.append(Finding(error.code, at: position, error.reason, advice: error.advice))
    }
  }

  private mutating func take(_ file: DesiredFiles.File) throws(RegularFile.Fault) -> Reading {
    let now = FileStamp.now
    let names = reader.names.count
    if let octets = file.instead {
      let sum = take(file, octets)
      return Reading(
        file: file, sum: sum, stamp: file.stamp, readAt: now, names: names..<reader.names.count)
    }
    let opened = try RegularFile(file.path)
    let sum = try take(file, opened)
    return Reading(
      file: file, sum: sum, stamp: opened.fileStamp, readAt: now, names: names..<reader.names.count)
  }

  private mutating func take(
    _ file: DesiredFiles.File, _ opened: borrowing RegularFile
  ) throws(RegularFile.Fault) -> FileSum {
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

  private mutating func take(_ file: DesiredFiles.File, _ octets: [UInt8]) -> FileSum {
    let declared = configuration.desired[file.source].declaration
    switch file.format {
    case .yaml: reader.add(yaml: octets, file: file.path, declared: declared)
    case .ldif:
      reader.beginLDIF(file: file.path, size: octets.count, declared: declared)
      octets.withUnsafeBytes { reader.feed($0) }
      reader.finishLDIF()
    }
    return FileSum.of(octets)
  }

  private mutating func warnOfWriters(_ file: DesiredFiles.File) {
    findings.append(
      Finding(
        DesiredLoading.writersCode, .warning, at: SourcePosition(file: file.path, line: 1),
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
    let contents = readings.map { one in
      LoadedDesired.Content(
        root: one.file.root,
        file: .init(
          name: one.file.name, octets: one.sum.octets, rows: rows[one.file.path] ?? 0, sha256: one.sum.sha256),
        set: sets[one.file.root]?.name ?? one.file.root, stamp: one.stamp, readAt: one.readAt,
        names: one.names)
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
    for (content, reading) in zip(contents, readings) {
      guard let sealed = sealed[content.root]?[content.file.name],
        sealed.rows != content.file.rows, sealed.sha256 == content.file.sha256
      else { continue }
      findings.append(
        Finding(
          "manifest-rows", at: SourcePosition(file: reading.file.path, line: 1),
          "\(content.file.rows) rows were read, and the manifest has \(sealed.rows)",
          advice: "seal the set anew with the same version of hsasync"))
    }
  }

  private func summary(_ contents: [LoadedDesired.Content], _ rows: [String: Int]) -> DesiredSummary {
    var summary = DesiredSummary(rowsBySource: rows)
    summary.digest = contents.digest
    for (root, manifest) in manifests { summary.seals[sets[root]?.name ?? root] = manifest.seal }
    // A serial names the whole only where it speaks for the whole.
    if manifests.count == 1, contents.allSatisfy({ manifests[$0.root] != nil }) {
      summary.serial = manifests.values.first?.serial
    }
    return summary
  }
}
