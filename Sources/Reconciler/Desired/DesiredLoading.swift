import Directory
import LDAP

/// What the desired files say, and all that is wrong with how they say it.
package struct LoadedDesired: Sendable {
  package var state: DesiredState
  package var findings: [Finding]
  /// How many files were read.
  package var files: Int
}

extension Configuration {
  /// The most octets of LDIF that are taken together: the table of rows has offsets of 32 bits.
  private static let bulkLimit = 2 << 30

  /// Finds and reads all desired files, in order; every fault is a finding.
  func loadDesired(schema: Schema) -> LoadedDesired {
    var reader = DesiredReader(profile: profile, management: management, schema: schema)
    let found = DesiredFiles.find(desired)
    var findings = found.findings
    var room = Self.bulkLimit
    for file in found.files {
      if Task.isCancelled { break }
      do {
        findings += try read(file, into: &reader, room: &room)
      } catch {
        let position = SourcePosition(file: file.path, line: 1)
        findings.append(Finding(error.code, at: position, error.reason, advice: error.advice))
      }
    }
    if desired.isEmpty {
      findings.append(
        Finding(
          "no-desired-file", at: SourcePosition(file: self.file, line: 1),
          "the configuration names no desired state",
          advice: "add `desired:` with files, folders or patterns"))
    }
    let (state, faults) = reader.finish()
    return LoadedDesired(state: state, findings: (findings + faults).inOrder, files: found.files.count)
  }

  /// - Returns: what is worth knowing about the file.
  private func read(
    _ file: DesiredFiles.File, into reader: inout DesiredReader, room: inout Int
  ) throws(RegularFile.Fault) -> [Finding] {
    let opened = try RegularFile(file.path)
    let declared = desired[file.source].declaration
    switch file.format {
    case .yaml:
      reader.add(yaml: try opened.contents(limit: YAMLLimits().bytes), file: file.path, declared: declared)
    case .ldif:
      let size = opened.size
      reader.beginLDIF(file: file.path, size: size, declared: declared)
      defer { reader.finishLDIF() }
      try opened.read(chunk: 1 << 20, limit: room) { reader.feed($0) }
      room -= size
    }
    guard opened.isWorldWritable else { return [] }
    return [
      Finding(
        "file-world-writable", .warning, at: SourcePosition(file: file.path, line: 1),
        "everybody on this machine may write this file, and so decide what the directory shall be",
        advice: "chmod o-w it")
    ]
  }
}
