extension ReadProof {
  /// One reason why a read is not complete; names nobody.
  package struct Fault: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What to branch on.
    package enum Code: String, CaseIterable, Hashable, Sendable, Codable {
      /// It did not end with success.
      case cutShort
      /// Some entries lie on other servers.
      case referrals
      /// The count does not agree with the server's.
      case miscounted
      /// The server left out what it thought was known to us.
      case partialContent
      /// contextCSN went backwards while it was read.
      case contextBackwards
      /// The server held us for somebody else afterwards.
      case identityChanged
      /// There was nothing at all.
      case nothingRead
      /// An entry that every read must see was not seen.
      case sentinelMissing
    }
    package var code: Code
    /// One clause for people.
    package var text: String

    package init(_ code: Code, _ text: String) {
      self.code = code
      self.text = text
    }

    package var description: String { text }
  }

  /// Notes a reason why the read is not complete.
  package mutating func add(_ code: Fault.Code, _ text: String) { faults.append(Fault(code, text)) }
}
