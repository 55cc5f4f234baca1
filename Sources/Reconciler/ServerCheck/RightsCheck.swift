import Directory
import Foundation
import LDAP

/// Whether the agent may write what the configuration says it owns, found out without changing anything.
///
/// For each kind one entry is looked up, and each of its owned attributes is asked to lose a value that no entry
/// has: a server answers "insufficient access" before it looks, and "no such value" when it was allowed to look.
/// Where the server is an OpenLDAP, adding an entry is tried with its no-operation control.
struct RightsCheck {
  private let observer: Observer
  private let configuration: Configuration
  private var items: [ServerCheck.Item] = []

  init(_ observer: Observer, _ configuration: Configuration) {
    self.observer = observer
    self.configuration = configuration
  }

  consuming func run() async throws -> [ServerCheck.Item] {
    for kind in Kind.allCases { try await check(kind) }
    try await checkAdding()
    try await checkLock()
    return items
  }

  private mutating func check(_ kind: Kind) async throws {
    guard let managed = configuration.management[kind], let profile = configuration.profile[kind] else {
      return
    }
    let attributes = Set(managed.own + managed.merge).sorted()
    let classes = Filter.or(profile.recognise.map { .equal("objectClass", Value($0)) })
    guard
      let entry = try await observer.connection.firstEntry(
        under: observer.base, filter: classes, attributes: ["1.1"])
    else {
      add(.notKnown, "no \(kind) is there to try the right to write \(attributes.joined(separator: ", "))")
      return
    }
    var refused: [String] = []
    var unclear: [String] = []
    for attribute in attributes where observer.schema.attributeType(attribute) != nil {
      switch try await mayWrite(attribute, of: entry.dn) {
      case true?: continue
      case false?: refused.append(attribute)
      case nil: unclear.append(attribute)
      }
    }
    report(kind, attributes.count, refused: refused, unclear: unclear)
  }

  private mutating func report(_ kind: Kind, _ count: Int, refused: [String], unclear: [String]) {
    if !refused.isEmpty {
      add(
        .bad, "\(kind): the agent may not write \(refused.joined(separator: ", "))",
        "give it the right (conf/slapd/acl.conf), or remove them from manage")
    }
    if !unclear.isEmpty {
      add(.notKnown, "\(kind): the server does not tell about \(unclear.joined(separator: ", "))")
    }
    let good = count - refused.count - unclear.count
    if good > 0 { add(.good, "\(kind): \(good) of \(count) attributes may be written") }
  }

  /// `nil` when the answer tells nothing.
  private func mayWrite(_ attribute: String, of dn: DistinguishedName) async throws -> Bool? {
    let value = improbable(attribute)
    let answer = try await observer.connection.perform(
      .modify(dn, [Modification(.delete, attribute, [value])]))
    switch answer.result {
    case .insufficientAccessRights: return false
    // Without equality rule no value can be looked for: also said only to those who may.
    case .noSuchAttribute, .inappropriateMatching: return true
    default: return nil
    }
  }

  /// A value of the attribute's syntax that no entry has.
  private func improbable(_ attribute: String) -> Value {
    if attribute.equalsIgnoringASCIICase("objectClass") { return "alias" }
    switch observer.schema.syntax(of: attribute).map({ $0.split(separator: ".").last ?? "" }) {
    case "12":  // distinguished name
      return Value("cn=\(UUID().uuidString)")
    case "24":  // time
      return Value("0042031711\(Int.random(in: 1000...1059)).\(Int.random(in: 1...999_999))Z")
    case "27", "36":  // integer, digits
      return Value((0..<30).map { _ in String(Int.random(in: 1...9)) }.joined())
    case "41":  // lines of an address
      return Value("hsasync$\(UUID().uuidString)")
    default: return Value("hsasync-\(UUID().uuidString)")
    }
  }

  /// OpenLDAP's control "do everything but do it": critical, so that another server refuses it.
  private static let noOperation = Control(oid: "1.3.6.1.4.1.4203.666.5.2")
  private static let noOperationDone = ResultCode(rawValue: 0x410E)

  private mutating func checkAdding() async throws {
    guard observer.rootDSE.vendor == "OpenLDAP" else {
      return add(.notKnown, "whether entries may be added, renamed and deleted is known when it is tried")
    }
    let name = "hsasync-\(UUID().uuidString)"
    let dn = observer.base.child(RelativeDistinguishedName("ou", Value(name)))
    let entry = Entry(
      dn: dn,
      attributes: [Attribute("objectClass", ["organizationalUnit"]), Attribute("ou", [Value(name)])])
    let answer = try await observer.connection.perform(.add(entry), controls: [Self.noOperation])
    switch answer.result {
    case Self.noOperationDone: add(.good, "entries may be added under the base")
    case .insufficientAccessRights:
      add(
        .bad, "entries may not be added under the base",
        "give the agent `children` and `entry` (conf/slapd/acl.conf)")
    default: add(.notKnown, "whether entries may be added is known when it is tried")
    }
  }

  /// The entry by which several agents agree, where there is to be one.
  private mutating func checkLock() async throws {
    guard let lock = configuration.daemon.lock else { return }
    let mayWrite: Bool?
    if try await observer.connection.entry(lock, attributes: ["1.1"]) != nil {
      mayWrite = try await self.mayWrite("description", of: lock)
    } else if observer.rootDSE.vendor == "OpenLDAP" {
      let entry = CatalogueLock.entry(lock, value: "none")
      let answer = try await observer.connection.perform(.add(entry), controls: [Self.noOperation])
      switch answer.result {
      case Self.noOperationDone: mayWrite = true
      case .insufficientAccessRights, .noSuchObject, .objectClassViolation, .namingViolation: mayWrite = false
      default: mayWrite = nil
      }
    } else {
      mayWrite = nil
    }
    switch mayWrite {
    case true?: add(.good, "the lock entry of the agents may be written")
    case false?:
      add(
        .bad, "the lock entry of the agents cannot be written",
        "see that the entry above `daemon.lock` exists, and that the agent may make a `device` below it")
    case nil: add(.notKnown, "whether the lock entry may be written is known when it is tried")
    }
  }

  private mutating func add(_ verdict: ServerCheck.Verdict, _ text: String, _ advice: String? = nil) {
    items.append(.init(.rights, verdict, text, advice: advice))
  }
}
