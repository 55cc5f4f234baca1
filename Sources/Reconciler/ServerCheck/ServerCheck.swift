import Directory
import LDAP

/// What the agent can rely on at a live server, found out without changing anything.
package struct ServerCheck: Sendable {
  /// What was looked at.
  package enum Section: String, CaseIterable, Hashable, Sendable, Codable {
    case connection, base, reading, writing, schema, rights
  }

  package enum Verdict: String, Hashable, Sendable, Codable {
    /// As the agent wants it.
    case good
    /// It works, with less than the best.
    case degraded
    /// Something will not work.
    case bad
    /// It cannot be found out from here.
    case notKnown
  }

  package struct Item: Hashable, Sendable {
    package var section: Section
    package var verdict: Verdict
    /// One line; attribute and class names at most, nobody's data.
    package var text: String
    package var advice: String?

    package init(_ section: Section, _ verdict: Verdict, _ text: String, advice: String? = nil) {
      self.section = section
      self.verdict = verdict
      self.text = text
      self.advice = advice
    }
  }

  package private(set) var items: [Item] = []

  /// What the command ends with: something bad is a server that does not suit.
  package var exitCode: ExitCode { items.contains { $0.verdict == .bad } ? .someFailed : .done }

  /// Looks at everything; a lost connection throws.
  package init(of observer: Observer, _ configuration: Configuration) async throws {
    connection(observer, configuration)
    try await clock(observer, limit: configuration.guards.clocks)
    try await base(observer, configuration)
    try await reading(observer)
    writing(observer)
    items += SchemaCheck(observer.schema, configuration).items
    items += try await RightsCheck(observer, configuration).run()
  }

  mutating func add(_ section: Section, _ verdict: Verdict, _ text: String, _ advice: String? = nil) {
    items.append(Item(section, verdict, text, advice: advice))
  }

  private mutating func connection(_ observer: Observer, _ configuration: Configuration) {
    let server = observer.connection.server
    if let version = server.tlsVersion {
      add(.connection, .good, "\(server.url) with \(version)\(server.tlsCipher.map { ", \($0)" } ?? "")")
    } else if server.url.scheme == .ldapi {
      add(.connection, .good, "\(server.url), a socket on this machine")
    } else {
      add(
        .connection, .bad,
        "\(server.url) without encryption: whoever is on the net reads and changes what passes",
        "use ldaps://, or startTLS: true")
    }
    add(.connection, .good, observer.rootDSE.vendor ?? "a server that does not say who made it")
    let identity = observer.connection.authorizationIdentity
    if configuration.server.bind.identity != nil {
      add(.connection, .good, "bound as \(identity), as expected")
    } else {
      add(
        .connection, .degraded, "bound as \(identity)",
        "write it under server.bind.identity, so that being taken for somebody else is noticed")
    }
  }

  private mutating func clock(_ observer: Observer, limit: Int) async throws {
    guard let skew = try await observer.clockSkew() else {
      return add(
        .connection, .degraded,
        "the server does not show its clock: that it disagrees with ours is not noticed",
        "let the agent read it (database monitor in conf/slapd/slapd.conf)")
    }
    let difference =
      skew == 0 ? "agrees with ours" : "is \(abs(skew).grouped) s \(skew > 0 ? "ahead of" : "behind") ours"
    add(
      .connection, abs(skew) <= limit ? .good : .bad,
      "the server's clock \(difference); \(limit.grouped) s are allowed",
      abs(skew) <= limit
        ? nil : "see to the time synchronisation here and there: no plan is applied until then")
  }

  private mutating func base(_ observer: Observer, _ configuration: Configuration) async throws {
    add(.base, .good, "the base lies in a naming context of the server, and is there")
    let entry = try await observer.connection.entry(observer.base, attributes: ["entryUUID", "entryCSN"])
    for attribute in ["entryUUID", "entryCSN"] {
      if entry?[attribute].isEmpty == false {
        add(.base, .good, "\(attribute) can be read")
      } else if attribute == "entryCSN", observer.schema.attributeType(attribute) == nil {
        add(
          .base, .degraded,
          "this server has no entryCSN: what has no equality rule is compared by reading just before it is replaced"
        )
      } else {
        add(
          .base, .bad, "\(attribute) cannot be read",
          "give the agent the right to read it: every write is bound to it (conf/slapd/acl.conf)")
      }
    }
    try await contextState(observer)
    if configuration.sentinels.isEmpty {
      add(
        .base, .degraded, "no sentinels are configured",
        "name entries that must always be seen, so that lost read rights are noticed")
    }
  }

  private mutating func contextState(_ observer: Observer) async throws {
    let hasContext = try await !observer.contextState().isEmpty
    guard hasContext || observer.schema.attributeType("contextCSN") != nil else {
      return add(
        .base, .degraded, "this server has no contextCSN: a directory restored meanwhile is not noticed")
    }
    add(
      .base, hasContext ? .good : .degraded,
      hasContext
        ? "contextCSN can be read"
        : "contextCSN cannot be read: a directory restored meanwhile is not noticed",
      hasContext ? nil : "let the agent read contextCSN at the suffix, and use the syncprov overlay")
  }

  private mutating func writing(_ observer: Observer) {
    let controls = observer.rootDSE.supportedControls
    let wanted: [(oid: String, name: String, lack: String)] = [
      (
        Control.OID.assertion, "assertion (RFC 4528)",
        "changes are checked by reading just before, deletions and renames are not sent"
      ),
      (
        Control.OID.postRead, "post-read (RFC 4527)",
        "a spelling that the server changes is noticed at the next run only"
      ),
    ]
    for (oid, name, lack) in wanted {
      let isThere = controls.contains(oid)
      add(.writing, isThere ? .good : .degraded, isThere ? name : "no \(name): \(lack)")
    }
    add(
      .writing, .notKnown,
      "which values the server keeps unique, and which attributes it indexes, cannot be seen",
      "compare its configuration with conf/slapd/slapd.conf and indices.conf")
  }
}
