import Directory
import LDAP
import TestKit
import Testing

@testable import Reconciler

/// A configuration in a folder of its own, with a profile beside it.
struct ConfigurationFile {
  let folder: TemporaryFolder
  var path: String { folder.path("hsasync.yaml") }

  init(_ text: String) throws {
    folder = try TemporaryFolder()
    try folder.write("hsasync.yaml", text)
    try folder.write("profiles/hsa.yaml", Repository.bytes("conf/profiles/hsa.yaml"))
  }

  func load(_ environment: [String: String] = [:]) throws(Findings) -> Configuration {
    try Configuration.load(path, environment: environment)
  }

  /// The findings of a file that must not load, as `line:column code`.
  func faults(_ environment: [String: String] = [:]) -> [String] {
    do {
      _ = try load(environment)
      return []
    } catch {
      return error.all.map { finding in
        let place = finding.position.map { "\($0.line):\($0.column)" } ?? "-"
        return "\(place) \(finding.code)"
      }
    }
  }
}

@Suite struct `A configuration` {
  static let good = """
    server:
      url: ldaps://ek.example.org
      bind: {method: simple, dn: "cn=hsasync,o=Region Exempel,c=SE", passwordFile: secret}
    base: o=Region Exempel,c=SE
    profile: hsa
    """

  @Test func `says where the directory is and as whom we bind`() throws {
    let configuration = try ConfigurationFile(Self.good).load()
    #expect(configuration.server.urls == ["ldaps://ek.example.org"])
    #expect(configuration.base.description == "o=Region Exempel,c=SE")
    #expect(configuration.profile.name == "hsa")
    #expect(configuration.apply.window == 64)
    guard case .simple(let dn, .file(let path)) = configuration.server.bind.method else {
      Issue.record("not a simple bind")
      return
    }
    #expect(dn == "cn=hsasync,o=Region Exempel,c=SE")
    #expect(path.hasSuffix("/secret") && path.hasPrefix("/"))
  }

