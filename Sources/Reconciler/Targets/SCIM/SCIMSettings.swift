import Directory

/// A SCIM 2.0 service provider (RFC 7644), and how roles are written there.
package struct SCIMSettings: Hashable, Sendable {
  /// Where a role is written.
  package enum Place: String, CaseIterable, Hashable, Sendable {
    /// Values of the user's `roles` (RFC 7643 section 4.1.2).
    case roles
    /// Values of the user's `entitlements`.
    case entitlements
    /// Groups whose `displayName` is the role.
    case groups
  }

  /// The base of all resources, such as `https://idp.example.org/scim/v2`.
  package var url: String
  package var place = Place.roles
  /// The file that holds the bearer token (RFC 6750); read when it is needed, so that a new one is found.
  package var tokenFile: String?
  /// PEM files of the client certificate and its key.
  package var certificate: String?
  package var key: String?
  /// A PEM file of the authorities that are trusted, instead of the system's.
  package var ca: String?
  /// Whether a user whom the provider does not know is made, with the HSA-id as `externalId` and `userName`.
  package var createsUsers = false
  /// How many resources are asked for at a time, 1 to 1,000.
  package var page = 200
  package var timeouts = Timeouts()

  package struct Timeouts: Hashable, Sendable {
    package var connect = Duration.seconds(10)
    package var request = Duration.seconds(30)
    /// The longest that is waited, in one reading or push, when the provider asks to be left alone (`Retry-After`).
    package var patience = Duration.seconds(60)
    package init() {}
  }

  package init(url: String) { self.url = url }
}
