import Directory
import LDAP

// How the base can be read: tried, because a server's limits are not written anywhere the agent can look.
extension ServerCheck {
  mutating func reading(_ observer: Observer) async throws {
    try await contentSync(observer)
    let plain = try await count(observer, .plain)
    switch plain.result {
    case .success:
      add(.reading, .good, "one search reads all \(plain.entries) entries under the base: no limit was met")
    case .sizeLimitExceeded, .adminLimitExceeded, .timeLimitExceeded:
      try await paged(observer, after: plain)
    default:
      add(.reading, .bad, "a search of the base ends with \(plain.result)", "look at the server's log")
    }
    if plain.referrals > 0 {
      add(
        .reading, .bad, "\(plain.referrals) referrals under the base: what they point at is not read",
        "nothing will ever be changed because it is absent; choose a base without referrals")
    }
  }

  private mutating func contentSync(_ observer: Observer) async throws {
    guard observer.rootDSE.supportedControls.contains(Control.OID.syncRequest) else {
      return add(.reading, .degraded, "no content sync (RFC 4533)", "use the syncprov overlay")
    }
    // Matches nothing, and still shows whether the database answers to the control.
    let nothing = Filter.equal("entryUUID", "00000000-0000-0000-0000-000000000000")
    let outcome = try await search(observer, nothing, .contentSync())
    let works = outcome.result == .success
    add(
      .reading, works ? .good : .degraded,
      works ? "content sync (RFC 4533)" : "content sync is refused at the base: \(outcome.result)",
      works ? nil : "use the syncprov overlay on the database of the base")
  }

  private mutating func paged(_ observer: Observer, after plain: Trial) async throws {
    let limit = "one search ends after \(plain.entries) entries with \(plain.result)"
    let advice = "give the agent unlimited searches (conf/slapd/limits.conf)"
    guard observer.rootDSE.supportedControls.contains(Control.OID.pagedResults) else {
      return add(.reading, .bad, "\(limit), and the server has no paging", advice)
    }
    let paged = try await count(observer, .paged(1000))
    if paged.result == .success {
      add(.reading, .degraded, "\(limit); page by page all \(paged.entries) are read", advice)
    } else {
      add(.reading, .bad, "\(limit), page by page after \(paged.entries) with \(paged.result)", advice)
    }
  }

  /// How a trial read ended.
  private struct Trial {
    var result: ResultCode
    var entries = 0
    var referrals = 0
  }

  private func count(_ observer: Observer, _ method: SearchRequest.Method) async throws -> Trial {
    try await search(observer, .present("objectClass"), method)
  }

  private func search(
    _ observer: Observer, _ filter: Filter, _ method: SearchRequest.Method
  ) async throws -> Trial {
    let stream = observer.connection.search(
      SearchRequest(base: observer.base, filter: filter, attributes: ["1.1"], method: method))
    var trial = Trial(result: .success)
    do throws(LDAPError) {
      for try await batch in stream { trial.entries += batch.count }
      let outcome = try stream.outcome()
      (trial.result, trial.referrals) = (outcome.result, outcome.referrals)
    } catch {
      guard error.code == .operationFailed, let result = error.result else { throw error }
      trial.result = result
    }
    return trial
  }
}
