import Foundation
import TestKit

/// What the figures were measured on.
enum Machine {
  static var facts: String {
    var system = utsname()
    uname(&system)
    let kernel = withUnsafeBytes(of: &system.release) { text($0) }
    let load = first(of: "/proc/loadavg").split(separator: " ").prefix(1).joined()
    return """
      \(processor), \(ProcessInfo.processInfo.activeProcessorCount) processors, \
      \(ProcessInfo.processInfo.physicalMemory / 1_000_000_000) GB; \(release), Linux \(kernel)
      load \(load) before the start: what else runs here shows in the spread
      """
  }

  /// A program that was built with this one.
  static func sibling(_ name: String) throws -> String {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure("there is no \(path): swift build -c release --product \(name)")
    }
    return path
  }

  private static var processor: String {
    let line = contents(of: "/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ": ").last.map(String.init) ?? "unknown processor"
  }

  private static var release: String {
    let line = contents(of: "/etc/os-release").split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME") }
    return line?.split(separator: "\"").last.map(String.init) ?? "unknown system"
  }

  private static func first(of path: String) -> Substring { contents(of: path).prefix { $0 != "\n" } }
  private static func contents(of path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
