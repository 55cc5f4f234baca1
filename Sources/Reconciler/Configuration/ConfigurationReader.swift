import Crypto
import Directory
import Foundation
import LDAP

extension Configuration {
  /// Reads a configuration file.
  ///
  /// - Parameter environment: what `${NAME}` in paths and URLs stands for.
  /// - Throws: everything that is wrong with it, each with its place.
  package static func load(
    _ path: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Findings) -> Configuration {
    let bytes = try RegularFile.contents(of: path, limit: 1 << 20)
    let document = try YAMLDocument(parsing: bytes, file: path)
    var mapping = try document.mapping()
    var reader = ConfigurationReader(file: path, environment: environment)
    let configuration = reader.configuration(&mapping)
    let findings = reader.findings + mapping.finish()
    guard var configuration, !findings.haveErrors else { throw Findings(findings) }
    configuration.warnings = findings.inOrder
    reader.octets.update(data: bytes)
    reader.octets.update(data: Array((configuration.roles?.rules.digest ?? "").utf8))
    configuration.digest = reader.octets.finalize().map { String(format: "%02x", $0) }.joined()
    return configuration
  }
}

/// Makes a configuration of a YAML mapping; every method asks for the keys that it knows.
struct ConfigurationReader {
  let file: String
  let environment: [String: String]
  /// The folder against which paths are resolved.
  let folder: String
  var findings: [Finding] = []
  /// Of the files that have been read.
  fileprivate var octets = SHA256()

  init(file: String, environment: [String: String]) {
    self.file = file
    self.environment = environment
    folder = (file as NSString).deletingLastPathComponent
  }

  mutating func configuration(_ mapping: inout YAMLMapping) -> Configuration? {
    let server = mapping.mapping("server") { readServer(&$0) }
    if !mapping.has("server") { mapping.missing("server") }
    let base = name("base", in: &mapping, required: true)
    let profileFile = readProfileFile(&mapping)
    let profile = profileFile.flatMap { readProfile($0) }
    let desired = readDesired(&mapping, profile)
    let sentinels = readSentinels(&mapping)
    let schema = paths("schema", in: &mapping)
    let apply = mapping.mapping("apply") { readApply(&$0) }
    let store = readStore(&mapping)
    let preimages = mapping.mapping("journal") { $0.seconds("preimages", in: 0...(10 * 366 * 86_400)) }
    let audit = mapping.mapping("audit") { readAudit(&$0) }
    let management = readManagement(mapping.node("manage"), profile)
    let guards = readGuards(mapping.node("guards"), profile)
    let roles = readRoles(&mapping, profile)
    let targets = readTargets(&mapping, profile)
    let daemon = readAllDay(&mapping)
    let ombud = readOmbud(&mapping, profile)
    guard let server, let server, let base, let profile, let profileFile else { return nil }
    var result = Configuration(
      file: file, server: server, base: base, basePosition: mapping.position(of: "base"), profile: profile,
      profileFile: profileFile, desired: desired, management: management, sentinels: sentinels, schema: schema
    )
    result.apply = apply ?? result.apply
    result.guards = guards
    result.store = store ?? result.store
    result.preimages = (preimages ?? nil) ?? result.preimages
    result.audit = audit ?? result.audit
    result.roles = roles
    result.targets = targets
    result.daemon = daemon
    result.take(ombud, mapping.position(of: "ombud"))
    findings += result.targetFindings()
    return result
  }

  private mutating func readProfile(_ path: String) -> Profile? {
    do {
      let bytes = try RegularFile.contents(of: path, limit: 1 << 20)
      octets.update(data: bytes)
      return try Profile(parsing: bytes, file: path)
    } catch {
      findings += error.all
      return nil
    }
  }

  private mutating func readManagement(_ node: YAMLNode?, _ profile: Profile?) -> Management {
    guard let node, !node.isNull, let profile else { return Management() }
    do {
      return try Management(parsing: node, file: file, profile: profile)
    } catch {
      findings += error.all
      return Management()
    }
  }

