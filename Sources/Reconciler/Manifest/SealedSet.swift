import Directory
import Foundation

/// The files that belong together: those found under one folder that the configuration names, by whichever sources.
struct SealedSet {
  /// The folder the manifest lies in.
  let root: String
  /// The folder as the configuration writes it, whatever folder the command was started in.
  let name: String
  let isRequired: Bool
  /// Path of each file that was found, by its name in the manifest.
  let paths: [String: String]
  /// Where the configuration names the folder, for findings about what is not there.
  let position: SourcePosition

  var manifestPath: String { SealedSet.manifestPath(in: root) }

  static func manifestPath(in root: String) -> String { "\(root)/\(Manifest.name)" }

  /// The sets of a configuration, in the order in which it names them.
  static func all(_ found: DesiredFiles, _ configuration: Configuration) -> [SealedSet] {
    var roots: [String] = []
    var sources: [String: [Int]] = [:]
    for (index, source) in configuration.desired.enumerated() {
      for path in source.paths {
        let root = DesiredFiles.root(of: path)
        if sources[root] == nil { roots.append(root) }
        sources[root, default: []].append(index)
      }
    }
    return roots.map { root in
      let indices = sources[root] ?? []
      let files = found.files.filter { $0.root == root }
      return SealedSet(
        root: root, name: relative(root, to: (configuration.file as NSString).deletingLastPathComponent),
        isRequired: indices.contains { configuration.desired[$0].manifest == .required },
        paths: Dictionary(files.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first }),
        position: indices.first.map { configuration.desired[$0].position }
          ?? SourcePosition(file: configuration.file, line: 1))
    }
  }

  private static func relative(_ root: String, to folder: String) -> String {
    if root == folder { return "." }
    return root.hasPrefix(folder + "/") ? String(root.dropFirst(folder.utf8.count + 1)) : root
  }

  /// The manifest as it lies there; `nil` when there is none.
  ///
  /// - Throws: the finding that says why it cannot be used.
  func manifest() throws(Findings) -> Manifest? {
    let bytes: [UInt8]
    do { bytes = try RegularFile(manifestPath).contents(limit: Manifest.limit) } catch {
      if error == .missing { return nil }
      throw wrong(error.reason)
    }
    do { return try Manifest(parsing: bytes) } catch { throw wrong(error.reason) }
  }

  private func wrong(_ reason: String) -> Findings {
    Findings([
      Finding(
        "manifest-wrong", at: SourcePosition(file: manifestPath, line: 1),
        "the manifest cannot be relied on: \(reason)",
        advice: "deliver the set again, or see that it is right and seal it anew with `hsasync seal`")
    ])
  }
}
