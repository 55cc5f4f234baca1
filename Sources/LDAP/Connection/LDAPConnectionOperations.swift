extension LDAPConnection {
  /// Finds entries, streamed in batches.
  ///
  /// The C function behind it is `ldap_search_ext`. Referrals are counted and never followed.
  public nonisolated func search(_ request: SearchRequest) -> EntryStream { EntryStream(self, request) }

  /// Reads one entry; `nil` when there is none with that name, or it does not match the filter.
  ///
  /// - Throws: ``LDAPError``, also when the answer is a referral.
  public func entry(
    _ dn: DistinguishedName, attributes: [String] = [], filter: Filter = .present("objectClass"),
    deadline: Duration? = nil
  ) async throws(LDAPError) -> Entry? {
    let stream = search(
      SearchRequest(base: dn, scope: .base, filter: filter, attributes: attributes, deadline: deadline))
    var found: Entry?
    do {
      for try await batch in stream where batch.count > 0 { found = try batch.entry(0) }
    } catch let error as LDAPError {
      if error.result == .noSuchObject { return nil }
      throw error
    } catch {
      throw LDAPError(
        .malformedAnswer, "search", server: server.url.description,
        reason: "the name of an entry is not a distinguished name")
    }
    let outcome = try stream.outcome()
    guard outcome.isComplete else {
      throw LDAPError(
        .operationFailed, "search", server: server.url.description,
        result: outcome.referrals > 0 ? .referral : outcome.result,
        reason: "the entry was not read to its end")
    }
    return found
  }

  /// Changes the directory.
  ///
  /// The C functions behind it are `ldap_add_ext`, `ldap_modify_ext`, `ldap_rename` and `ldap_delete_ext`.
  /// - Parameters:
  ///   - controls: such as ``Control/assertion(_:)`` and ``Control/postRead(_:)``.
  ///   - deadline: how long the answer may take, counted from now; `nil` for the connection's.
  /// - Returns: what the server said, also when it refused.
  /// - Throws: ``LDAPError`` only when there is no answer: `unknownOutcome` when the request was sent, else
  ///   `connectionLost`, `deadlineExceeded`, `cancelled` or `badConfiguration`, with nothing changed.
  public func perform(
    _ operation: WriteOperation, controls: [Control] = [], deadline: Duration? = nil
  ) async throws(LDAPError) -> WriteAnswer {
    let answer = try await answer(
      to: .write(operation, controls), operation.name, changes: true, deadline: deadline)
    return WriteAnswer(
      result: answer.result, matchedDN: answer.matchedDN, diagnostic: answer.diagnostic,
      preRead: answer.controls.value(Control.OID.preRead).flatMap(Entry.init(readEntry:)),
      postRead: answer.controls.value(Control.OID.postRead).flatMap(Entry.init(readEntry:)))
  }

  /// Asks whether the entry has the value, by the attribute's own rule of equality (RFC 4511 section 4.10).
  ///
  /// The C function behind it is `ldap_compare_ext`.
  /// - Throws: ``LDAPError`` with `operationFailed` for every answer but true and false.
  public func compare(
    _ dn: DistinguishedName, _ attribute: String, _ value: Value, deadline: Duration? = nil
  ) async throws(LDAPError) -> Bool {
    let answer = try await answer(to: .compare(dn, attribute, value), "compare", deadline: deadline)
    switch answer.result {
    case .compareTrue: return true
    case .compareFalse: return false
    default: throw answer.error(.operationFailed, "compare", server: server.url)
    }
  }

  /// Asks whom the server takes us for now (RFC 4532), such as `dn:cn=agent,o=x`; empty for nobody.
  public func whoAmI(deadline: Duration? = nil) async throws(LDAPError) -> String {
    let answer = try await answer(to: .extended("1.3.6.1.4.1.4203.1.11.3", nil), "whoami", deadline: deadline)
    guard answer.result == .success else {
      throw answer.error(.operationFailed, "whoami", server: server.url)
    }
    return String(decoding: answer.value ?? [], as: UTF8.self)
  }

  /// Reads what the server says of itself.
  public func rootDSE() async throws(LDAPError) -> RootDSE {
    guard let entry = try await entry(DistinguishedName(), attributes: ["*", "+"]) else {
      throw LDAPError(
        .operationFailed, "search", server: server.url.description, result: .noSuchObject,
        reason: "the server does not show its root entry",
        advice: "the bind needs read access to the entry \"\"")
    }
    return RootDSE(entry)
  }

  /// Reads the schema that the server's root entry names (RFC 4512 section 4.4).
  public func schema() async throws(LDAPError) -> Schema {
    let name = try await rootDSE().subschemaSubentry ?? "cn=Subschema"
    var subschema: Entry?
    if let dn = try? DistinguishedName(parsing: name) {
      subschema = try await entry(
        dn, attributes: ["attributeTypes", "objectClasses", "matchingRules", "ldapSyntaxes"],
        filter: .equal("objectClass", "subschema"))
    }
    guard let subschema else {
      throw LDAPError(
        .operationFailed, "search", server: server.url.description, result: .noSuchObject,
        reason: "the server does not show its schema",
        advice: "the bind needs read access to the subschema entry")
    }
    return Schema(subschema: subschema)
  }
}

extension Entry {
  /// Reads the SearchResultEntry in a pre-read or post-read control (RFC 4527); `nil` when it is not one.
  internal init?(readEntry octets: [UInt8]) {
    let entry = octets.withUnsafeBytes { bytes -> Entry? in
      var outer = BERReader(bytes)
      // RFC 4527 has a SearchResultEntry, which is [APPLICATION 4]; some servers write a bare SEQUENCE.
      guard let (tag, contents) = outer.next(), tag == 0x64 || tag == BERTag.sequence else { return nil }
      var body = BERReader(contents)
      guard let dn = body.next(BERTag.octetString), let name = try? DistinguishedName(parsing: dn),
        var list = body.enter(BERTag.sequence)
      else { return nil }
      var entry = Entry(dn: name)
      while var attribute = list.enter(BERTag.sequence) {
        guard let name = attribute.octets(), var values = attribute.enter(BERTag.set) else { return nil }
        var all: [Value] = []
        while let value = values.octets() { all.append(Value(value)) }
        entry.attributes.append(Attribute(String(decoding: name, as: UTF8.self), all))
      }
      return entry
    }
    guard let entry else { return nil }
    self = entry
  }
}
