import Directory

/// Holds a set of files against its manifest before anything is read from them.
struct ManifestCheck {
  let set: SealedSet
  private(set) var findings: [Finding] = []
  /// The manifest, when there is one that can be relied on.
  private(set) var manifest: Manifest?

  /// - Parameter accepted: the desired state of the last accepted run.
  init(_ set: SealedSet, accepted: DesiredSummary?) {
    self.set = set
    do { manifest = try set.manifest() } catch {
      findings = error.all
      return
    }
    guard let manifest else {
      if set.isRequired { reportMissingManifest() }
      return
    }
    judge(manifest.seal, against: accepted?.seals[set.name])
    // An old set is whole, and a list of what differs from the new one would say nothing.
    guard findings.isEmpty else { return }
    judgeNames(manifest)
    for file in manifest.files { judge(file, manifest) }
  }

  private mutating func reportMissingManifest() {
    findings.append(
      Finding(
        "manifest-missing", at: set.position,
        "\(set.manifestPath) does not exist, and the configuration says `manifest: required`",
        advice: "deliver it with the files, or see that they are right and seal them with `hsasync seal`"))
  }

  private mutating func judge(_ seal: DesiredSummary.Seal, against accepted: DesiredSummary.Seal?) {
    guard let accepted else { return }
    let place = SourcePosition(file: set.manifestPath, line: 1)
    if seal.serial < accepted.serial {
      findings.append(
        Finding(
          "manifest-old", at: place,
          "this is an old set: its serial is \(seal.serial), and \(accepted.serial) was applied before",
          advice: "deliver the newest set; to go back to an old one on purpose, seal it anew"))
    } else if seal.serial == accepted.serial, seal.sha256 != accepted.sha256 {
      findings.append(
        Finding(
          "manifest-serial-reused", at: place,
          "another set was applied before with the same serial, \(seal.serial)",
          advice: "seal the set anew, with a serial of its own"))
    }
  }

  private mutating func judgeNames(_ manifest: Manifest) {
    let sealed = Set(manifest.files.map(\.name))
    for (name, path) in set.paths.sorted(by: { $0.key < $1.key }) where !sealed.contains(name) {
      findings.append(
        Finding(
          "file-not-sealed", at: SourcePosition(file: path, line: 1),
          "the file is not in the manifest, serial \(manifest.serial): somebody added it",
          advice: "take it away, or see that it is right and seal the set anew"))
    }
  }

  private mutating func judge(_ file: Manifest.File, _ manifest: Manifest) {
    guard let path = set.paths[file.name] else { return reportMissing(file, manifest) }
    let sum: FileSum
    do { sum = try FileSum.of(RegularFile(path)) } catch {
      guard error == .empty else {
        let place = SourcePosition(file: path, line: 1)
        findings.append(Finding(error.code, at: place, error.reason, advice: error.advice))
        return
      }
      sum = FileSum()
    }
    if let finding = ManifestCheck.difference(file, path, sum, manifest) { findings.append(finding) }
  }

  private mutating func reportMissing(_ file: Manifest.File, _ manifest: Manifest) {
    findings.append(
      Finding(
        "sealed-file-missing", at: SourcePosition(file: set.manifestPath, line: 1),
        "the file \(file.name) is in the manifest, serial \(manifest.serial), and not in the set",
        advice: "deliver it, and see that the configuration names it"))
  }

  /// What a file's content is, if not what was sealed.
  static func difference(_ file: Manifest.File, _ path: String, _ sum: FileSum, _ manifest: Manifest)
    -> Finding?
  {
    let sha256 = sum.sha256
    guard sum.octets != file.octets || sha256 != file.sha256 else { return nil }
    let place = SourcePosition(file: path, line: 1)
    let advice = "deliver the set again, or see that it is right and seal it anew with `hsasync seal`"
    if let other = manifest.files.first(where: { $0.sha256 == sha256 }) {
      return Finding(
        "sealed-file-swapped", at: place, "it holds what was sealed as \(other.name)", advice: advice)
    }
    guard sum.octets < file.octets else {
      return Finding(
        "sealed-file-altered", at: place,
        "it is not what was sealed: its content was changed since serial \(manifest.serial)", advice: advice)
    }
    return Finding(
      "sealed-file-truncated", at: place,
      "it is shorter than what was sealed: \(sum.octets) octets of \(file.octets)", advice: advice)
  }
}
