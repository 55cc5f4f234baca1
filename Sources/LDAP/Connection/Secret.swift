import Foundation

/// A password: octets that are never printed, and are wiped when the last holder lets go.
public struct Secret: Sendable {
  private let storage: Storage

  /// Makes a secret of octets.
  ///
  /// - Throws: ``LDAPError`` with `badConfiguration` when there are none: an empty password is an anonymous bind
  ///   in disguise (RFC 4513 section 5.1.2).
  public init(_ bytes: [UInt8]) throws(LDAPError) {
    guard !bytes.isEmpty else {
      throw LDAPError(
        .badConfiguration, "bind", reason: "the password is empty",
        advice:
          "a server takes a bind with an empty password for an anonymous one; give the account's password")
    }
    storage = Storage(bytes)
  }

  /// Reads a file, such as a systemd credential, and leaves out one line break at its end.
  ///
  /// - Throws: ``LDAPError`` with `badConfiguration` when it cannot be read or is empty.
  public init(contentsOf path: String) throws(LDAPError) {
    guard var bytes = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) else {
      throw LDAPError(
        .badConfiguration, "bind", reason: "the password file \(path) cannot be read",
        advice: "check that the file exists and that this process may read it")
    }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    do throws(LDAPError) {
      try self.init(bytes)
    } catch {
      throw LDAPError(
        .badConfiguration, "bind", reason: "the password file \(path) is empty", advice: error.advice)
    }
  }

  /// Lends the octets.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(storage.buffer))
  }

  /// The octets in memory of their own, so that they can be wiped: an array would leave copies behind.
  // Unchecked, yet sound: the buffer is written in `init` and `deinit` only, when nobody else holds the object.
  private final class Storage: @unchecked Sendable {
    let buffer: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
      buffer = .allocate(byteCount: bytes.count, alignment: 1)
      buffer.copyBytes(from: bytes)
    }

    deinit {
      if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) }
      buffer.deallocate()
    }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `(secret)`.
  public var description: String { "(secret)" }
  /// Always `(secret)`.
  public var debugDescription: String { "(secret)" }
  /// Without children, so that a dump shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
