import Directory
import Foundation
import Glibc

/// What the standard streams are connected to.
enum Terminal {
  static let showsOutput = isatty(STDOUT_FILENO) == 1
  static let showsErrors = isatty(STDERR_FILENO) == 1
  static let asks = isatty(STDIN_FILENO) == 1

  /// The columns of the terminal that standard output goes to; `nil` when it goes elsewhere.
  static var width: Int? {
    guard showsOutput else { return nil }
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return max(Int(size.ws_col), 60)
    }
    return 100
  }

  /// The language of the locale, as POSIX finds it for messages: the first variable that is set and not empty.
  static func language(_ environment: [String: String]) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    return Language(locale: locale ?? "")
  }

  /// Whether a stream is coloured when nobody says so: on a terminal that can, unless `NO_COLOR` is set (no-color.org).
  static func isColoured(_ isTerminal: Bool) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }

  /// Asks for a line without showing what is typed; `nil` when there is no terminal to ask on.
  static func secret(_ prompt: String) -> [UInt8]? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer { tcsetattr(terminal, TCSAFLUSH, &before) }
    StandardStream.write(prompt, to: terminal)
    let line = line(from: terminal)
    StandardStream.write("\n", to: terminal)
    return line
  }

  /// What somebody types after a prompt, without the space around it; `nil` when nobody does.
  static func asked(_ prompt: String) -> String? {
    StandardStream.write(prompt + " ", to: STDERR_FILENO)
    return line(from: STDIN_FILENO).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
  }

  private static func line(from descriptor: Int32) -> [UInt8]? {
    var line: [UInt8] = []
    var octet: UInt8 = 0
    while line.count < 4096 {
      let count = read(descriptor, &octet, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else { return line.isEmpty ? nil : line }
      if octet == UInt8(ascii: "\n") { return line }
      line.append(octet)
    }
    return nil
  }
}
