import Directory
import Foundation
import LDAP

// What would be in force if somebody's file were.
extension DesiredSet {
  /// A file that is sound by itself and beside all others.
  package struct Proposal: Sendable {
    /// As it would be in force.
    package var set: DesiredSet
    /// Whom it concerns, against what is in force.
    package var touched: Touched
    /// What the file says, alone.
    package var own: DesiredState
    /// What is worth knowing about it; no errors.
    package var findings: [Finding]
  }

  package enum Proposing: Sendable {
    /// All that is wrong with it, and what of it could be read.
    case wrong([Finding], own: DesiredState?)
    case sound(Proposal)
  }

  /// Judges a file that an ombud hands in for a care provider, in the place of the one in force. Nothing is changed.
  ///
  /// - Parameter path: where the file in force lies (``ProviderFiles/current(_:_:)``).
  package func proposing(
    _ octets: [UInt8], _ format: ProviderFiles.Format, at path: String, asOf instant: Date
  ) -> Proposing {
    guard isInForce, let place = look.found.files.firstIndex(where: { $0.path == path }) else {
      return .wrong([DesiredSet.unready(path)], own: nil)
    }
    var file = look.found.files[place]
    (file.instead, file.format) = (octets, format == .ldif ? .ldif : .yaml)
    let alone = DesiredLoading.load(configuration, reader, DesiredFiles(file), [])
    guard !alone.findings.haveErrors else { return .wrong(alone.findings, own: alone.state) }
    if let taken = takingAlone(alone, place, asOf: instant) { return .sound(taken) }
    return takingWhole(alone, place, file, asOf: instant)
  }

  private func takingAlone(_ alone: LoadedDesired, _ place: Int, asOf instant: Date) -> Proposal? {
    var copy = self
    guard let touched = copy.take(alone, inPlaceOf: place, at: instant) else { return nil }
    return Proposal(set: copy, touched: touched, own: alone.state, findings: copy.told(of: place))
  }

  private func takingWhole(
    _ alone: LoadedDesired, _ place: Int, _ file: DesiredFiles.File, asOf instant: Date
  ) -> Proposing {
    // What is left aside of others' stays so.
    let ofAside = loaded.findings.filter { $0.code == Configuration.asideCode }.compactMap {
      $0.position?.file
    }
    let aside = Set(ofAside).subtracting([file.path])
    let found = look.found.emptying(aside).replacing(place, with: file)
    var new = configuration.loadDesired(found, schema: schema, accepted: accepted)
    new.aside = aside.compactMap(configuration.scope(ofFile:))
    let checked = configuration.check(new.state, schema, instant)
    let errors = (new.findings + checked).filter { $0.severity == .error }
    guard errors.isEmpty else { return .wrong(DesiredSet.own(errors, file.path), own: alone.state) }
    var copy = self
    let touched = RowDifference.whole(from: loaded.state, to: new.state)
    copy.put(new, checked)
    return .sound(Proposal(set: copy, touched: touched, own: alone.state, findings: copy.told(of: place)))
  }

  /// The warnings about one file.
  private func told(of place: Int) -> [Finding] {
    let path = look.found.files[place].path
    return (loaded.findings + checked).inOrder.filter { $0.position?.file == path && $0.severity != .error }
  }

  /// What is told to whoever handed in a file of all that is wrong with it beside others: nothing of the others.
  private static func own(_ errors: [Finding], _ path: String) -> [Finding] {
    let own = errors.filter { $0.position?.file == path }.map { finding in
      Finding(
        finding.code, finding.severity, at: finding.position, subject: finding.subject, finding.message,
        advice: finding.advice)
    }
    guard own.isEmpty else { return own }
    return [
      Finding(
        conflictCode, at: SourcePosition(file: path, line: 1),
        "together with the desired files of others this one cannot be put in force",
        advice: "ask the region's administrators")
    ]
  }

  /// The code of the finding that others' files stand against this one.
  package static let conflictCode = "file-conflicts"

  private static func unready(_ path: String) -> Finding {
    Finding(
      "set-unready", at: SourcePosition(file: path, line: 1),
      "the region's own desired files are not in force, so nothing can be held against them",
      advice: "try again later; the region's administrators see why")
  }
}

// Where an ombud's file turns out to be wrong beside others, which may have changed since it was taken.
extension Configuration {
  /// Reads all files; those of ombuds that have errors are left aside as wholes, so that they hold up nobody else.
  func loadSound(
    _ found: DesiredFiles, _ schema: Schema, _ accepted: DesiredSummary?, _ instant: Date
  ) -> (loaded: LoadedDesired, checked: [Finding]) {
    let loaded = loadDesired(found, schema: schema, accepted: accepted)
    let checked = check(loaded.state, schema, instant)
    let errors = (loaded.findings + checked).filter { $0.severity == .error }
    guard ombud != nil, !errors.isEmpty, !Task.isCancelled else { return (loaded, checked) }
    let all = Set(found.files.map(\.path).filter { scope(ofFile: $0) != nil })
    let wrong = Set(errors.compactMap { $0.position?.file }).intersection(all)
    // First those in which the faults stand; where that does not mend it, another of them is the cause.
    for aside in [wrong, all] where !aside.isEmpty {
      let (rest, again) = load(found, without: aside, errors, schema, accepted, instant)
      if !(rest.findings + again).haveErrors { return (rest, again) }
    }
    return (loaded, checked)
  }

  private func load(
    _ found: DesiredFiles, without aside: Set<String>, _ errors: [Finding], _ schema: Schema,
    _ accepted: DesiredSummary?, _ instant: Date
  ) -> (loaded: LoadedDesired, checked: [Finding]) {
    var rest = loadDesired(found.emptying(aside), schema: schema, accepted: accepted)
    rest.aside = aside.compactMap(scope(ofFile:))
    rest.findings += aside.sorted().map { path in
      Finding(
        Configuration.asideCode, .warning, at: SourcePosition(file: path, line: 1),
        "\(errors.count) faults beside the other files: this care provider's file is left aside as a whole",
        advice: "the ombud sees the faults where the file is handed in, and corrects it")
    }
    return (rest, check(rest.state, schema, instant))
  }

  /// The code of the warning about an ombud's file that is left aside.
  package static var asideCode: String { "ombud-file-aside" }
}

extension DesiredFiles {
  /// One file alone.
  init(_ file: File) { self = DesiredFiles().replacing(nil, with: file) }

  /// The files with others read in the place of some: as if nothing had been handed in.
  func emptying(_ paths: Set<String>) -> DesiredFiles {
    files.indices.reduce(self) { result, place in
      guard paths.contains(files[place].path) else { return result }
      var file = files[place]
      (file.instead, file.format) = (Array("persons: []\n".utf8), .yaml)
      return result.replacing(place, with: file)
    }
  }
}

extension DesiredSet {
  /// Whom a file is about; all, where it says that it has all of something.
  package func touched(byFile path: String) -> Touched {
    guard let file = state.files.firstIndex(of: path) else { return Touched() }
    guard state.sources[file].completeKinds.isEmpty else { return .whole }
    return Touched(Set(state.rows(ofFile: file).compactMap { state.identity(of: $0) }))
  }
}

extension Touched {
  package func union(_ other: Touched) -> Touched {
    var all = self
    all.formUnion(other)
    return all
  }
}
