import Agent
import Directory
import Foundation
import LDAP
import Reconciler
import TestKit

/// A server, an agent at work on it, and what is done to both.
final class Day {
  let region: Region
  let server: PreparedServer
  private let folder: TemporaryFolder
  private let hsasync: String
  private let subject: Subject
  private let configuration: String
  private let clinic: [Person]
  private let administrator: LDAPConnection
  private var agent: Server?
  private var consumerFolder: TemporaryFolder?

  /// Persons of the unit with this number have a file of their own.
  private static let unit = 9
  private static let role = "Bench;Jour"

  /// - Parameter more: what the configuration says besides.
  init(region: Region, hsasync: String, more: String = "") async throws {
    self.region = region
    self.hsasync = hsasync
    folder = try TemporaryFolder()
    let files = RegionFiles(region: region, folder: folder)
    server = try await PreparedServer(content: files.writeDirectory())
    try await server.keep()
    subject = Subject(server: server, folder: folder, program: hsasync)
    clinic = region.people(of: Day.unit)
    let desired = try files.writeDesired(without: Day.unit)
    try folder.write("clinic/clinic.yaml", Day.text(clinic, region, [:]))
    configuration = try Day.configure(
      subject.writeConfiguration(desired: "\(desired), \(folder.path("clinic"))", name: "day.yaml"), folder,
      more)
    try await server.start()
    var settings = LDAPConfiguration(urls: [try LDAPURL(server.url)])
    settings.allowsPlainText = true
    let password = try Secret(
      Array(Data(contentsOf: URL(filePath: server.folder.path("slapd/secrets/admin")))))
    administrator = try await LDAPConnection.open(
      settings, bind: .simple(dn: "cn=katalogadmin,ou=System,\(PreparedServer.base)", password: password))
  }

  /// Roles, a target, a socket; and guards that let a benchmark through.
  private static func configure(
    _ path: String, _ folder: TemporaryFolder, _ more: String
  ) throws -> String {
    var text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    guard let guards = text.firstMatch(of: /guards:\n(  .*\n)+/)?.range else {
      throw Failure("the sample has no guards")
    }
    let loose = ["updated", "rolesLost", "rolesGranted", "deleted", "deactivated", "moved"]
      .map { "  \($0): {percent: 50, count: 5000}\n" }.joined()
    text.replaceSubrange(guards, with: "guards:\n\(loose)  windows: {day: 10, week: 20}\n")
    text += try Subject.roles(role, to: "(hsaAltText=jour*)", in: folder)
    guard text.contains("\ncontrol:\n") else { throw Failure("the sample has no control socket") }
    text.replace(
      "\ncontrol:\n", with: "\ncontrol:\n  socket: \(folder.path("control"))\n", maxReplacements: 1)
    return try folder.write("agent.yaml", text + more)
  }

  /// Marks a unit as a care provider.
  func makeProvider(_ unit: Int) async throws {
    let mark = Modification(.add, "objectClass", ["hsaHealthCareProvider"])
    _ = try await administrator.perform(.modify(region.name(of: unit), [mark]))
  }

  // MARK: The agent

  /// Starts it on an empty store and waits until all agrees; seconds.
  func start() async throws -> Double {
    let begun = ContinuousClock.now
    try launch()
    let client = ControlClient(socketPath: folder.path("control"))
    var approved: Set<String> = []
    try await eventually(within: .seconds(600), "agreement: \(folder.text("agent.log").suffix(2_000))") {
      if agent?.hasEnded ?? true {
        throw Failure("the agent has ended: \(folder.text("agent.log").suffix(2_000))")
      }
      guard let status = try? await client.status() else { return false }
      // With nothing remembered a first plan may need somebody's word.
      for plan in status.waiting where approved.insert(plan.code).inserted {
        _ = try await client.send(AgentOrder(.approve(plan.code)))
      }
      return status.state == .inSync && status.queue == 0
    }
    return (ContinuousClock.now - begun) / .seconds(1)
  }

  private func launch() throws {
    agent = try Server(
      hsasync, ["run", "--config", configuration], environment: subject.environment(url: server.url),
      log: folder.path("agent.log"), folder: folder)
  }

  /// Ends it and starts it again; seconds until it is in sync.
  func restart() async throws -> Double {
    try stop()
    let begun = ContinuousClock.now
    try launch()
    let client = ControlClient(socketPath: folder.path("control"))
    try await eventually(within: .seconds(120), "agreement after a restart") {
      (try? await client.status())?.state == .inSync
    }
    return (ContinuousClock.now - begun) / .seconds(1)
  }

  func stop() throws {
    agent?.stop(SIGTERM)
    agent = nil
  }

