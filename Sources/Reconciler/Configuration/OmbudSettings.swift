import Directory
import Foundation

/// What delegated administrators (HSA-ombud) may do, and how they are known (`ombud:`).
package struct OmbudSettings: Hashable, Sendable {
  /// A care provider that ombuds may act for.
  package struct Provider: Hashable, Sendable {
    package var identity: HSAIdentity
    /// What HSA-ids of entries begin with that may be created; empty: none may be.
    package var prefixes: [String]

    package init(_ identity: HSAIdentity, prefixes: [String] = []) {
      self.identity = identity
      self.prefixes = prefixes
    }

    /// What its files may speak for.
    package var scope: ProviderScope { ProviderScope(providers: [identity], prefixes: prefixes) }
  }

  /// Who acts for which care providers, and when.
  package struct Mandate: Hashable, Sendable {
    package var person: HSAIdentity
    package var providers: Set<HSAIdentity>
    /// Half-open.
    package var from: Date
    package var until: Date

    package init(
      _ person: HSAIdentity, providers: Set<HSAIdentity>, from: Date = .distantPast,
      until: Date = .distantFuture
    ) {
      self.person = person
      self.providers = providers
      self.from = from
      self.until = until
    }
  }

  /// The page over HTTPS, with client certificates.
  package struct Page: Hashable, Sendable {
    package var host: String
    package var port: Int
    /// The server's certificate with its chain, and its key; PEM.
    package var certificate: String
    package var key: String
    /// Of the authorities that issue the cards, PEM; a root alone is not one.
    package var issuers: [String]
    /// Their revocation lists.
    package var revocationLists: [String]
    /// Of the certificate policies (OID) one must be there; empty: any.
    package var policies: [String]
    /// After how long without a request a session ends.
    package var idle = Duration.seconds(900)
  }

  package var providers: [Provider] = []
  package var mandates: [Mandate] = []
  /// The domain (`hsaDomainCode`) of administrative commissions whose members act for the care provider that they lie
  /// under and name as their sector; `nil`: none gives that.
  package var domain: String?
  /// The persons behind Unix accounts: ombuds among them, and operators who may be ombuds too.
  package var accounts: [String: HSAIdentity] = [:]
  /// How many different persons must approve what a guard holds of an ombud's: 1 or 2.
  package var approvals = 2
  /// How many requests that plan or write one ombud may make in a minute.
  package var perMinute = 30
  package var page: Page?

  package init() {}

  package func provider(_ identity: HSAIdentity) -> Provider? { providers.first { $0.identity == identity } }
}
