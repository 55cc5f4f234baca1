import Crypto
import Directory
import Foundation

// By what it is known after a restart, without reading them, that the desired files are as they were.
extension DesiredSet {
  /// How the files lay that are in force, for ``stamps(_:)`` of a later time: 64 hexadecimal digits.
  ///
  /// `nil` while they may have been written again without a sign, and where a manifest has a say, which is of its time.
  package var stamps: String? {
    guard isInForce, !isFresh, !look.hasSeals, look.found.findings.isEmpty,
      loaded.contents.map(\.stamp) == look.found.files.map(\.stamp)
    else { return nil }
    return look.digest
  }

  /// Whether files were read so soon after they had been written that they may have been written again since without a
  /// sign; a later look tells.
  package var isFresh: Bool { loaded.contents.contains { $0.stamp.isFresh(at: $0.readAt) } }

  /// How the files lie that a configuration means: the same as ``stamps`` when nobody has put others there or written to
  /// them since.
  package static func stamps(_ configuration: Configuration) -> String? {
    let look = DesiredLook(configuration)
    return look.hasSeals || !look.found.findings.isEmpty ? nil : look.digest
  }
}

extension DesiredLook {
  /// Whether there is a manifest.
  fileprivate var hasSeals: Bool { seals.contains { $0.stamp != nil } }

  fileprivate var digest: String {
    var hash = SHA256()
    for file in found.files {
      let stamp = file.stamp
      let numbers = "\(stamp.device) \(stamp.number) \(stamp.size) \(stamp.modified) \(stamp.changed)"
      hash.update(data: Data("\(file.source) \(numbers) \(file.path.utf8.count) \(file.path)\n".utf8))
    }
    return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
