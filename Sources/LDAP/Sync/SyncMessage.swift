/// The value of a Sync State control, which comes with each entry of a content sync (RFC 4533 section 2.3).
internal struct SyncState {
  /// What is said of the entry.
  internal enum Kind: Int {
    case present, add, modify, delete
  }
  internal let kind: Kind
  internal let identifier: EntryUUID
  internal let cookie: [UInt8]?

  /// Reads a value; `nil` when it is not one.
  internal init?(_ octets: [UInt8]) {
    let state = octets.withUnsafeBytes { bytes -> (Kind, EntryUUID, [UInt8]?)? in
      var outer = BERReader(bytes)
      guard var value = outer.enter(BERTag.sequence), outer.isAtEnd,
        let kind = value.integer(BERTag.enumerated).flatMap(Kind.init),
        let identifier = value.octets().flatMap(EntryUUID.init(bytes:))
      else { return nil }
      let cookie = value.octets()
      return value.isAtEnd ? (kind, identifier, cookie) : nil
    }
    guard let state else { return nil }
    (kind, identifier, cookie) = state
  }
}

/// The value of a Sync Info message (RFC 4533 section 2.5).
internal enum SyncInfo {
  /// `newcookie`.
  case cookie([UInt8])
  /// `refreshDelete` (`deletes`) or `refreshPresent`: a phase of the refresh has ended, and, when `done`, the refresh.
  case phaseEnded(deletes: Bool, done: Bool, cookie: [UInt8]?)
  /// `syncIdSet`: entries that are gone, or that are there unchanged.
  case identifiers([EntryUUID], areDeleted: Bool, cookie: [UInt8]?)

  /// Reads a value; `nil` when it is not one.
  internal init?(_ octets: [UInt8]) {
    let info = octets.withUnsafeBytes { bytes -> SyncInfo? in
      var outer = BERReader(bytes)
      guard let (tag, contents) = outer.next(), outer.isAtEnd else { return nil }
      switch tag {
      case 0x80: return .cookie(Array(contents))
      case 0xa1: return SyncInfo(phaseEnd: BERReader(contents), deletes: true)
      case 0xa2: return SyncInfo(phaseEnd: BERReader(contents), deletes: false)
      case 0xa3: return SyncInfo(identifiers: BERReader(contents))
      default: return nil
      }
    }
    guard let info else { return nil }
    self = info
  }

  private init?(phaseEnd value: BERReader, deletes: Bool) {
    var value = value
    let cookie = value.octets()
    let done = value.boolean() ?? true
    guard value.isAtEnd else { return nil }
    self = .phaseEnded(deletes: deletes, done: done, cookie: cookie)
  }

  private init?(identifiers value: BERReader) {
    var value = value
    let cookie = value.octets()
    let areDeleted = value.boolean() ?? false
    guard var set = value.enter(BERTag.set), value.isAtEnd else { return nil }
    var identifiers: [EntryUUID] = []
    while !set.isAtEnd {
      guard let identifier = set.octets().flatMap(EntryUUID.init(bytes:)) else { return nil }
      identifiers.append(identifier)
    }
    self = .identifiers(identifiers, areDeleted: areDeleted, cookie: cookie)
  }
}

/// The value of a Sync Done control, which comes with the final answer (RFC 4533 section 2.4).
internal struct SyncDone {
  internal let cookie: [UInt8]?
  /// Whether what was neither sent nor listed is still there.
  internal let deletes: Bool

  /// Reads a value; `nil` when it is not one.
  internal init?(_ octets: [UInt8]) {
    let done = octets.withUnsafeBytes { bytes -> ([UInt8]?, Bool)? in
      var outer = BERReader(bytes)
      guard var value = outer.enter(BERTag.sequence), outer.isAtEnd else { return nil }
      let cookie = value.octets()
      let deletes = value.boolean() ?? false
      return value.isAtEnd ? (cookie, deletes) : nil
    }
    guard let done else { return nil }
    (cookie, deletes) = done
  }
}
