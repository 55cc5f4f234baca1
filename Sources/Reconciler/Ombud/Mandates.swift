import Directory
import Foundation
import LDAP

/// What somebody acts for, at one moment: never kept for the next.
package struct Mandate: Hashable, Sendable {
  package var person: HSAIdentity
  package var scope: ProviderScope
  /// Since when the latest part of it holds.
  package var from: Date
  /// When the first part of it ends; `nil`: no end is known.
  package var until: Date?
  /// Whether a commission in the directory gives some of it.
  package var isFromDirectory: Bool

  package init(
    person: HSAIdentity, scope: ProviderScope, from: Date = .distantPast, until: Date? = nil,
    isFromDirectory: Bool
  ) {
    self.from = from
    self.person = person
    self.scope = scope
    self.until = until
    self.isFromDirectory = isFromDirectory
  }
}

/// Tells who acts for which care providers: by the configuration, and by commissions in the directory.
package struct Mandates: Sendable {
  private let settings: OmbudSettings
  private let profile: Profile
  private let schema: Schema

  package init(_ settings: OmbudSettings, profile: Profile, schema: Schema) {
    self.settings = settings
    self.profile = profile
    self.schema = schema
  }

  /// What a person acts for at an instant; `nil`: nothing, or the person has ended.
  ///
  /// - Parameter index: the directory as it is known.
  package func mandate(of person: HSAIdentity, at instant: Date, _ index: TreeIndex) throws -> Mandate? {
    guard try !hasEnded(person, instant, index) else { return nil }
    var found: [OmbudSettings.Mandate] = settings.mandates.filter {
      $0.person == person && $0.from <= instant && instant < $0.until
    }
    let configured = found.count
    found += try commissions(of: person, instant, index)
    let providers = found.reduce(into: Set<HSAIdentity>()) { $0.formUnion($1.providers) }
      .intersection(settings.providers.map(\.identity))
    guard !providers.isEmpty else { return nil }
    let prefixes = settings.providers.filter { providers.contains($0.identity) }.flatMap(\.prefixes)
    let until = found.map(\.until).min().flatMap { $0 == .distantFuture ? nil : $0 }
    return Mandate(
      person: person, scope: ProviderScope(providers: providers, prefixes: prefixes),
      from: found.map(\.from).max() ?? .distantPast, until: until,
      isFromDirectory: found.count > configured)
  }

  /// Whether the directory has the person, and each of the entries has ended.
  private func hasEnded(_ person: HSAIdentity, _ instant: Date, _ index: TreeIndex) throws -> Bool {
    let entries = try entries(try index.lookUp { try $0.entries(with: person) }, index)
    return !entries.isEmpty && entries.allSatisfy { !isInForce($0, instant) }
  }

  /// The administrative commissions that the person is a member of.
  private func commissions(
    of person: HSAIdentity, _ instant: Date, _ index: TreeIndex
  ) throws -> [OmbudSettings.Mandate] {
    guard let domain = settings.domain else { return [] }
    return try index.lookUp { lookup in
      var reach = ScopeReach(lookup, ProviderScope(providers: []))
      let link = EntryLink(.identity, person.normalForm)
      return try lookup.entries(linking: link, limit: 1_000).compactMap { number in
        guard try lookup.facts(of: number).kind == .administrativeCommission,
          let provider = try reach.provider(of: number), let entry = try lookup.content(of: number),
          isInForce(entry, instant), names(entry, person, provider, domain)
        else { return nil }
        let end = try? entry.text(profile.endDate).map { try CivilTime.moment($0, as: .end) }
        return OmbudSettings.Mandate(person, providers: [provider], until: (end ?? nil) ?? .distantFuture)
      }
    }
  }

  /// Whether a commission is of the domain, names the person as its member and the care provider as its sector.
  private func names(
    _ entry: Entry, _ person: HSAIdentity, _ provider: HSAIdentity, _ domain: String
  ) -> Bool {
    func texts(_ name: String) -> [String] { entry[profile.serverName(name)].compactMap(\.text) }
    return texts(MandateAttribute.domain).contains { $0.equalsIgnoringASCIICase(domain) }
      && texts(MandateAttribute.member).contains { HSAIdentity($0) == person }
      && texts(MandateAttribute.sector).contains { text in
        HSAIdentity(String(text.prefix { $0 != ";" })) == provider
      }
  }

  private func entries(_ numbers: [Int64], _ index: TreeIndex) throws -> [Entry] {
    try index.lookUp { lookup in try numbers.compactMap { try lookup.content(of: $0) } }
  }

  /// Whether an entry's dates hold; what is no date holds for nobody.
  private func isInForce(_ entry: Entry, _ instant: Date) -> Bool {
    for (name, bound) in [(profile.startDate, CivilTime.Bound.start), (profile.endDate, .end)] {
      guard let text = entry.text(name) else { continue }
      guard let moment = try? CivilTime.moment(text, as: bound) else { return false }
      if bound == .start ? instant < moment : moment <= instant { return false }
    }
    return true
  }
}

/// What an administrative commission says who acts for whom by.
package enum MandateAttribute {
  static let (member, sector, domain) = (
    "hsaAdminCommissionMemberP", "hsaAdminCommissionSector", "hsaDomainCode"
  )
  static let all = [member, sector, domain]
}
