import Glibc

/// A file that is there whole or not at all, and that nobody else may read unless it is said: mode 0600, written
/// beside its place, forced to the disk and then put in place.
enum OutputFile {
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(OutputFault) {
    try refuseWhatIsNoFile(path)
    let (descriptor, temporary) = try make(beside: path)
    let written = StandardStream.write(bytes, to: descriptor) ?? (fchmod(descriptor, mode) == 0 ? nil : errno)
    let fault = written ?? (fsync(descriptor) == 0 ? nil : errno)
    let closing: Int32? = close(descriptor) == 0 ? nil : errno
    if let fault = fault ?? closing ?? (rename(temporary, path) == 0 ? nil : errno) {
      unlink(temporary)
      throw OutputFault(path: path, errno: fault)
    }
    syncFolder(of: path)
  }

  private static func refuseWhatIsNoFile(_ path: String) throws(OutputFault) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw OutputFault(path: path, errno: EISDIR)
    default: throw OutputFault(path: path, errno: EINVAL)
    }
  }

  private static func make(beside path: String) throws(OutputFault) -> (descriptor: Int32, path: String) {
    var template = Array("\(path).XXXXXX".utf8CString)
    // mkstemp makes the file with mode 0600.
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw OutputFault(path: path, errno: errno) }
    return (descriptor, String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    let descriptor = open(folder.isEmpty ? "/" : String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
