import Foundation
import LDAP

extension RoleRules {
  /// Without these a commission gives nobody anything (canonical names), unless the file says otherwise.
  package static let standardMandatory: [RoleSubject: [String]] = [
    .commission: ["hsaIdentity", "cn", "hsaCommissionPurpose"],
    .unit: ["hsaIdentity", "hsaResponsibleHealthCareProvider"],
    .provider: ["hsaIdentity", "orgNo"],
  ]

  /// Reads `roles.yaml`, and files of requests beside it.
  ///
  /// Attributes may be written by their canonical or by the server's own names.
  /// - Throws: everything that is wrong with all of the files; what is only worth knowing is in ``warnings``.
  package init(
    parsing bytes: [UInt8], file: String, profile: Profile, requests: [(bytes: [UInt8], file: String)] = []
  ) throws(Findings) {
    var digest = DigestWriter()
    digest.add(bytes)
    for request in requests { digest.add(request.bytes) }
    self.init(file: file, digest: digest.hex)
    var findings = RoleRules.reading(bytes, file, profile) { reading, mapping in
      read(reading, &mapping)
    }
    for (bytes, file) in requests {
      findings += RoleRules.reading(bytes, file, profile) { reading, mapping in
        if !mapping.has("requests") { mapping.missing("requests") }
        self.requests += mapping.mappings("requests") { reading.request(&$0) }.compactMap(\.self)
      }
    }
    findings += disagreements
    guard !findings.haveErrors else { throw Findings(findings) }
    warnings = findings.inOrder
  }

  /// What was found in one file, be it that it is no YAML at all.
  private static func reading(
    _ bytes: [UInt8], _ file: String, _ profile: Profile,
    _ read: (RoleFileReading, inout YAMLMapping) -> Void
  ) -> [Finding] {
    do throws(Findings) {
      var mapping = try YAMLDocument(parsing: bytes, file: file).mapping()
      read(RoleFileReading(profile, bytes, file: file), &mapping)
      return mapping.finish()
    } catch {
      return error.all
    }
  }

  private mutating func read(_ reading: RoleFileReading, _ mapping: inout YAMLMapping) {
    if mapping.items("rules").isEmpty { mapping.missing("rules") }
    rules = mapping.mappings("rules") { reading.rule(&$0) }.compactMap(\.self)
    constraints = mapping.mappings("constraints") { reading.constraint(&$0) }.compactMap(\.self)
    requests = mapping.mappings("requests") { reading.request(&$0) }.compactMap(\.self)
    bases = reading.names("bases", &mapping)
    mandatory = RoleRules.standardMandatory.mapValues { $0.map(reading.serverName) }
    mapping.mapping("mandatory") { mapping in
      for subject in [RoleSubject.commission, .unit, .provider] where mapping.has(subject.rawValue) {
        mandatory[subject] = mapping.strings(subject.rawValue).map(reading.serverName)
      }
      // Asked for so that they count as known keys.
      for subject in mandatory.keys { _ = mapping.node(subject.rawValue) }
    }
  }
}

extension RoleFileReading {
  /// The distinguished names of a list.
  fileprivate func names(_ key: String, _ mapping: inout YAMLMapping) -> [DistinguishedName] {
    guard let node = mapping.node(key) else { return [] }
    let items = if case .list(let items) = node.content { items } else { [node] }
    return items.compactMap { item in
      guard let text = mapping.texts(of: item, "`\(key)`").first else { return nil }
      if let name = try? DistinguishedName(parsing: text), !name.rdns.isEmpty { return name }
      mapping.report(
        "wrong-name", at: place(in: item), "this is no distinguished name",
        advice: "write it as in `ou=VC Norr,o=Region Exempel,c=SE`, a comma in a value as `\\,`")
      return nil
    }
  }
}

// MARK: What one part of the file says of another

extension RoleRules {
  /// Rules of one name; constraints and requests that say something of no rule's role.
  fileprivate var disagreements: [Finding] { sameNames + idleConstraints + idleRequests }

  private var sameNames: [Finding] {
    var first: [String: SourcePosition] = [:]
    return rules.compactMap { rule in
      let place = rule.places["rule"] ?? rule.position
      let key = rule.name.asciiLowercased
      guard let other = first[key] else {
        first[key] = place
        return nil
      }
      return Finding(
        "duplicate-rule", at: place, and: other, "two rules are called `\(rule.name)`",
        advice: "give one of them another name; explanations and plans name rules")
    }
  }

  private var idleConstraints: [Finding] {
    constraints.flatMap { constraint in
      constraint.roles.enumerated().compactMap { index, pattern -> Finding? in
        guard !rules.contains(where: { $0.role.mayMatch(pattern) }) else { return nil }
        let place = index < constraint.places.count ? constraint.places[index] : constraint.position
        return Finding(
          "idle-constraint", .warning, at: place, "no rule gives a role that is meant here",
          advice: "look whether the role is spelled as in its rule; the constraint limits nothing")
      }
    }
  }

  private var idleRequests: [Finding] {
    requests.compactMap { request in
      let pattern = RolePattern(request.role.replacing("*", with: " "))
      let giving = rules.filter { $0.role.mayMatch(pattern) }
      if giving.isEmpty {
        return Finding(
          "idle-request", .warning, at: request.position, subject: request.person,
          "no rule gives the role that is asked for",
          advice: "look whether the role is spelled as in its rule; the request has no effect")
      }
      let isWanted =
        giving.contains(where: \.needsRequest)
        || constraints.contains { $0.isOnRequest && $0.roles.match(request.role) }
      guard !isWanted else { return nil }
      return Finding(
        "idle-request", .warning, at: request.position, subject: request.person,
        "the role is given without any request", advice: "remove the request; it has no effect")
    }
  }
}

extension RoleConstraint {
  fileprivate var isOnRequest: Bool { if case .requesters = limit { true } else { false } }
}
