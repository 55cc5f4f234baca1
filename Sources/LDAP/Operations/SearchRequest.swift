/// What to look for and where (RFC 4511 section 4.5.1), and by which way to read it.
public struct SearchRequest: Sendable {
  /// How deep to look.
  public enum Scope: Int32, Hashable, Sendable {
    /// The base alone.
    case base = 0
    /// What is directly below the base.
    case oneLevel = 1
    /// The base and all below it.
    case subtree = 2
  }

  /// How the entries are asked for.
  public enum Method: Hashable, Sendable {
    /// One request, one stream of answers.
    case plain
    /// Page by page, for servers that limit how many entries one request gives (RFC 2696).
    case paged(Int)
    /// The content with a cookie, once (`refreshOnly`, RFC 4533); as fast as ``plain``.
    case contentSync(cookie: [UInt8]? = nil)
  }

  /// The entry to look at or below.
  public var base: DistinguishedName
  /// How deep to look.
  public var scope: Scope
  /// What an entry must match.
  public var filter: Filter
  /// The attributes wanted; empty for all user attributes, `+` for the operational ones, `1.1` for none.
  public var attributes: [String]
  /// The most entries wanted; 0 for no limit of ours.
  public var sizeLimit = 0
  /// The most time the server may take; `nil` for no limit of ours. Counted in whole seconds, rounded up.
  public var timeLimit: Duration?
  /// How the entries are asked for.
  public var method = Method.plain
  /// Further controls.
  public var controls: [Control] = []
  /// The longest silence between two answers; `nil` for ``LDAPConfiguration/operationTimeout``. The time in which the
  /// consumer lags does not count.
  public var deadline: Duration?

  /// Makes a request.
  public init(
    base: DistinguishedName, scope: Scope = .subtree, filter: Filter = .present("objectClass"),
    attributes: [String] = [], sizeLimit: Int = 0, timeLimit: Duration? = nil, method: Method = .plain,
    controls: [Control] = [], deadline: Duration? = nil
  ) {
    self.base = base
    self.scope = scope
    self.filter = filter
    self.attributes = attributes
    self.sizeLimit = sizeLimit
    self.timeLimit = timeLimit
    self.method = method
    self.controls = controls
    self.deadline = deadline
  }
}

/// How a search ended.
public struct SearchOutcome: Hashable, Sendable {
  /// The final result; ``ResultCode/success``, or the limit that cut it short.
  public var result: ResultCode
  /// How many referrals came in place of entries. They are never followed.
  public var referrals: Int
  /// How many entries came.
  public var entries: Int
  /// Where a content sync may go on; `nil` without one. Opaque.
  public var syncCookie: [UInt8]?
  /// What a content sync said beyond the entries; `nil` for another method.
  public var sync: SyncOutcome?

  /// Whether everything that matches has come: success, and no referral to what another server has.
  public var isComplete: Bool { result == .success && referrals == 0 }
}

/// What a content sync said beyond the entries (RFC 4533 sections 2.4 and 2.5).
public struct SyncOutcome: Hashable, Sendable {
  /// Whether what was neither sent nor listed is still there: the server has told all deletions.
  public var refreshDeletes = false
  /// The entryUUIDs told to be gone, 16 octets each.
  public var deleted: [[UInt8]] = []
  /// The entryUUIDs told to be there unchanged, 16 octets each.
  public var present: [[UInt8]] = []

  /// Makes an empty outcome.
  public init() {}
}
