import Directory
import Foundation

extension ConfigurationReader {
  /// What delegated administrators may do, under `ombud:`.
  mutating func readOmbud(_ mapping: inout YAMLMapping, _ profile: Profile?) -> OmbudSettings? {
    guard mapping.has("ombud") else { return nil }
    var settings = OmbudSettings()
    mapping.mapping("ombud") { ombud in
      readProviders(&ombud, profile, &settings)
      settings.mandates = ombud.mappings("mandates") { readMandate(&$0, profile, settings) }.compactMap { $0 }
      settings.domain = ombud.string("domain")
      readAccounts(&ombud, profile, &settings)
      settings.approvals = ombud.integer("approvals", in: 1...2) ?? settings.approvals
      settings.perMinute = ombud.integer("perMinute", in: 1...10_000) ?? settings.perMinute
      ombud.mapping("page") { settings.page = readPage(&$0) }
    }
    return settings
  }

  private mutating func readProviders(
    _ mapping: inout YAMLMapping, _ profile: Profile?, _ settings: inout OmbudSettings
  ) {
    if !mapping.has("providers") { mapping.missing("providers") }
    let position = mapping.position(of: "providers")
    let found = mapping.mappings("providers") { item -> OmbudSettings.Provider? in
      guard let text = item.string("provider", required: true),
        let identity = identity(text, "provider", item.position(of: "provider"), profile)
      else { return nil }
      return OmbudSettings.Provider(identity, prefixes: readPrefixes(&item))
    }.compactMap { $0 }
    settings.providers = found
    guard Set(found.map(\.identity)).count < found.count else { return }
    report("provider-twice", position, "a care provider stands twice under `providers`", "name each once")
  }

  /// A prefix must leave no doubt whose it is: a single letter would be everybody's.
  private mutating func readPrefixes(_ mapping: inout YAMLMapping) -> [String] {
    let position = mapping.position(of: "prefixes")
    return mapping.strings("prefixes").compactMap { text in
      let isWhole = text.wholeMatch(of: /[A-Za-z]{2}[0-9]{10}-[A-Za-z0-9]{0,20}/) != nil
      if isWhole { return text }
      report(
        "wrong-prefix", position, "\(Spelling.shown(text)) is not the beginning of an organisation's HSA-ids",
        "write the organisation's number and the hyphen at least, such as SE2321000016-9")
      return nil
    }
  }

  private mutating func readMandate(
    _ mapping: inout YAMLMapping, _ profile: Profile?, _ settings: OmbudSettings
  ) -> OmbudSettings.Mandate? {
    let place = mapping.position(of: "providers")
    let person = mapping.string("person", required: true).flatMap {
      identity($0, "person", mapping.position(of: "person"), profile)
    }
    if !mapping.has("providers") { mapping.missing("providers") }
    let providers = mapping.strings("providers").compactMap { text -> HSAIdentity? in
      guard let identity = identity(text, "providers", place, profile) else { return nil }
      if settings.provider(identity) != nil { return identity }
      report(
        "provider-unknown", place, "\(identity) is not among the `providers` of `ombud`",
        "add it there, with the prefixes of its HSA-ids")
      return nil
    }
    let from = date("from", .start, in: &mapping), until = date("to", .end, in: &mapping)
    if let from, let until, from >= until {
      report(
        "mandate-empty", mapping.position(of: "to"), "the mandate ends before it begins", "correct the dates")
    }
    guard let person, !providers.isEmpty else { return nil }
    return OmbudSettings.Mandate(
      person, providers: Set(providers), from: from ?? .distantPast, until: until ?? .distantFuture)
  }

  private mutating func readAccounts(
    _ mapping: inout YAMLMapping, _ profile: Profile?, _ settings: inout OmbudSettings
  ) {
    mapping.mapping("accounts") { accounts in
      for pair in accounts.all() {
        let place = accounts.position(of: pair.key)
        guard let text = pair.value.text, let person = identity(text, pair.key, place, profile) else {
          continue
        }
        settings.accounts[pair.key] = person
      }
    }
  }

  private mutating func readPage(_ mapping: inout YAMLMapping) -> OmbudSettings.Page? {
    let address = mapping.string("listen", required: true).flatMap { ListenAddress($0, port: 8_443) }
    if address == nil, mapping.has("listen") {
      report(
        "wrong-address", mapping.position(of: "listen"),
        "`listen` must be an address and a port from 1 to 65535",
        "write it as \"0.0.0.0:8443\" or \"[::]:8443\"; a name is not looked up")
    }
    let certificate = path("certificate", in: &mapping, required: true)
    let key = path("key", in: &mapping, required: true)
    let (issuers, lists) = (paths("issuers", in: &mapping), paths("revocationLists", in: &mapping))
    for (name, found) in [("issuers", issuers), ("revocationLists", lists)] where found.isEmpty {
      mapping.missing(name)
    }
    let policies = readPolicies(&mapping)
    let idle = mapping.seconds("idle", in: 60...86_400) ?? 900
    guard let address, let certificate, let key else { return nil }
    return OmbudSettings.Page(
      host: address.host, port: address.port, certificate: certificate, key: key, issuers: issuers,
      revocationLists: lists, policies: policies, idle: .seconds(idle))
  }

  private mutating func readPolicies(_ mapping: inout YAMLMapping) -> [String] {
    let position = mapping.position(of: "policies")
    return mapping.strings("policies").filter { text in
      if text.wholeMatch(of: /[0-2](\.(0|[1-9][0-9]{0,17})){1,30}/) != nil { return true }
      report(
        "wrong-policy", position, "\(Spelling.shown(text)) is not an object identifier",
        "write it with dots, such as 1.2.752.74.8.1")
      return false
    }
  }

  /// An HSA-id of the right form; it becomes the name of a folder too.
  private mutating func identity(
    _ text: String, _ key: String, _ position: SourcePosition, _ profile: Profile?
  ) -> HSAIdentity? {
    let isWellFormed = Array(text.utf8).withUnsafeBytes {
      HSAIdentity.isWellFormed($0, prefixes: profile?.identityPrefixes ?? [])
    }
    if isWellFormed, text.utf8.allSatisfy({ $0 != 0x2F && $0 > 0x20 }) { return HSAIdentity(text) }
    report(
      "wrong-identity", position, "`\(key)` must be an HSA-id, and \(Spelling.shown(text)) has not its form",
      "write it as SE2321000016-1A2B")
    return nil
  }

  private mutating func date(
    _ key: String, _ bound: CivilTime.Bound, in mapping: inout YAMLMapping
  ) -> Date? {
    guard let text = mapping.string(key) else { return nil }
    if let date = try? CivilTime.moment(text, as: bound) { return date }
    report(
      "wrong-date", mapping.position(of: key), "`\(key)` must be a date",
      "write it as 2026-01-31; a day in Sweden, as the end through that day")
    return nil
  }
}
