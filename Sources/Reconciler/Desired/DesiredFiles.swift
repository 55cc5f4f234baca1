import Directory
import Foundation

/// Finds the files that a configuration means: files, folders and patterns, in an order that is always the same.
struct DesiredFiles {
  /// One file to read and the configuration's row that names it.
  struct File: Hashable {
    var path: String
    /// Index in the configuration's `desired`.
    var source: Int
    var format: Format
    /// The folder that a manifest of its set lies in.
    var root: String
    /// What the system said of it when it was found.
    var stamp: FileStamp
    /// What is read in its place.
    var instead: [UInt8]?

    /// Its name in that manifest.
    var name: String {
      let name = path.hasPrefix(root + "/") ? path.dropFirst(root.count) : path[...]
      return String(name.drop { $0 == "/" })
    }
  }

  enum Format: Hashable {
    case yaml, ldif

    init?(path: String) {
      switch (path as NSString).pathExtension.asciiLowercased {
      case "yaml", "yml": self = .yaml
      case "ldif": self = .ldif
      default: return nil
      }
    }
  }

  private(set) var files: [File] = []
  private(set) var findings: [Finding] = []
  private var seen: [RegularFile.Identity: String] = [:]
  private var root = ""

  /// Resolves all that the configuration names.
  static func find(_ desired: [Configuration.Desired]) -> DesiredFiles {
    var result = DesiredFiles()
    for (index, source) in desired.enumerated() {
      for path in source.paths {
        result.root = root(of: path)
        result.resolve(normal(path), of: source, at: index)
      }
    }
    return result
  }

  /// The files with another in a place; `nil`: after them.
  func replacing(_ place: Int?, with file: File) -> DesiredFiles {
    var result = self
    if let place { result.files[place] = file } else { result.files.append(file) }
    return result
  }

  /// Some of the files, by their places among them.
  func only(_ places: [Int]) -> DesiredFiles {
    var result = DesiredFiles()
    result.files = places.map { files[$0] }
    return result
  }

  /// The folder of the set that a path of the configuration means: itself, or the last one that has no pattern in
  /// it and lies above the files.
  static func root(of path: String) -> String {
    let path = normal(path)
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return path }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let fixed = parts.dropLast().prefix { !isPattern(String($0)) }
    let root = fixed.joined(separator: "/")
    return root.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : root
  }

  /// A path without what means nothing in it, so that one folder has one name.
  static func normal(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return (path.hasPrefix("/") ? "/" : "")
      + (parts.isEmpty && !path.hasPrefix("/") ? "." : parts.joined(separator: "/"))
  }

  private mutating func resolve(_ path: String, of source: Configuration.Desired, at index: Int) {
    let before = files.count
    let paths = Self.isPattern(path) ? Self.matches(path) : [path]
    let faults = findings.count
    for path in paths { visit(path, source: source, index: index, isNamed: true, above: []) }
    guard files.count == before, findings.count == faults, !source.isOptional else { return }
    findings.append(
      Finding(
        "no-desired-file", at: source.position, "\(path) means no file of desired state",
        advice: "correct the path; a folder is searched for *.yaml, *.yml and *.ldif"))
  }

  /// Looks at one path; `above` are the folders it was reached through.
  private mutating func visit(
    _ path: String, source: Configuration.Desired, index: Int, isNamed: Bool, above: [RegularFile.Identity]
  ) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return report(RegularFile.Fault(errno: errno), path, source)
    }
    let identity = RegularFile.Identity(status)
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return add(path, FileStamp(status), identity, source: source, index: index, isNamed: isNamed)
    }
    guard !above.contains(identity) else { return report(.linkLoop, path, source) }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return report(.notPermitted, path, source)
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      visit(path + "/" + name, source: source, index: index, isNamed: false, above: above + [identity])
    }
  }

  private mutating func add(
    _ path: String, _ stamp: FileStamp, _ identity: RegularFile.Identity, source: Configuration.Desired,
    index: Int, isNamed: Bool
  ) {
    guard let format = Format(path: path) else {
      // In a folder there may be a README; what is named must be readable.
      guard isNamed else { return }
      findings.append(
        Finding(
          "unknown-format", at: source.position, "\(path) is neither YAML nor LDIF by its name",
          advice: "name it *.yaml, *.yml or *.ldif"))
      return
    }
    if let other = seen.updateValue(path, forKey: identity) {
      findings.append(
        Finding(
          "file-twice", at: source.position, "\(path) is the file that was already named as \(other)",
          advice: "name each file once"))
      return
    }
    files.append(File(path: path, source: index, format: format, root: root, stamp: stamp))
  }

  private mutating func report(_ fault: RegularFile.Fault, _ path: String, _ source: Configuration.Desired) {
    findings.append(
      Finding(fault.code, at: source.position, "\(path): \(fault.reason)", advice: fault.advice))
  }

  /// Whether a path, or a part of one, is a shell pattern.
  static func isPattern(_ path: String) -> Bool { path.contains { "*?[".contains($0) } }

  /// The paths that match a shell pattern, sorted.
  static func matches(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, GLOB_NOSORT, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      result.gl_pathv?[index].map { String(cString: $0) }
    }.sorted()
  }
}
