import Directory
import Foundation
import LDAP

extension ConfigurationReader {
  /// The list under `targets:`; each is a mapping with one of `ldap`, `file` and `scim`.
  mutating func readTargets(_ mapping: inout YAMLMapping, _ profile: Profile?) -> [TargetSettings] {
    let targets = mapping.mappings("targets") { readTarget(&$0, profile) }.compactMap { $0 }
    var places: [String: SourcePosition] = [:]
    for target in targets {
      if let other = places.updateValue(target.position, forKey: target.form.name) {
        findings.append(
          Finding(
            "target-twice", at: target.position, and: other, "two targets have the same name",
            advice: "give each a `name` of its own"))
      }
    }
    return targets
  }

  private mutating func readTarget(_ mapping: inout YAMLMapping, _ profile: Profile?) -> TargetSettings? {
    let position = mapping.mark.position(in: file)
    let known = ["ldap", "file", "scim"].filter { mapping.has($0) }
    guard known.count == 1 else {
      for key in ["ldap", "file", "scim"] { _ = mapping.node(key) }
      report("wrong-target", position, "a target is one of ldap, file and scim", "write one of the three")
      return nil
    }
    let name = mapping.string("name")
    let read: Draft?? =
      switch known[0] {
      case "ldap": mapping.mapping("ldap") { readLDAP(&$0, profile) }
      case "file": mapping.mapping("file") { readFile(&$0) }
      default: mapping.mapping("scim") { readSCIM(&$0) }
      }
    guard let draft = read ?? nil else { return nil }
    return TargetSettings(
      form: RoleTargetForm(name: name ?? draft.name, owns: draft.owns, style: draft.style), kind: draft.kind,
      position: position)
  }

  /// What the three sorts of target have in common.
  private struct Draft {
    var name: String
    var owns: [RolePattern]
    var style: RoleTargetForm.Style
    var kind: TargetSettings.Kind
  }

  /// The namespace; an empty one would own nothing, and `*` alone everybody's manual roles.
  private mutating func readOwns(_ mapping: inout YAMLMapping) -> [RolePattern] {
    let texts = mapping.strings("owns")
    if texts.isEmpty { mapping.missing("owns") }
    if texts.contains(where: { RoleName.normalForm($0).allSatisfy { $0 == "*" } }) {
      report(
        "owns-everything", mapping.position(of: "owns"),
        "`*` would make every role ours, somebody's manual emergency role too",
        "name the systems whose roles the rules give, such as \"NPÖ;*\"")
    }
    return texts.map { RolePattern($0) }
  }

  private mutating func readLDAP(_ mapping: inout YAMLMapping, _ profile: Profile?) -> Draft? {
    let owns = readOwns(&mapping)
    let attribute = mapping.string("attribute")
    let base = mapping.has("groups") ? name("groups", in: &mapping) : nil
    if !mapping.has("groups") { _ = mapping.node("groups") }
    let pattern = mapping.string("value") ?? "{role}"
    var groups = base.map { GroupSettings(base: $0) }
    if let objectClass = mapping.string("objectClass") { groups?.objectClass = objectClass }
    if let member = mapping.string("member") { groups?.memberAttribute = member }
    if let empty = mapping.string("empty") { readEmpty(empty, &groups, at: mapping.position(of: "empty")) }
    guard (attribute == nil) == mapping.has("groups") else {
      report(
        "wrong-target", mapping.mark.position(in: file),
        "roles are written to an attribute of the person or to groups, and this is neither or both",
        "give `attribute` or `groups`")
      return nil
    }
    let style = RoleTargetForm.Style.value(pattern: pattern)
    if let groups { return Draft(name: "groups", owns: owns, style: style, kind: .groups(groups)) }
    guard let attribute, let profile else { return nil }
    let server = profile.serverName(attribute)
    return Draft(
      name: attribute, owns: owns, style: style, kind: .attribute(AttributeSettings(attribute: server)))
  }

