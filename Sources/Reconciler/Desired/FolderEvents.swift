import Glibc

/// Tells of what happens in folders, by `inotify(7)`. Whoever opens it closes it.
struct FolderEvents: Sendable {
  /// Readable when something has happened.
  let descriptor: Int32
  private var watched: [Int32: WatchedPlaces.Names] = [:]
  /// The `errno` of the first folder that holds files and cannot be watched; 0 when all are.
  private(set) var fault: Int32 = 0
  /// Files that were begun or written to, and neither closed since nor put elsewhere.
  private var unfinished: Set<Place> = []
  private var isArrived = false
  /// Whether events were lost: it is not known then what is being written.
  private var hasLost = false

  private struct Place: Hashable {
    var folder: Int32
    var name: String
  }

  /// - Parameter fault: set to the `errno` when the system has no more of it, or none at all.
  init?(_ fault: inout Int32) {
    descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard descriptor >= 0 else {
      fault = errno
      return nil
    }
  }

  func close() { Glibc.close(descriptor) }

  /// What may change which files there are, and where a way leads.
  private static let names =
    UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO) | UInt32(IN_ATTRIB)
    | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_ONLYDIR) | UInt32(IN_MASK_ADD)
  /// What may change a file besides. Reading is nothing; what is being written counts, so that it is waited for.
  private static let contents = UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE)

  /// Watches these folders and no others.
  mutating func watch(_ places: WatchedPlaces) {
    var now: [Int32: WatchedPlaces.Names] = [:]
    fault = 0
    for (folder, names) in places.folders.sorted(by: { $0.key < $1.key }) {
      // A folder that only leads to others may be a busy one, as /tmp: what is written to its files wakes nobody.
      let number = inotify_add_watch(
        descriptor, folder, names.isNear ? Self.names | Self.contents : Self.names)
      guard number >= 0 else {
        // A folder that is gone is noticed in the one above; one that only leads to others may be closed to us.
        let isExpected = errno == ENOENT || errno == ENOTDIR || (errno == EACCES && !names.isNear)
        if !isExpected, fault == 0 { fault = errno }
        continue
      }
      // One folder by two names has one number.
      now[number, default: .init()].isEverything = now[number]?.isEverything ?? false || names.isEverything
      now[number]?.names.formUnion(names.names)
    }
    for number in watched.keys where now[number] == nil { inotify_rm_watch(descriptor, number) }
    watched = now
  }

  /// Takes all that has happened; whether any of it counts. When events were lost, it does.
  mutating func take() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var counts = false
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return counts }
      buffer.withUnsafeBytes { bytes in
        var at = 0
        while at + Self.headLength <= count { counts = judge(bytes, &at) || counts }
      }
    }
  }

  /// Whether a file was put in its place by renaming since this was asked last, and none is being written.
  mutating func hasArrived() -> Bool {
    guard isArrived, unfinished.isEmpty, !hasLost else { return false }
    isArrived = false
    return true
  }

  /// Forgets what is being written, where it is not waited for any longer.
  mutating func rest() { (isArrived, unfinished, hasLost) = (false, [], false) }

  /// Octets of `struct inotify_event` before its name.
  private static let headLength = 16

  /// Whether the event at an offset counts; the offset is moved to the next.
  private mutating func judge(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) -> Bool {
    let number = bytes.loadUnaligned(fromByteOffset: at, as: Int32.self)
    let mask = bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self)
    let length = Int(bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
    let name = bytes[(at + Self.headLength)..<min(at + Self.headLength + length, bytes.count)]
    at += Self.headLength + length
    if mask & UInt32(IN_Q_OVERFLOW) != 0 {
      hasLost = true
      return true
    }
    guard let names = watched[number] else { return false }
    // Without a name it is about the folder itself.
    if length == 0 { return mask & UInt32(IN_IGNORED) == 0 }
    let place = Place(folder: number, name: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
    guard names.contains(place.name) else { return false }
    note(mask, place)
    return true
  }

  /// Notes what becomes of a file that counts.
  private mutating func note(_ mask: UInt32, _ place: Place) {
    if mask & (UInt32(IN_CREATE) | UInt32(IN_MODIFY)) != 0 {
      unfinished.insert(place)
    } else if mask & UInt32(IN_ATTRIB) == 0 {
      unfinished.remove(place)
    }
    if mask & UInt32(IN_MOVED_TO) != 0 { isArrived = true }
  }
}
