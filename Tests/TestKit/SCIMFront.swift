import Foundation

/// A server that stands in front of a SCIM server, or is a small one itself: it speaks TLS, writes down what is asked,
/// and does wrong what it is told to.
package final class SCIMFront: Sendable {
  package struct Options {
    /// Its certificate; `nil` for http.
    package var identity: TestCA.Identity?
    /// The authority whose client certificates it wants.
    package var clients: String?
    /// The port of the server behind it; `nil` when it is one itself.
    package var backend: UInt16?
    /// What the small server tells that it can do.
    package var patches = true
    package var tags = true
    /// Whether the small server answers any filter with all that it holds.
    package var ignoresFilters = false
    /// What the small server wants to see, when it wants anything.
    package var token: String?
    /// What the small server holds, as JSON texts of resources with an `id`.
    package var users: [String] = []
    package var groups: [String] = []

    package init() {}
  }

  /// A request as it came.
  package struct Request: Sendable {
    package let method: String
    package let path: String
    package let body: String
    package let version: String?
    package let authorization: String?

    package var isWrite: Bool { method != "GET" }
    /// Whether it takes something away.
    package var isLoss: Bool { body.contains(#""op":"remove""#) }
  }

  package let folder: TemporaryFolder
  /// The base of the resources.
  package let url: String
  private let server: Server

  package init(_ options: Options = Options(), faults: String = "[]") async throws {
    folder = try TemporaryFolder()
    try folder.write("front.py", scimFrontScript)
    try folder.write("faults.json", faults)
    try folder.write("options.json", try SCIMFront.json(options))
    // The folder's own name, since the program looks for its files where it stands.
    server = try Server(
      "/usr/bin/env", ["python3", folder.path("front.py"), folder.path], log: folder.path("output"),
      folder: folder)
    let (folder, server) = (folder, server)
    try await eventually(within: .seconds(120), "the front server's start") {
      guard !server.hasEnded else { throw Failure("the front server ended: \(folder.text("output"))") }
      return !folder.text("port").isEmpty
    }
    url = (options.identity == nil ? "http" : "https") + "://127.0.0.1:" + folder.text("port") + "/v2"
  }

  deinit { server.stop() }

  /// Ends the server at once.
  package func stop() { server.stop() }

  /// Has it do other things wrong from now on.
  package func set(faults: String) throws { try folder.write("faults.json", faults) }

  /// All that was asked, in the order that it came.
  package var requests: [Request] {
    folder.text("log").split(separator: "\n").compactMap { line in
      guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let method = object["method"] as? String, let path = object["path"] as? String
      else { return nil }
      return Request(
        method: method, path: path, body: object["body"] as? String ?? "",
        version: object["version"] as? String, authorization: object["authorization"] as? String)
    }
  }

  /// The writes among them.
  package var writes: [Request] { requests.filter(\.isWrite) }

  private static func json(_ options: Options) throws -> String {
    func resources(_ texts: [String]) throws -> [Any] {
      try texts.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
    }
    var object: [String: Any] = [
      "patch": options.patches, "etag": options.tags, "ignoresFilters": options.ignoresFilters,
      "Users": try resources(options.users),
      "Groups": try resources(options.groups),
    ]
    object["backend"] = options.backend.map { Int($0) }
    object["certificate"] = options.identity?.certificate
    object["key"] = options.identity?.key
    object["clients"] = options.clients
    object["token"] = options.token
    return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
  }
}