  private mutating func readEmpty(
    _ text: String, _ groups: inout GroupSettings?, at position: SourcePosition
  ) {
    switch text {
    case "delete": groups?.empty = .delete
    case "keep": groups?.empty = .keep
    default: if let name = name(text, at: position) { groups?.empty = .standIn(name) }
    }
  }

  private mutating func readFile(_ mapping: inout YAMLMapping) -> Draft? {
    let owns = readOwns(&mapping)
    guard let path = path("path", in: &mapping, required: true) else { return nil }
    return Draft(name: "file", owns: owns, style: .record, kind: .file(path))
  }

  private mutating func readSCIM(_ mapping: inout YAMLMapping) -> Draft? {
    let owns = readOwns(&mapping)
    let position = mapping.position(of: "url")
    var settings = SCIMSettings(url: "")
    settings.url = mapping.string("url", required: true).flatMap { expanded($0, at: position) } ?? ""
    settings.place = mapping.choice("place", of: SCIMSettings.Place.self) ?? settings.place
    settings.tokenFile = path("tokenFile", in: &mapping)
    settings.certificate = path("certificate", in: &mapping)
    settings.key = path("key", in: &mapping)
    settings.ca = path("ca", in: &mapping)
    settings.createsUsers = mapping.boolean("create") ?? settings.createsUsers
    settings.page = mapping.integer("page", in: 1...1_000) ?? settings.page
    mapping.mapping("timeouts") { timeouts in
      if let seconds = timeouts.seconds("connect", in: 1...3_600) {
        settings.timeouts.connect = .seconds(seconds)
      }
      if let seconds = timeouts.seconds("request", in: 1...3_600) {
        settings.timeouts.request = .seconds(seconds)
      }
    }
    let pattern = mapping.string("value") ?? "{role}"
    judge(settings, mapping, at: position)
    return Draft(name: "scim", owns: owns, style: .value(pattern: pattern), kind: .scim(settings))
  }

  private mutating func judge(_ settings: SCIMSettings, _ mapping: YAMLMapping, at position: SourcePosition) {
    let url = URL(string: settings.url)
    let isLoopback = ["127.0.0.1", "::1", "[::1]", "localhost"].contains(url?.host ?? "")
    if mapping.has("url"),
      url?.host == nil || (url?.scheme != "https" && !(url?.scheme == "http" && isLoopback))
    {
      report(
        "wrong-url", position, "this is not the URL of a SCIM service over https",
        "write it as https://idp.example.org/scim/v2")
    }
    if (settings.certificate == nil) != (settings.key == nil) {
      report(
        "certificate-without-key", mapping.mark.position(in: file),
        "`certificate` and `key` go together, and only one of them is given", "give both, or none")
    }
    if settings.tokenFile == nil, settings.certificate == nil {
      report(
        "scim-without-credentials", mapping.mark.position(in: file),
        "nothing says by what the service knows us", "give `tokenFile`, or `certificate` and `key`")
    }
  }
}

extension Configuration {
  /// What must not be: a target's attribute that the desired state owns, or that rules read, would feed on itself.
  func targetFindings() -> [Finding] {
    targets.compactMap { target in
      guard case .attribute(let settings) = target.kind else { return nil }
      let small = settings.attribute.asciiLowercased
      let owned = Kind.allCases.contains { kind in
        guard let managed = management[kind] else { return false }
        return (managed.own + managed.create + managed.merge).contains { $0.asciiLowercased == small }
      }
      let read = roles.map { roles in
        RoleDerivation.attributes(roles.rules, profile).contains { $0.asciiLowercased == small }
      }
      guard owned || read == true else { return nil }
      return Finding(
        "target-attribute-read", at: target.position,
        owned
          ? "the attribute that roles are written to is owned by the desired state as well"
          : "the attribute that roles are written to is read by a rule, so that roles would give roles",
        advice: owned ? "take it out of `manage`" : "let the rule read what the role is given for")
    }
  }
}
