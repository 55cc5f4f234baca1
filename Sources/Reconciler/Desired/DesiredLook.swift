import Directory

/// The desired files as they lie there, without a word of what is in them.
struct DesiredLook: Equatable, Sendable {
  /// A manifest's path, and what lies there; `nil`: nothing.
  struct Seal: Equatable, Sendable {
    var path: String
    var stamp: FileStamp?
  }

  var found: DesiredFiles
  /// Of each folder that the configuration names, in its order.
  var seals: [Seal]

  /// Looks now.
  init(_ configuration: Configuration) {
    found = DesiredFiles.find(configuration.desired)
    var seen: Set<String> = []
    let roots = configuration.desired.flatMap(\.paths).map { DesiredFiles.root(of: $0) }
    seals = roots.filter { seen.insert($0).inserted }.map {
      let path = SealedSet.manifestPath(in: $0)
      return Seal(path: path, stamp: FileStamp(path))
    }
  }

  static func == (left: DesiredLook, right: DesiredLook) -> Bool {
    left.found.files == right.found.files && left.found.findings == right.found.findings
      && left.seals == right.seals
  }

  /// Whether there are the same files as in another look, sealed as they were; they may have been written.
  func hasSameFiles(as other: DesiredLook) -> Bool {
    seals == other.seals && found.findings == other.found.findings
      && found.files.count == other.found.files.count
      && zip(found.files, other.found.files).allSatisfy { $0.isSamePlace(as: $1) }
  }

  /// Whether a manifest lies in a folder.
  func isSealed(_ root: String) -> Bool {
    seals.contains { $0.path == SealedSet.manifestPath(in: root) && $0.stamp != nil }
  }

  /// Whether something was written so short before an instant (nanoseconds since 1970) that it may have been written
  /// again without a sign.
  func isFresh(at instant: Int64) -> Bool {
    found.files.contains { $0.stamp.isFresh(at: instant) }
      || seals.contains { $0.stamp?.isFresh(at: instant) ?? false }
  }
}

extension DesiredFiles.File {
  /// Whether another is found at the same place by the same source.
  fileprivate func isSamePlace(as other: DesiredFiles.File) -> Bool {
    path == other.path && source == other.source && format == other.format && root == other.root
  }
}