  /// Seconds of processor time so far.
  func processor() throws -> Double {
    let text = try String(contentsOfFile: "/proc/\(agent?.pid ?? 0)/stat", encoding: .utf8)
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      throw Failure("no process")
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Megabytes now.
  func resident() throws -> Double {
    let text = try String(contentsOfFile: "/proc/\(agent?.pid ?? 0)/statm", encoding: .utf8)
    let pages = Double(text.split(separator: " ")[1]) ?? 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
  }

  /// Megabytes of that which are pages of the program's own file, which the kernel shares and takes back.
  func residentOfFiles() throws -> Double {
    let text = try String(contentsOfFile: "/proc/\(agent?.pid ?? 0)/statm", encoding: .utf8)
    let pages = Double(text.split(separator: " ")[2]) ?? 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
  }

  // MARK: Watching

  func watch(_ url: String) async throws -> Watch {
    var settings = LDAPConfiguration(urls: [try LDAPURL(url)])
    settings.allowsPlainText = true
    let password = try Secret(Array(Data(contentsOf: URL(filePath: server.passwordFile))))
    let connection = try await LDAPConnection.open(
      settings, bind: .simple(dn: PreparedServer.agent, password: password))
    return try await Watch(connection, base: Region.top)
  }

  /// A slapd that follows the server, begun with a copy of its databases.
  func consumer() async throws -> Consumer { try await Consumer(of: server) }

  // MARK: Changes, each at another person

  private func person(_ number: Int) -> (identity: String, name: DistinguishedName) {
    // Far from the clinic with a file of its own.
    let unit = 20 + number % (region.units - 20)
    let person = region.people(of: unit)[number / (region.units - 20)]
    let rdn = RelativeDistinguishedName("cn", Value(person.name))
    return (Region.identity("3", person.number), region.name(of: unit).child(rdn))
  }

  private func modify(_ name: DistinguishedName, _ attribute: String, _ value: String) async throws {
    _ = try await administrator.perform(.modify(name, [Modification(.replace, attribute, [Value(value)])]))
  }

  /// Something that the agent has nothing to do with.
  func note(_ number: Int, in watch: Watch) async throws -> Watch.Wanted {
    let (identity, name) = person(number)
    let since = ContinuousClock.now
    try await modify(name, "hsaAltText", "bild \(number)")
    return Watch.Wanted(identity: identity, value: "bild \(number)", since: since)
  }

  /// Somebody changes what the agent owns.
  func drift(_ number: Int) async throws -> Watch.Wanted {
    let (identity, name) = person(number)
    guard
      let wanted = try await administrator.entry(name, attributes: ["telephoneNumber"])?.text(
        "telephoneNumber")
    else { throw Failure("a person without a telephone") }
    let since = ContinuousClock.now
    try await modify(name, "telephoneNumber", "+46 8 \(number)")
    return Watch.Wanted(identity: identity, value: wanted, since: since)
  }

  /// Somebody changes what a role follows from.
  func entitle(_ number: Int) async throws -> Watch.Wanted {
    let (identity, name) = person(number)
    let since = ContinuousClock.now
    try await modify(name, "hsaAltText", "jour \(number)")
    return Watch.Wanted(identity: identity, value: Day.role, since: since)
  }

  /// A clinic's file is written anew with another number for one of its persons.
  func rewrite(_ number: Int) async throws -> Watch.Wanted {
    let person = clinic[number % clinic.count]
    let telephone = "+46 8 465 \(10_000 + number)"
    try folder.write("next.yaml", Day.text(clinic, region, [person.number: telephone]))
    let since = ContinuousClock.now
    guard rename(folder.path("next.yaml"), folder.path("clinic/clinic.yaml")) == 0 else {
      throw Failure("rename: \(String(cString: strerror(errno)))")
    }
    return Watch.Wanted(identity: Region.identity("3", person.number), value: telephone, since: since)
  }

  private static func text(_ people: [Person], _ region: Region, _ numbers: [Int: String]) -> String {
    let name = region.name(of: unit)
    return "persons:\n"
      + people.map { person in
        let entry = region.personEntry(person, unit: name, manager: nil)
        let number = numbers[person.number] ?? entry.text("telephoneNumber") ?? ""
        return "  - {hsaIdentity: \(Region.identity("3", person.number)), telephoneNumber: \"\(number)\"}\n"
      }.joined()
  }
}

/// A slapd that is a syncrepl consumer.
final class Consumer {
  let url: String
  private let server: Server
  private let folder: TemporaryFolder

  init(of provider: PreparedServer) async throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    try await Tool.run("cp", ["-a", "--sparse=always", provider.folder.path("slapd"), folder.path("slapd")])
    try await Tool.run("rm", ["-rf", folder.path("slapd/data"), folder.path("slapd/log")])
    for name in ["data", "log"] {
      try await Tool.run(
        "cp", ["-a", "--sparse=always", provider.folder.path(name), folder.path("slapd/\(name)")])
    }
    let password = provider.folder.text("slapd/secrets/agent")
    let text = folder.text("slapd/slapd.conf").replacing(
      provider.folder.path("slapd"), with: folder.path("slapd"))
    let consumer = """

      syncrepl rid=001 provider=\(provider.url) type=refreshAndPersist searchbase="\(Region.base)"
        bindmethod=simple binddn="\(PreparedServer.agent)" credentials="\(password)" retry="1 +" schemachecking=off
      """
    try folder.write("slapd/slapd.conf", text + consumer + "\n")
    let port = try Loopback.freePort()
    url = "ldap://127.0.0.1:\(port)"
    let socket = folder.path("ldapi")
    server = try Server(
      "/usr/sbin/slapd",
      [
        "-f", folder.path("slapd/slapd.conf"), "-h", "ldapi://\(socket.replacing("/", with: "%2F")) \(url)",
        "-d", "0",
      ],
      log: folder.path("slapd.log"), folder: folder)
    try await eventually("the consumer: \(folder.text("slapd.log"))") {
      Loopback.answersLDAP(socketPath: socket)
    }
  }

  func stop() { server.stop() }
}