  @Test func `has its store where it says, else where systemd says, else in one place`() throws {
    let file = try ConfigurationFile(Self.good)
    #expect(try file.load().store == "/var/lib/hsasync")
    #expect(try file.load(["STATE_DIRECTORY": "/var/lib/a:/var/lib/b"]).store == "/var/lib/a")
    let own = try ConfigurationFile(Self.good + "\nstore: state\njournal: {preimages: 7d}\n")
    #expect(try own.load(["STATE_DIRECTORY": "/var/lib/a"]).store == own.folder.path("state"))
    #expect(try own.load().preimages == 7 * 86_400)
    #expect(try file.load().preimages == 30 * 86_400)
    #expect(
      try ConfigurationFile(Self.good + "\njournal: {preimages: soon}").faults() == ["6:22 wrong-duration"])
  }

  @Test func `may say everything`() throws {
    let file = try ConfigurationFile(
      """
      server:
        url: [ldap://a.example.org, ldap://b.example.org:3389]
        startTLS: true
        bind: {method: gssapi, keytab: hsasync.keytab, principal: hsasync@EXAMPLE.ORG, identity: "dn:uid=hsasync"}
        tls: {ca: ca.pem, caDirectory: cas, certificate: c.pem, key: k.pem, crl: crl.pem, minimum: "1.3"}
        allowPlainText: false
        timeouts: {connect: 1s, handshake: 2s, operation: 3m}
      base: o=Region Exempel,c=SE
      profile: profiles/hsa.yaml
      desired:
        - desired/*.yaml
        - {files: [a.ldif, b.ldif], complete: {kinds: [person], under: SE2321000016-1000}, provides: [title]}
      manage:
        person: {own: [title, mail]}
      sentinels: [SE2321000016-1000, "ou=VC Norr,o=Region Exempel,c=SE"]
      apply: {window: 8, errors: 3}
      schema: [hsa.schema]
      """)
    let configuration = try file.load()
    #expect(configuration.server.urls.count == 2)
    #expect(configuration.server.startTLS && configuration.server.tls.requiresTLS13)
    #expect(configuration.server.timeouts.operation == .seconds(180))
    #expect(configuration.server.bind.identity == "dn:uid=hsasync")
    #expect(configuration.desired.map(\.paths.count) == [1, 2])
    #expect(configuration.desired[1].position.line == 12)
    #expect(configuration.management[.person]?.own == ["title", "mail"])
    #expect(configuration.sentinels.count == 2)
    #expect(configuration.apply.window == 8 && configuration.apply.errors == 3)
    #expect(configuration.schema == [file.folder.path("hsa.schema")])
  }

  @Test func `fills in the environment in paths and URLs`() throws {
    let text = Self.good
      .replacing("ldaps://ek.example.org", with: "\"${HSA_URL}\"")
      .replacing("passwordFile: secret", with: "passwordFile: \"${CREDENTIALS_DIRECTORY}/ldap\"")
    let environment = ["HSA_URL": "ldapi://%2Frun%2Fx", "CREDENTIALS_DIRECTORY": "/run/credentials/hsasync"]
    let configuration = try ConfigurationFile(text).load(environment)
    #expect(configuration.server.urls == ["ldapi://%2Frun%2Fx"])
    guard case .simple(_, .file("/run/credentials/hsasync/ldap")) = configuration.server.bind.method else {
      Issue.record("the password file is another")
      return
    }
  }

  @Test func `names a variable that is not set, or is empty`() throws {
    let text = Self.good.replacing("secret", with: "\"${CREDENTIALS_DIRECTORY}/ldap\"")
    #expect(try ConfigurationFile(text).faults() == ["3:80 variable-unset"])
    #expect(try ConfigurationFile(text).faults(["CREDENTIALS_DIRECTORY": ""]) == ["3:80 variable-unset"])
    let open = Self.good.replacing("secret", with: "\"${CREDENTIALS_DIRECTORY\"")
    #expect(try ConfigurationFile(open).faults() == ["3:80 variable-malformed"])
  }

  @Test func `suggests the key that was meant`() throws {
    let file = try ConfigurationFile(Self.good + "\nsentinel: [SE2321000016-1000]\n")
    do {
      _ = try file.load()
      Issue.record("it loaded")
    } catch {
      #expect(error.all.map(\.code) == ["unknown-key"])
      #expect(error.all.first?.advice == "did you mean `sentinels`?")
      #expect(error.all.first?.position == SourcePosition(file: file.path, line: 6))
    }
  }

  @Test func `tells all its faults at once`() throws {
    let faults = try ConfigurationFile(
      """
      server:
        url: http://ek.example.org
        startTLS: yes
        bind: {method: simpel}
        tls: {certificate: c.pem, minimum: "1.1"}
      base: region
      profile: unheard-of
      apply: {window: 0}
      """
    ).faults()
    #expect(
      faults == [
        "2:8 wrong-url", "3:13 wrong-boolean", "4:18 wrong-choice", "5:8 certificate-without-key",
        "5:38 wrong-choice", "6:7 wrong-name", "7:10 profile-missing", "8:17 wrong-number",
      ])
  }

  @Test func `lacks what it must have`() throws {
    #expect(
      try ConfigurationFile("server: {}\n").faults().sorted() == [
        "1:1 missing-key", "1:1 missing-key", "1:9 missing-key", "1:9 missing-key",
      ])
  }

  @Test func `never sends a password in plain text unless told to`() throws {
    let plain = Self.good.replacing("ldaps:", with: "ldap:")
    #expect(try ConfigurationFile(plain).faults() == ["2:8 plain-text-bind"])
    let text = plain.replacing("base:", with: "  allowPlainText: true\nbase:")
    #expect(try ConfigurationFile(text).load().server.allowsPlainText)
  }

  @Test func `refuses StartTLS where TLS is there already`() throws {
    let text = Self.good.replacing("base:", with: "  startTLS: true\nbase:")
    #expect(try ConfigurationFile(text).faults() == ["2:8 starttls-url"])
  }

  @Test func `refuses keys of another way to bind`() throws {
    let text = Self.good.replacing("method: simple", with: "method: external")
    #expect(try ConfigurationFile(text).faults() == ["3:28 key-without-use", "3:68 key-without-use"])
  }

  @Test(arguments: [
    ("", "file-empty"), ("\t- x", "yaml-tab"), ("a: &x 1\nb: *x\n", "yaml-anchor"),
    ("a: 1\na: 2", "yaml-duplicate-key"),
    ("server: {", "yaml-syntax"), ("- a\n", "yaml-shape"),
  ])
  func `that is no sound YAML is told with its place`(text: String, code: String) throws {
    let faults = try ConfigurationFile(text).faults()
    #expect(faults.contains { $0.hasSuffix(" \(code)") }, "\(faults)")
  }

  @Test func `that is missing, or no file, is told by its path`() throws {
    let folder = try TemporaryFolder()
    for (path, code) in [(folder.path("none.yaml"), "file-missing"), (folder.path, "file-is-folder")] {
      do throws(Findings) {
        _ = try Configuration.load(path, environment: [:])
        Issue.record("it loaded")
      } catch {
        #expect(error.all.map(\.code) == [code])
        #expect(error.all.first?.position?.file == path)
      }
    }
  }

  @Test func `of the sample loads as it ships`() throws {
    let environment = ["HSASYNC_URL": "ldapi://%2Ftmp%2Fx", "CREDENTIALS_DIRECTORY": "/run/x"]
    for name in ["hsasync.yaml", "absence.yaml"] {
      let configuration = try Configuration.load(Repository.path("conf/\(name)"), environment: environment)
      #expect(!configuration.desired.isEmpty && configuration.management.kinds.count == 6)
    }
  }
}

@Suite struct `A configuration's audit log` {
  @Test func `says where its head is sent and when a file is finished`() throws {
    let file = try ConfigurationFile(
      `A configuration`.good + """

        audit:
          head: [journald, /mnt/elsewhere/hsasync-head, ./head]
          rotate: 8 MiB
          every: 500
        """)
    let audit = try file.load().audit
    #expect(
      audit.head == [
        .journald(), .file("/mnt/elsewhere/hsasync-head"), .file(file.folder.path("./head")),
      ])
    #expect(audit.rotate == 8 << 20 && audit.every == 500)
    #expect(try ConfigurationFile(`A configuration`.good).load().audit == AuditSettings())
  }

  @Test func `refuses what is no place and no size`() throws {
    let text =
      `A configuration`.good + """

        audit:
          head: journal
          rotate: 64 MB
          every: 0
          sign: true
        """
    #expect(
      try ConfigurationFile(text).faults() == [
        "7:9 wrong-audit-head", "8:11 wrong-size", "9:10 wrong-number", "10:3 unknown-key",
      ])
  }
}
