import Glibc
import Reconciler

/// Standard output or error, written in large pieces.
///
/// When whoever reads it goes away, what is left is dropped without a word: `hsasync plan | head` is no failure. When
/// it cannot be written for another reason, ``finish()`` says so.
struct StandardStream: TextOutputStream {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var fault: Int32?

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  static var output: StandardStream { StandardStream(STDOUT_FILENO) }

  mutating func write(_ text: String) { write(Array(text.utf8)) }

  mutating func write(_ bytes: [UInt8]) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 16 { flush() }
  }

  /// Writes what is left.
  ///
  /// - Throws: ``OutputFault`` when something could not be written although somebody was there to read it.
  mutating func finish() throws(OutputFault) {
    flush()
    if let fault, fault != EPIPE { throw OutputFault(path: "standard output", errno: fault) }
  }

  private mutating func flush() {
    if fault == nil { fault = StandardStream.write(buffer, to: descriptor) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes a line to standard error at once.
  static func say(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// Writes text at once, whatever becomes of it.
  static func write(_ text: String, to descriptor: Int32) { _ = write(Array(text.utf8), to: descriptor) }

  /// Writes all octets; the error number if that fails.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return errno }
      sent += count
    }
    return nil
  }
}

/// Why a result could not be written.
struct OutputFault: Error, CustomStringConvertible {
  let path: String
  let errno: Int32

  var description: String { "\(path): \(reason)" }

  private var reason: String {
    switch errno {
    case ENOSPC, EDQUOT, EFBIG: "there is no room left on the disk; nothing was left behind"
    case EACCES, EPERM: "this user may not write there"
    case EROFS: "the file system is read-only"
    case ENOENT, ENOTDIR: "the folder does not exist"
    case EISDIR: "this is a folder"
    case EINVAL: "this is not a regular file; leave --output out to write to standard output"
    default: String(cString: strerror(errno))
    }
  }

  var exitCode: ExitCode {
    switch errno {
    case EACCES, EPERM, EROFS: .notPermitted
    case ENOENT, ENOTDIR, EISDIR, EINVAL: .usage
    default: .tryAgain
    }
  }
}
