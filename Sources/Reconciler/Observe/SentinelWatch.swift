import Directory
import LDAP

/// Looks for the sentinels among the entries that are read: entries that are known to be there.
///
/// A read that misses one has lost rights, or entries, since the sentinel was chosen.
struct SentinelWatch {
  /// By what an entry is recognised as a sentinel.
  enum Mark: Hashable {
    /// A value of an attribute, compared without regard to ASCII case.
    case value(attribute: String, [UInt8])
    /// The entry's name as the server spells it.
    case name([UInt8])
    /// Asked for by name before the read, and not there.
    case unreadable
  }

  private let marks: [Mark]
  private var isSeen: [Bool]

  init(_ marks: [Mark]) {
    self.marks = marks
    isSeen = Array(repeating: false, count: marks.count)
  }

  mutating func look(at batch: EntryTable) {
    for (index, mark) in marks.enumerated() where !isSeen[index] {
      switch mark {
      case .unreadable: continue
      case .name(let name): isSeen[index] = batch.contains(name: name)
      case .value(let attribute, let value): isSeen[index] = batch.contains(value, of: attribute)
      }
    }
  }

  /// What a read that has ended lacks, for people; names nobody.
  var faults: [ReadProof.Fault] {
    marks.indices.filter { !isSeen[$0] }.map { index in
      let why = marks[index] == .unreadable ? "cannot be read" : "was not among the entries read"
      return ReadProof.Fault(
        .sentinelMissing, "sentinel \(index + 1) of \(marks.count) \(why): rights or entries were lost")
    }
  }
}

extension EntryTable {
  fileprivate func contains(name: [UInt8]) -> Bool {
    withRows { rows in (0..<rows.count).contains { rows.dn(of: $0).equalsIgnoringASCIICase(name) } }
  }

  fileprivate func contains(_ value: [UInt8], of attribute: String) -> Bool {
    guard let name = names.firstIndex(where: { $0.equalsIgnoringASCIICase(attribute) }) else { return false }
    return withRows { rows in
      (0..<rows.count).contains { entry in
        rows.attributes(of: entry).contains { index in
          rows.name(of: index) == name
            && rows.values(of: index).contains { rows.bytes(of: $0).equalsIgnoringASCIICase(value) }
        }
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  func equalsIgnoringASCIICase(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] {
      guard self[index].asciiLowercased == other[index].asciiLowercased else { return false }
    }
    return true
  }
}
