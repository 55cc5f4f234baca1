/// What a server said to a write: done, or refused with nothing changed.
public struct WriteAnswer: Hashable, Sendable {
  /// The result; ``ResultCode/success`` when done.
  public var result: ResultCode
  /// How much of the name exists, when it does not (RFC 4511 section 4.1.9). A name: not for logs.
  public var matchedDN: String
  /// What the server wrote. May repeat values: not for logs.
  public var diagnostic: String
  /// The entry before the change, when ``Control/preRead(_:)`` asked for it.
  public var preRead: Entry?
  /// The entry after the change, when ``Control/postRead(_:)`` asked for it.
  public var postRead: Entry?

  /// Makes an answer.
  public init(
    result: ResultCode, matchedDN: String = "", diagnostic: String = "", preRead: Entry? = nil,
    postRead: Entry? = nil
  ) {
    self.result = result
    self.matchedDN = matchedDN
    self.diagnostic = diagnostic
    self.preRead = preRead
    self.postRead = postRead
  }
}
