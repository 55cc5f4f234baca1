import Foundation

/// The folder that the store lies in: its rights, its files, and what is set aside.
struct StoreFolder {
  let path: String
  /// The database's name in it.
  var name = "hsasync.sqlite"

  var database: String { "\(path)/\(name)" }
  var lock: String { "\(path)/lock" }

  /// Makes the folder, with those above it, and keeps others out of it: what is stored are people's data.
  func prepare() throws(Refusal) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      // Foundation hides the number behind its own errors; a second attempt at the last folder tells it.
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw StoreFault.refusal(errno: errno, "making the folder", path)
      }
    }
    var status = stat()
    guard stat(path, &status) == 0 else { throw StoreFault.refusal(errno: errno, "looking", path) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw Refusal(
        .storeUnavailable, .configurationWrong, "\(path) is not a folder",
        advice: "name a folder under `store` in the configuration")
    }
    guard status.st_mode & 0o077 != 0 else { return }
    // Who may only look is kept out by the files' own rights; who may write could put another store in place.
    guard chmod(path, 0o700) == 0 || status.st_mode & 0o022 == 0 else {
      throw Refusal(
        .storeNotPermitted, .notPermitted, "others may write to the store's folder \(path)",
        advice: "give it to the user that runs hsasync, with mode 0700")
    }
  }

  /// Makes the database's file with its rights, before SQLite would make it with others.
  func prepareFile() throws(Refusal) {
    let descriptor = open(database, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw StoreFault.refusal(errno: errno, "opening the database", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw StoreFault.notPermitted(path)
    }
    if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 {
      throw StoreFault.refusal(errno: errno, "closing the database to others", path)
    }
  }

  /// Whether there is a database that may be read.
  var isReadable: Bool { access(database, R_OK) == 0 }

  /// Renames the database, with what belongs to it, so that a new one can be begun.
  ///
  /// - Returns: the new name.
  func setAside(at time: Date) throws(Refusal) -> String {
    let stamp = Int(time.timeIntervalSince1970)
    var target = "\(database).broken-\(stamp)"
    var attempt = 1
    while access(target, F_OK) == 0 {
      attempt += 1
      target = "\(database).broken-\(stamp)-\(attempt)"
    }
    for suffix in ["-wal", "-shm", ""] where access(database + suffix, F_OK) == 0 {
      guard rename(database + suffix, target + suffix) == 0 else {
        throw StoreFault.refusal(errno: errno, "setting the broken store aside", path)
      }
    }
    return target
  }

  /// How many octets may still be written to the disk; `nil` when the system does not say.
  var room: Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }
}
