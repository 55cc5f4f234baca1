import Directory
import Foundation
import LDAP

/// That an entry which came in another's place under the same HSA-id is to be the one by which it is known.
///
/// Until then it gives nobody a role: whoever may make entries could else make themselves somebody.
package struct Adoption: Hashable, Sendable {
  package var identity: HSAIdentity
  /// That of the entry that is known.
  package var replaced: String
  package var since: Date
  /// That of the entry that is there.
  package var entryUUID: String
}

extension Run {
  /// What adopting an HSA-id would do, read from the directory.
  ///
  /// - Throws: exit code 64 when there is nothing to adopt: nobody has the HSA-id or several have, it was never known,
  ///   or it is known by the entry that is there; `LDAPError`.
  package func adoption(of identity: HSAIdentity, in store: Store) async throws -> Adoption {
    guard let known = try store.known(identity) else {
      throw Run.nothingToAdopt(
        "\(Spelling.shown(identity.text)) has had no part in a role, so any entry will do",
        "there is nothing to do: the next run of roles remembers the entry")
    }
    let entries = try await entryUUIDs(of: identity)
    guard entries.count == 1, let entryUUID = entries[0] else {
      throw Run.nothingToAdopt(
        entries.isEmpty
          ? "no entry under the base has the HSA-id \(Spelling.shown(identity.text))"
          : entries.count > 1
            ? "\(entries.count) entries have the HSA-id \(Spelling.shown(identity.text))"
            : "the agent may not read the entryUUID of \(Spelling.shown(identity.text))",
        "see to it that one entry has the HSA-id and may be read, and try again")
    }
    guard entryUUID != known.entryUUID else {
      throw Run.nothingToAdopt(
        "\(Spelling.shown(identity.text)) is known by the entry that is there",
        "if it gives no role all the same, ask `hsasync roles explain` why")
    }
    return Adoption(
      identity: identity, replaced: known.entryUUID, since: known.since, entryUUID: entryUUID)
  }

  /// Accepts the entry that has come in another's place, as it is now.
  ///
  /// - Throws: as ``adoption(of:in:)``; ``Refusal`` when the books cannot be kept.
  package func adopt(
    _ identity: HSAIdentity, in books: Books, by actor: Actor, reason: String? = nil
  ) async throws -> Adoption {
    let adoption = try await adoption(of: identity, in: books.store)
    try books.adopt(adoption, by: actor, reason: reason)
    return adoption
  }

  private func entryUUIDs(of identity: HSAIdentity) async throws -> [String?] {
    let attribute = configuration.profile.identity
    return try await withObserver { observer in
      let request = SearchRequest(
        base: configuration.base, filter: .equal(attribute, Value(identity.text)),
        attributes: [attribute, "entryUUID"])
      var found: [String?] = []
      for try await batch in observer.connection.search(request) {
        for index in 0..<batch.count { found.append(try batch.entry(index).text("entryUUID")) }
      }
      return found
    }
  }

  private static func nothingToAdopt(_ message: String, _ advice: String) -> Refusal {
    Refusal(.nothingToAdopt, .usage, message, advice: advice)
  }
}

extension Books {
  /// Writes down that an entry is adopted, and knows its HSA-id by it from now on.
  package func adopt(_ adoption: Adoption, by actor: Actor, reason: String? = nil) throws(Refusal) {
    let time = Date()
    try audit.append([.adopted(adoption, reason: reason, by: actor)], at: time)
    try store.adopt(adoption.identity, entryUUID: adoption.entryUUID, at: time)
    audit.sendHead(at: time)
  }
}
