import Directory
import LDAP

extension ConfigurationReader {
  private enum MethodName: String, CaseIterable { case anonymous, simple, external, gssapi }
  private enum TLSVersion: String, CaseIterable { case v1_2 = "1.2", v1_3 = "1.3" }

  mutating func readServer(_ mapping: inout YAMLMapping) -> Configuration.Server? {
    let urls = readURLs(&mapping)
    let bind = mapping.mapping("bind") { readBind(&$0) }
    if bind == nil { mapping.missing("bind") }
    let startTLS = mapping.boolean("startTLS") ?? false
    let allowsPlainText = mapping.boolean("allowPlainText") ?? false
    let tls = mapping.mapping("tls") { readTLS(&$0) } ?? Configuration.TLS()
    let timeouts = mapping.mapping("timeouts") { readTimeouts(&$0) } ?? Configuration.Timeouts()
    guard case .some(.some(let bind)) = bind, !urls.isEmpty else { return nil }
    var server = Configuration.Server(urls: urls, bind: bind)
    server.startTLS = startTLS
    server.allowsPlainText = allowsPlainText
    server.tls = tls
    server.timeouts = timeouts
    judge(server, at: mapping.position(of: "url"))
    return server
  }

  private mutating func readURLs(_ mapping: inout YAMLMapping) -> [String] {
    let position = mapping.position(of: "url")
    let texts = mapping.strings("url")
    if texts.isEmpty { mapping.missing("url") }
    return texts.compactMap { text in
      guard let url = expanded(text, at: position) else { return nil }
      guard (try? LDAPURL(url)) != nil else {
        report(
          "wrong-url", position, "this is not a URL of a directory",
          "write ldaps://host, ldap://host:389 or ldapi://%2Frun%2Fslapd%2Fldapi")
        return nil
      }
      return url
    }
  }

  /// What may not go together.
  private mutating func judge(_ server: Configuration.Server, at position: SourcePosition) {
    let schemes = Set(server.urls.map { $0.prefix { $0 != ":" }.asciiLowercased })
    if server.startTLS && !schemes.isSubset(of: ["ldap"]) {
      report(
        "starttls-url", position, "StartTLS is for ldap:// only",
        "remove startTLS, or change the URL to ldap://")
    }
    guard case .simple = server.bind.method, schemes.contains("ldap") else { return }
    if !server.startTLS && !server.allowsPlainText {
      report(
        "plain-text-bind", position, "the password would go over the net without encryption",
        "use ldaps://, or startTLS: true; only on a closed test net set allowPlainText: true")
    }
  }

  private mutating func readBind(_ mapping: inout YAMLMapping) -> Configuration.Bind? {
    let method = mapping.choice("method", of: MethodName.self)
    if method == nil && !mapping.has("method") { mapping.missing("method") }
    let dn = name("dn", in: &mapping)
    let dnText = mapping.string("dn")
    let password = path("passwordFile", in: &mapping)
    let keytab = path("keytab", in: &mapping)
    let principal = mapping.string("principal")
    let identity = mapping.string("identity")
    guard let method else { return nil }
    refuse(["dn", "passwordFile"], unless: method == .simple, in: mapping, for: "simple")
    refuse(["keytab", "principal"], unless: method == .gssapi, in: mapping, for: "gssapi")
    switch method {
    case .anonymous: return Configuration.Bind(.anonymous, identity: identity)
    case .external: return Configuration.Bind(.external, identity: identity)
    case .gssapi: return Configuration.Bind(.gssapi(keytab: keytab, principal: principal), identity: identity)
    case .simple:
      if !mapping.has("dn") { mapping.missing("dn") }
      if !mapping.has("passwordFile") { mapping.missing("passwordFile") }
      guard dn != nil, let dnText, let password else { return nil }
      return Configuration.Bind(.simple(dn: dnText, .file(password)), identity: identity)
    }
  }

  private mutating func refuse(
    _ keys: [String], unless isUsed: Bool, in mapping: YAMLMapping, for method: String
  ) {
    guard !isUsed else { return }
    for key in keys where mapping.has(key) {
      report(
        "key-without-use", mapping.keyPosition(key), "`\(key)` belongs to method \(method)",
        "remove it, or change the method")
    }
  }

  private mutating func readTLS(_ mapping: inout YAMLMapping) -> Configuration.TLS {
    var tls = Configuration.TLS()
    tls.ca = path("ca", in: &mapping)
    tls.caDirectory = path("caDirectory", in: &mapping)
    tls.certificate = path("certificate", in: &mapping)
    tls.key = path("key", in: &mapping)
    tls.crl = path("crl", in: &mapping)
    tls.requiresTLS13 = mapping.choice("minimum", of: TLSVersion.self) == .v1_3
    if (tls.certificate == nil) != (tls.key == nil) {
      report(
        "certificate-without-key", mapping.mark.position(in: file),
        "`certificate` and `key` go together, and only one of them is given", "give both, or none")
    }
    return tls
  }

  private mutating func readTimeouts(_ mapping: inout YAMLMapping) -> Configuration.Timeouts {
    var timeouts = Configuration.Timeouts()
    if let seconds = mapping.seconds("connect", in: 1...3600) { timeouts.connect = .seconds(seconds) }
    if let seconds = mapping.seconds("handshake", in: 1...3600) { timeouts.handshake = .seconds(seconds) }
    if let seconds = mapping.seconds("operation", in: 1...86_400) { timeouts.operation = .seconds(seconds) }
    return timeouts
  }
}