  private mutating func readApply(_ mapping: inout YAMLMapping) -> Configuration.Apply {
    var apply = Configuration.Apply()
    apply.window = mapping.integer("window", in: 1...500) ?? apply.window
    apply.errors = mapping.integer("errors", in: 1...1_000_000) ?? apply.errors
    return apply
  }

  /// The folder of the store: as written, else the one that systemd has made for the unit.
  private mutating func readStore(_ mapping: inout YAMLMapping) -> String? {
    if let path = path("store", in: &mapping) { return path }
    let given = environment["STATE_DIRECTORY"]?.split(separator: ":").first
    return given.map(String.init)
  }

  private mutating func readSentinels(_ mapping: inout YAMLMapping) -> [Configuration.Sentinel] {
    mapping.strings("sentinels").compactMap { text in
      guard text.contains("=") else { return .identity(HSAIdentity(text)) }
      return name(text, at: mapping.position(of: "sentinels")).map { .name($0) }
    }
  }

  private mutating func readProfileFile(_ mapping: inout YAMLMapping) -> String? {
    guard let text = path("profile", in: &mapping, required: true, resolving: false) else { return nil }
    if text.contains("/") || text.hasSuffix(".yaml") { return resolve(text) }
    let places = ["profiles", "conf/profiles", "../profiles", "../conf/profiles"].map(resolve)
    let candidates = (places + ["/usr/local/share/hsasync/profiles", "/usr/share/hsasync/profiles"]).map {
      "\($0)/\(text).yaml"
    }
    if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) { return found }
    report(
      "profile-missing", mapping.position(of: "profile"),
      "there is no profile by the name \(Spelling.shown(text))",
      "put it at one of: \(candidates.joined(separator: ", "))")
    return nil
  }
}

// What the other files of this reader use.
extension ConfigurationReader {
  mutating func report(
    _ code: String, _ position: SourcePosition, _ message: String, _ advice: String? = nil,
    severity: Finding.Severity = .error
  ) {
    findings.append(Finding(code, severity, at: position, message, advice: advice))
  }

  /// The text of a key with `${NAME}` filled in.
  mutating func expanded(_ text: String, at position: SourcePosition) -> String? {
    do {
      return try EnvironmentExpansion(environment: environment).expand(text)
    } catch {
      switch error {
      case .unset(let name):
        let hint =
          name == "CREDENTIALS_DIRECTORY"
          ? "systemd sets it for a unit with LoadCredential=; elsewhere name the file itself"
          : "set it, or write the path out"
        report("variable-unset", position, "the environment variable \(name) is not set", hint)
      case .malformed:
        report(
          "variable-malformed", position, "`${` is not followed by a variable's name and `}`",
          "write it as ${NAME}")
      }
      return nil
    }
  }

  /// The path of a key, against the configuration's folder.
  mutating func path(
    _ key: String, in mapping: inout YAMLMapping, required: Bool = false, resolving: Bool = true
  ) -> String? {
    guard let text = mapping.string(key, required: required),
      let path = expanded(text, at: mapping.position(of: key))
    else { return nil }
    return resolving ? resolve(path) : path
  }

  mutating func paths(_ key: String, in mapping: inout YAMLMapping) -> [String] {
    let position = mapping.position(of: key)
    return mapping.strings(key).compactMap { expanded($0, at: position).map(resolve) }
  }

  func resolve(_ path: String) -> String {
    path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
  }

  mutating func name(
    _ key: String, in mapping: inout YAMLMapping, required: Bool = false
  ) -> DistinguishedName? {
    guard let text = mapping.string(key, required: required) else { return nil }
    return name(text, at: mapping.position(of: key))
  }

  mutating func name(_ text: String, at position: SourcePosition) -> DistinguishedName? {
    do {
      return try DistinguishedName(parsing: text)
    } catch {
      report(
        "wrong-name", position,
        "this is not a distinguished name: \(error.reason) at octet \(error.offset + 1)",
        "write it as in RFC 4514, such as o=Region Exempel,c=SE")
      return nil
    }
  }
}
