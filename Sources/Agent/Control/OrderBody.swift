import Directory
import Reconciler

/// What is sent with a request: strict, so that a misspelled word is not taken for its absence.
struct OrderBody: Hashable, Sendable {
  /// The largest that is read, in octets.
  static let largest = 64 << 10
  /// The longest reason, in characters.
  static let longestReason = 1_000
  /// What any body may say.
  static let members: Set<String> = ["reason", "language", "detail", "allOrNothing", "wait"]
  var order: AgentOrder
  /// Whether the answer is waited for.
  var waits: Bool

  /// As a client writes it.
  static func text(of order: AgentOrder, waits: Bool) -> String {
    var members = order.request.members
    members["reason"] = order.reason.map { .string($0) }
    members["language"] = .string(order.language.rawValue)
    members["detail"] = .string(order.detail.name)
    members["allOrNothing"] = order.isAllOrNothing ? true : nil
    members["wait"] = .bool(waits)
    return CanonicalJSON.object(members).text
  }
}

/// Reads a body, member by member.
struct OrderBodyReader {
  private let route: ControlRoute
  private let prefixes: [String]
  private var members: [String: SCIMJSON] = [:]

  /// - Parameters:
  ///   - octets: all of the body; none is as good as `{}`.
  ///   - prefixes: of HSA-ids of test catalogues (``Profile/identityPrefixes``).
  init(_ octets: [UInt8], of route: ControlRoute, prefixes: [String] = []) throws(Refusal) {
    self.route = route
    self.prefixes = prefixes
    guard !octets.isEmpty else { return }
    guard case .object(let found)? = try? SCIMJSONParser.parse(octets) else {
      throw Self.fault("the body is not one JSON object whose members all differ")
    }
    let known = route.members.union(OrderBody.members)
    let unknown = found.map(\.name).filter { !known.contains($0) }.sorted()
    if let name = unknown.first {
      throw Self.fault(
        "\(route.path) knows no member \(Self.shown(name))",
        advice: "the members are " + known.sorted().joined(separator: ", "))
    }
    for member in found { members[member.name] = member.value }
  }

  func body() throws(Refusal) -> OrderBody {
    var order = AgentOrder(try request())
    order.reason = try reason()
    if let language = try text("language") {
      guard let known = Language(rawValue: language) else { throw Self.fault("`language` is en or sv") }
      order.language = known
    }
    if let detail = try text("detail") {
      guard let known = PlanText.Detail(name: detail) else {
        throw Self.fault("`detail` is " + PlanText.Detail.allCases.map(\.name).joined(separator: ", "))
      }
      order.detail = known
    }
    order.isAllOrNothing = try flag("allOrNothing") ?? false
    return OrderBody(order: order, waits: try flag("wait") ?? true)
  }

  private func request() throws(Refusal) -> AgentRequest {
    switch route {
    case .plan: .plan(try extent())
    case .reconcile: .reconcile(try extent())
    case .apply: .apply(code: try code())
    case .approve: .approve(try needed("code", code()))
    case .cancel: .cancel(try needed("code", code()))
    case .undo: .undo(run: try needed("run", run()))
    case .take:
      .take(try needed("provider", identity("provider")), file: try needed("file", file()))
    case .pushRoles: .pushRoles
    case .release: .release(try needed("hsaIdentity", identity("hsaIdentity")))
    case .adopt: .adopt(try needed("hsaIdentity", identity("hsaIdentity")))
    }
  }

  private func extent() throws(Refusal) -> AgentRequest.Extent {
    let named = ["unit", "provider", "person"].filter { members[$0] != nil }
    guard named.count < 2 else { throw Self.fault("only one of unit, provider and person can be asked for") }
    if let unit = try identity("unit") { return .unit(unit) }
    if let provider = try identity("provider") { return .provider(provider) }
    if let person = try identity("person") { return .person(person) }
    return .whole
  }

  /// The code of a plan or its digest, and nothing else that somebody may have written in that place.
  private func code() throws(Refusal) -> String? {
    guard let text = try text("code") else { return nil }
    let isDigest = text.utf8.count == 64 && text.utf8.allSatisfy { $0 &- 48 < 10 || ($0 | 0x20) &- 97 < 6 }
    guard let code = isDigest ? text.lowercased() : PlanDigest.code(parsing: text) else {
      throw Self.fault("`code` is the code of a plan, such as 7F3A-91C2, or its digest")
    }
    return code
  }

  private func file() throws(Refusal) -> Int? {
    guard let value = members["file"] else { return nil }
    guard let number = value.whole, number > 0 else {
      throw Self.fault("`file` is the number of a file that was handed in")
    }
    return number
  }

  private func run() throws(Refusal) -> Int? {
    guard let value = members["run"] else { return nil }
    guard let run = value.whole, run > 0 else { throw Self.fault("`run` is the number of a run") }
    return run
  }

  /// An HSA-id of the right form, so that nothing else gets into logs under that name.
  private func identity(_ name: String) throws(Refusal) -> HSAIdentity? {
    guard let text = try text(name) else { return nil }
    guard let identity = HSAIdentity(wellFormed: text, prefixes: prefixes) else {
      throw Self.fault("`\(name)` does not have the form of an HSA-id")
    }
    return identity
  }

  private func reason() throws(Refusal) -> String? {
    guard let text = try text("reason") else { return nil }
    guard text.count <= OrderBody.longestReason, !text.unicodeScalars.contains("\0") else {
      throw Self.fault("`reason` has at most \(OrderBody.longestReason) characters")
    }
    return text
  }

  private func text(_ name: String) throws(Refusal) -> String? {
    guard let value = members[name] else { return nil }
    guard let text = value.text else { throw Self.fault("`\(name)` is a text") }
    return text
  }

  private func flag(_ name: String) throws(Refusal) -> Bool? {
    guard let value = members[name] else { return nil }
    guard let flag = value.flag else { throw Self.fault("`\(name)` is true or false") }
    return flag
  }

  private func needed<Value>(_ name: String, _ value: Value?) throws(Refusal) -> Value {
    guard let value else { throw Self.fault("`\(name)` is missing") }
    return value
  }

  static func fault(_ message: String, advice: String? = nil) -> Refusal {
    Refusal(
      .requestMalformed, .usage, message,
      advice: advice ?? "see schemas/control.openapi.yaml for what is understood")
  }

  /// What somebody wrote for a name, as far as it may be repeated.
  private static func shown(_ name: String) -> String {
    let isName = name.utf8.allSatisfy { ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 || $0 == 0x5F || $0 == 0x2D }
    return isName && (1...40).contains(name.utf8.count) ? "`\(name)`" : "of that name"
  }
}

extension HSAIdentity {
  /// - Returns: `nil` when the text does not have the form of an HSA-id.
  init?(wellFormed text: String, prefixes: [String]) {
    let isWellFormed = Array(text.utf8).withUnsafeBytes {
      HSAIdentity.isWellFormed($0, prefixes: prefixes)
    }
    guard isWellFormed else { return nil }
    self.init(text)
  }
}
