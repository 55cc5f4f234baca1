import Directory
import LDAP

/// What an operator writes down once: which directory, as whom, what is wanted of it, what is ours.
///
/// Paths are absolute, or relative to where the command was started: what the file gives relative to itself is
/// resolved when it is read.
package struct Configuration: Sendable {
  /// The directory and how it is reached.
  package struct Server: Sendable {
    /// In the order in which they are tried.
    package var urls: [String]
    package var startTLS = false
    package var bind: Bind
    package var tls = TLS()
    /// Whether a password may go over a connection without TLS that leaves the machine.
    package var allowsPlainText = false
    package var timeouts = Timeouts()

    package init(urls: [String], bind: Bind) {
      self.urls = urls
      self.bind = bind
    }
  }

  /// As whom the agent binds.
  package struct Bind: Sendable {
    package enum Method: Sendable {
      case anonymous
      case simple(dn: String, Password)
      /// The ldapi peer, or the client certificate.
      case external
      case gssapi(keytab: String?, principal: String?)
    }
    package enum Password: Sendable {
      /// Read when it is needed, so that a rotated one is found.
      case file(String)
      /// Typed by an operator.
      case given(Secret)
    }
    package var method: Method
    /// What "Who am I?" (RFC 4532) must answer, as in `dn:cn=hsasync,o=Region Exempel,c=SE`.
    package var identity: String?

    package init(_ method: Method, identity: String? = nil) {
      self.method = method
      self.identity = identity
    }
  }

  package struct TLS: Sendable {
    package var ca: String?
    package var caDirectory: String?
    package var certificate: String?
    package var key: String?
    package var crl: String?
    package var requiresTLS13 = false
    package init() {}
  }

  package struct Timeouts: Sendable {
    package var connect = Duration.seconds(10)
    package var handshake = Duration.seconds(10)
    package var operation = Duration.seconds(60)
    package init() {}
  }

  /// Files of desired state, and what the configuration says that they speak for.
  package struct Desired: Sendable {
    /// Files, folders or patterns, resolved against the configuration's folder.
    package var paths: [String]
    package var declaration: SourceDeclaration
    package var manifest: ManifestPolicy
    package var position: SourcePosition
    /// Whether there may be no such file: of an ombud who has handed in none.
    package var isOptional = false

    package init(
      paths: [String], declaration: SourceDeclaration = SourceDeclaration(),
      manifest: ManifestPolicy = .optional, position: SourcePosition
    ) {
      self.paths = paths
      self.declaration = declaration
      self.manifest = manifest
      self.position = position
    }
  }

  /// Whether a source's files are read without a manifest that they agree with.
  package enum ManifestPolicy: String, CaseIterable, Hashable, Sendable {
    /// Not without one.
    case required
    /// Without one, yes. One that is there must be right all the same: somebody sealed the set so that a change
    /// to it would be noticed, and to look away from it would be worse than never to have had it.
    case optional
  }

  /// An entry that must be seen by every read that is to count as complete.
  package enum Sentinel: Hashable, Sendable {
    case identity(HSAIdentity)
    case name(DistinguishedName)
  }

  package struct Apply: Sendable {
    /// How many writes may be under way at a time, 1 to 500.
    package var window = 64
    /// After so many failures the rest is not sent; at least 1.
    package var errors = 10
    package init() {}
  }

  /// The file it was read from.
  package var file: String
  package var server: Server
  package var base: DistinguishedName
  /// Where the base is written, for findings about it.
  package var basePosition: SourcePosition
  /// What the catalogue looks like, read from ``profileFile``.
  package var profile: Profile
  package var profileFile: String
  package var desired: [Desired]
  package var management: Management
  package var sentinels: [Sentinel]
  package var apply = Apply()
  package var audit = AuditSettings()
  /// How much a plan may do before somebody is asked.
  package var guards = GuardSettings()
  /// The rules of roles; `nil` when there are none.
  package var roles: Roles?
  /// Where roles are pushed to.
  package var targets: [TargetSettings] = []
  /// What is only for the agent that runs all day.
  package var daemon = DaemonSettings()
  /// What delegated administrators may do; `nil`: there are none.
  package var ombud: OmbudSettings?
  /// slapd schema files, for checks without a server.
  package var schema: [String]
  /// The folder that remembers runs.
  package var store = Configuration.defaultStore
  /// How long the values of what was changed are kept, so that it can be undone, in seconds.
  package var preimages = 30 * 86_400
  /// What is worth knowing about it; never an error.
  package var warnings: [Finding] = []
  /// SHA-256 of the configuration's and the profile's file and of the rules, as they were read: what follows from the
  /// same entries and files may be something else under another.
  package var digest = ""

  /// Where the store lies when neither the file nor systemd (`StateDirectory=`) says.
  package static let defaultStore = "/var/lib/hsasync"

  package init(
    file: String, server: Server, base: DistinguishedName, basePosition: SourcePosition, profile: Profile,
    profileFile: String, desired: [Desired] = [], management: Management = Management(),
    sentinels: [Sentinel] = [], schema: [String] = []
  ) {
    self.file = file
    self.server = server
    self.base = base
    self.basePosition = basePosition
    self.profile = profile
    self.profileFile = profileFile
    self.desired = desired
    self.management = management
    self.sentinels = sentinels
    self.schema = schema
  }
}
