import Directory
import LDAP

extension ConfigurationReader {
  /// The rules under `roles:`, a path or `{rules, proposed, requests}`.
  mutating func readRoles(_ mapping: inout YAMLMapping, _ profile: Profile?) -> Configuration.Roles? {
    guard mapping.has("roles"), let profile else {
      _ = mapping.node("roles")
      return nil
    }
    var proposed: String?
    var requests: [String] = []
    var rules: String?
    if case .mapping = mapping.node("roles")?.content {
      mapping.mapping("roles") { roles in
        rules = path("rules", in: &roles, required: true)
        proposed = path("proposed", in: &roles)
        requests = paths("requests", in: &roles)
      }
    } else {
      rules = path("roles", in: &mapping)
    }
    guard let rules, let read = readRules(rules, requests, profile) else { return nil }
    return Configuration.Roles(rules: read, proposed: proposed, requests: requests)
  }

  private mutating func readRules(_ path: String, _ requests: [String], _ profile: Profile) -> RoleRules? {
    do {
      return try RoleRules.load(path, requests: requests, profile: profile)
    } catch {
      findings += error.all
      return nil
    }
  }
}

extension RoleRules {
  /// Reads a file of rules, and files of requests.
  ///
  /// - Throws: everything that is wrong with them.
  static func load(_ path: String, requests: [String], profile: Profile) throws(Findings) -> RoleRules {
    var texts: [(bytes: [UInt8], file: String)] = []
    for request in requests {
      texts.append((try RegularFile.contents(of: request, limit: 16 << 20), request))
    }
    return try RoleRules(
      parsing: RegularFile.contents(of: path, limit: 4 << 20), file: path, profile: profile, requests: texts)
  }
}

extension Configuration {
  /// The rules by which roles follow from entries.
  package struct Roles: Sendable {
    package var rules: RoleRules
    /// A file of rules that somebody proposes, for `plan --proposed`.
    package var proposed: String?
    /// Files of requests.
    package var requests: [String]

    package init(rules: RoleRules, proposed: String? = nil, requests: [String] = []) {
      self.rules = rules
      self.proposed = proposed
      self.requests = requests
    }
  }
}
