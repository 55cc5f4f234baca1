import Foundation

/// The folders in which something has to happen before a file that the configuration means is another.
///
/// Of a path, all folders that it leads through are watched, each for the name that the path has in it, and so are
/// those that symbolic links lead through: a link that is set to another folder, as Kubernetes mounts a new version,
/// is a change in the folder where the link lies. Where a pattern or the folder itself is meant, every name counts.
struct WatchedPlaces {
  /// What counts in a folder.
  struct Names: Hashable {
    var isEverything = false
    var names: Set<String> = []
    /// Whether the folder holds files that are meant, rather than only leading to them.
    var isNear = false

    func contains(_ name: String) -> Bool { isEverything || names.contains(name) }
  }

  /// By path.
  private(set) var folders: [String: Names] = [:]
  /// What the system says of each file and folder that is meant, by path.
  private(set) var stamps: [String: FileStamp] = [:]
  /// More links than this on one way lead round in a circle (as in `path_resolution(7)`).
  private static let mostLinks = 40

  /// Finds the places of files, folders and patterns.
  init(of paths: [String]) {
    let here = FileManager.default.currentDirectoryPath
    for path in paths {
      add((path.hasPrefix("/") ? path : here + "/" + path).split(separator: "/").map(String.init)[...])
    }
  }

  private mutating func add(_ parts: ArraySlice<String>) {
    let fixed = parts.prefix { !DesiredFiles.isPattern($0) }
    guard fixed.count < parts.count else { return follow(fixed) }
    // What matches now, and whatever may match later, in each folder that a part with a pattern is looked for in.
    follow(fixed)
    for end in fixed.endIndex..<parts.endIndex
    where DesiredFiles.isPattern(parts[end]) || end > fixed.endIndex {
      for folder in matches(parts[..<end]) {
        note(folder, isEverything: true)
        follow(folder.split(separator: "/").map(String.init)[...])
      }
    }
    for path in matches(parts) { follow(path.split(separator: "/").map(String.init)[...]) }
  }

  private func matches(_ parts: ArraySlice<String>) -> [String] {
    let path = "/" + parts.joined(separator: "/")
    return DesiredFiles.isPattern(path) ? DesiredFiles.matches(path) : [path]
  }

  /// Goes the way of a path from the root, and looks at what is at its end.
  private mutating func follow(_ parts: ArraySlice<String>, links: Int = 0) {
    var folder = "", rest = parts
    while let name = rest.popFirst() {
      note(folder.isEmpty ? "/" : folder, name: name, isNear: rest.isEmpty)
      let path = folder + "/" + name
      guard let target = WatchedPlaces.target(of: path) else {
        folder = path
        continue
      }
      guard links < Self.mostLinks else { return }
      let start = target.hasPrefix("/") ? target : folder + "/" + target
      return follow(WatchedPlaces.plain(start)[...] + rest, links: links + 1)
    }
    look(at: folder.isEmpty ? "/" : folder, links: links)
  }

  /// The parts of a path, `.` and `..` done with: what comes before them has no link in it.
  private static func plain(_ path: String) -> [String] {
    path.split(separator: "/").reduce(into: []) { parts, part in
      if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
    }
  }

  /// Looks at a file or folder without links on its way.
  private mutating func look(at path: String, links: Int) {
    guard stamps[path] == nil else { return }
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    stamps[path] = FileStamp(status)
    guard status.st_mode & S_IFMT == S_IFDIR else { return }
    note(path, isEverything: true)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names where !name.hasPrefix(".") {
      let path = path + "/" + name
      if WatchedPlaces.target(of: path) == nil {
        look(at: path, links: links)
      } else if links < Self.mostLinks {
        follow(path.split(separator: "/").map(String.init)[...], links: links + 1)
      }
    }
  }

  private mutating func note(_ folder: String, name: String, isNear: Bool) {
    folders[folder, default: Names()].names.insert(name)
    if isNear { folders[folder]?.isNear = true }
  }

  private mutating func note(_ folder: String, isEverything: Bool) {
    folders[folder, default: Names()].isEverything = isEverything
    folders[folder]?.isNear = true
  }

  /// Where a symbolic link leads; `nil` for what is none.
  private static func target(of path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { readlink(path, $0, bytes.count) } ?? -1
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
