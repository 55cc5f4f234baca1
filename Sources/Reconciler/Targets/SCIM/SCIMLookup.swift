import Directory

/// Finds users by HSA-id and groups by name (RFC 7644 section 3.4.2.2), and makes those that are not there.
struct SCIMLookup: Sendable {
  let session: SCIMSession
  let createsUsers: Bool

  enum Found: Sendable {
    /// None, one or several.
    case ids([String])
    case fault(RoleOutcome)
  }

  /// Users whose `externalId` is the HSA-id.
  func users(_ person: HSAIdentity) async -> Found {
    await find(SCIMSlot.users, SCIMLookup.filter(person), "externalId") {
      $0.externalId != nil && $0.person == person
    }
  }

  /// The users of a person.
  static func filter(_ person: HSAIdentity) -> String {
    // `externalId` is compared letter by letter (RFC 7643 section 3.1), an HSA-id is not.
    let spellings = person.text == person.normalForm ? [person.text] : [person.text, person.normalForm]
    return spellings.map { "externalId eq " + SCIMJSON.quoted($0) }.joined(separator: " or ")
  }

  /// Groups whose `displayName` is the role.
  func groups(_ value: String) async -> Found {
    let slot = SCIMSlot(resources: "Groups", attribute: "members")
    return await find(slot, "displayName eq " + SCIMJSON.quoted(value), "displayName") {
      $0.displayName.map { RoleName.normalForm($0) == RoleName.normalForm(value) } ?? false
    }
  }

  private func find(
    _ slot: SCIMSlot, _ filter: String, _ attributes: String, _ isMeant: (SCIMResource) -> Bool
  ) async -> Found {
    let query = [("filter", filter), ("attributes", attributes)]
    switch await session.send(SCIMRequest(path: [slot.resources], query: query)) {
    case .heldBack: return .fault(RoleOutcome(.notSent, await session.gate.halt))
    case .failure(let failure): return .fault(RoleOutcome(.failed, failure.fault.code.rawValue))
    case .answer(let answer):
      guard answer.isSuccess else {
        return .fault(RoleOutcome(answer.isLasting ? .refused : .failed, answer.detail))
      }
      guard let json = answer.json, let total = json["totalResults"]?.whole else { return .malformed }
      let elements = json["Resources"]?.elements ?? []
      let found = elements.compactMap { SCIMResource($0, slot) }
      guard found.count == elements.count else { return .malformed }
      // A provider that does not heed filters shows others, of whom the one that is meant may be on any page.
      guard total == found.count, found.allSatisfy(isMeant) else {
        return .fault(RoleOutcome(.refused, "filter not heeded"))
      }
      return .ids(found.map(\.id))
    }
  }

  // MARK: Making

  /// The one user of a person, made when there is none and the settings allow it.
  func user(_ person: HSAIdentity) async -> Found {
    let found = await users(person)
    guard case .ids(let ids) = found else { return found }
    if ids.count > 1 { return .fault(RoleOutcome(.refused, "several users")) }
    guard ids.isEmpty else { return found }
    guard createsUsers else { return .fault(RoleOutcome(.refused, "no such user")) }
    let body: SCIMJSON = [
      "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": .string(person.text),
      "userName": .string(person.text), "active": true,
    ]
    return await make(["Users"], body) { await users(person) }
  }

  /// The one group of a role, made when there is none.
  func group(_ value: String) async -> Found {
    let found = await groups(value)
    guard case .ids(let ids) = found else { return found }
    if ids.count > 1 { return .fault(RoleOutcome(.refused, "several groups")) }
    guard ids.isEmpty else { return found }
    let body: SCIMJSON = [
      "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": .string(value),
    ]
    return await make(["Groups"], body) { await groups(value) }
  }

  /// Makes a resource, and looks for it: whatever was answered, what is found counts.
  private func make(_ path: [String], _ body: SCIMJSON, _ find: () async -> Found) async -> Found {
    let detail: String
    var verdict = RoleOutcome.Verdict.failed
    switch await session.send(SCIMRequest(method: .post, path: path, body: body)) {
    case .heldBack: return .fault(RoleOutcome(.notSent, await session.gate.halt))
    case .failure(let failure):
      detail = failure.fault.code.rawValue
      guard failure.wasSent else { return .fault(RoleOutcome(.failed, detail)) }
    case .answer(let answer):
      detail = answer.detail
      if answer.isLasting { verdict = .refused }
      // Who was faster may have made just what is wanted.
      if answer.isLasting, answer.status != 409 { return .fault(RoleOutcome(verdict, detail)) }
    }
    let found = await find()
    guard case .ids(let ids) = found else { return found }
    return ids.count == 1 ? found : .fault(RoleOutcome(verdict, ids.isEmpty ? detail : "several"))
  }
}

extension SCIMLookup.Found {
  static var malformed: Self { .fault(RoleOutcome(.failed, RoleTargetFault.Code.malformed.rawValue)) }
}
