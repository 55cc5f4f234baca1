/// What content to follow (RFC 4533 section 2.2, `refreshAndPersist`).
public struct SyncRequest: Sendable {
  /// The entry below which all entries are followed, itself among them.
  public var base: DistinguishedName
  /// What an entry must match.
  public var filter: Filter
  /// The attributes wanted; `entryUUID` comes with every message whether asked for or not.
  public var attributes: [String]
  /// What the server gave at the end of the last refresh or change; `nil`: the whole content is sent. Opaque.
  public var cookie: [UInt8]?
  /// The longest silence between two answers of the refresh; `nil` for ``LDAPConfiguration/operationTimeout``. What
  /// follows the refresh may be silent for ever: see that the server still is there by ``LDAPConnection/whoAmI()``.
  public var refreshDeadline: Duration?

  /// Makes a request.
  public init(
    base: DistinguishedName, filter: Filter, attributes: [String], cookie: [UInt8]? = nil,
    refreshDeadline: Duration? = nil
  ) {
    self.base = base
    self.filter = filter
    self.attributes = attributes
    self.cookie = cookie
    self.refreshDeadline = refreshDeadline
  }
}

/// What a server tells of the content that is followed, in its order.
public enum SyncEvent: Sendable {
  /// Entries that are new, have changed or have another name, each whole, with the entryUUID of each by its row
  /// (states *add* and *modify*; slapd tells no difference that could be relied on: they replace what was known).
  case entries(EntryTable, [EntryUUID])
  /// Entries that are there unchanged: listed by a refresh's present phase.
  case present([EntryUUID])
  /// Entries that are gone, or are content no longer.
  case deleted([EntryUUID])
  /// Where to go on from; empty when the server gave an empty one, which is worth nothing.
  case cookie([UInt8])
  /// The refresh has ended.
  ///
  /// - Parameter deletes: whether the server has told all deletions (`refreshDeletes`, `refreshDelete`); else what
  ///   was neither sent nor listed as present is gone, by its word.
  case refreshed(deletes: Bool)
}
