/// What has each write before it is sent, and what became of it: no record, no write.
package protocol WriteJournal: Sendable {
  /// Writes down what is about to be sent; when this returns, it may be.
  ///
  /// - Throws: exit code 75 or 77; then none of it may be sent.
  func intend(_ intents: [Intent]) async throws(Refusal)

  /// Takes what became of an operation.
  func settled(_ settlement: Settlement) async

  /// Writes down what became of all operations so far.
  ///
  /// - Throws: exit code 75 or 77; it may be called again.
  func flush() async throws(Refusal)
}

extension Journal: WriteJournal {}
