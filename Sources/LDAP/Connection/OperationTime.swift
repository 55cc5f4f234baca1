/// How long an operation took, from the call to its end.
public struct OperationTime: Sendable {
  /// What was done: `search`, `modify` and so on, as ``LDAPError/operation``.
  public var name: String
  /// From the call: the wait for a place in the window is part of it, and for a search the pace of whoever takes its
  /// entries.
  public var duration: Duration
  /// What the server answered; `nil` when no answer came.
  public var result: ResultCode?
}
