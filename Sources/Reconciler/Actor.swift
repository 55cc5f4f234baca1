import Directory
import Glibc

/// Who does something: the person as the kernel knows them, and the machine they do it on.
package struct Actor: Hashable, Sendable, Codable {
  /// The user's name; the number as text where the system has no name for it.
  package var user: String
  package var uid: UInt32
  /// The HSA-id or name of the one for whom it is done, where somebody said so.
  package var onBehalfOf: String?
  package var host: String
  /// The HSA-id of the person, where a card or the configuration tells it.
  package var person: String?

  package init(
    user: String, uid: UInt32, onBehalfOf: String? = nil, host: String, person: HSAIdentity? = nil
  ) {
    self.user = user
    self.uid = uid
    self.onBehalfOf = onBehalfOf
    self.host = host
    self.person = person?.normalForm
  }

  /// What is one for one person, whatever way they came.
  package var key: String { person.map { "person \($0)" } ?? "uid \(uid)" }

  /// A person whom a card tells, and no account of this machine.
  package static func holder(of card: HSAIdentity) -> Actor {
    // `nobody`: the kernel's number for whom it has none.
    Actor(user: card.normalForm, uid: 65_534, host: hostName(), person: card)
  }

  /// Who runs this process.
  ///
  /// The one who logged in, where the kernel keeps that: it outlives `sudo` and `su`, after which all would be one
  /// user, and no process changes it without rights that none of ours has.
  package static func current(onBehalfOf: String? = nil) -> Actor {
    let uid = loginUser() ?? getuid()
    return Actor(
      user: NameService.user(uid)?.name ?? "\(uid)", uid: uid, onBehalfOf: onBehalfOf, host: hostName())
  }

  /// A user of this machine, by number.
  package static func of(user uid: UInt32) -> Actor {
    Actor(user: NameService.user(uid)?.name ?? "\(uid)", uid: uid, host: hostName())
  }

  /// The user who logged in; `nil` for a service and where the kernel does not keep it.
  ///
  /// - Parameter folder: the process's, in proc(5).
  package static func loginUser(processFolder folder: String = "/proc/self") -> UInt32? {
    let descriptor = open("\(folder)/loginuid", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 16)
    guard read(descriptor, &buffer, buffer.count) > 0 else { return nil }
    let digits = String(decoding: buffer.prefix { $0 &- 48 < 10 }, as: UTF8.self)
    // All ones: nobody logged in.
    return UInt32(digits).flatMap { $0 == .max ? nil : $0 }
  }

  private static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
