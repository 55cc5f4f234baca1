import Directory

/// Reads all resources of one type, page by page (RFC 7644 section 3.4.2.4), and proves that they are all.
struct SCIMReader: Sendable {
  /// The most that all pages together may hold, in octets.
  static let largestWhole = 64 << 20
  static let attempts = 3
  let session: SCIMSession
  let slot: SCIMSlot
  let attributes: String
  let page: Int
  /// Which resources, by RFC 7644 section 3.4.2.2; `nil`: all.
  var filter: String?

  /// All of them, each once.
  ///
  /// Others may write meanwhile, which moves what stands on later pages: then all is read again.
  func all() async throws(RoleTargetFault) -> [SCIMResource] {
    for _ in 0..<Self.attempts {
      if let resources = try await once() { return resources }
    }
    throw RoleTargetFault(
      .unavailable,
      "its pages do not add up to the total that it tells, read \(Self.attempts) times; try again later")
  }

  private struct Progress {
    var resources: [SCIMResource] = []
    var ids: Set<String> = []
    var total: Int?
    var size = 0
    var page: Int
  }

  /// `nil` when the pages do not belong together.
  private func once() async throws(RoleTargetFault) -> [SCIMResource]? {
    var progress = Progress(page: page)
    repeat {
      guard let answer = try await next(&progress) else { continue }
      guard try take(answer, &progress) else { return nil }
    } while progress.total.map { progress.resources.count < $0 } ?? true
    return progress.resources
  }

  /// Asks for the next page; `nil` when it was too large, and a smaller one is to be asked for.
  private func next(_ progress: inout Progress) async throws(RoleTargetFault) -> SCIMJSON? {
    let answer = try await session.read(
      [slot.resources],
      [
        ("attributes", attributes), ("startIndex", "\(progress.resources.count + 1)"),
        ("count", "\(progress.page)"),
      ] + (filter.map { [("filter", $0)] } ?? []))
    progress.size += answer.size
    guard progress.size <= Self.largestWhole else {
      throw RoleTargetFault(.malformed, "what it lists is larger than 64 MB in all")
    }
    switch answer.body {
    case .json(let json): return json
    case .none: throw Self.malformed
    case .unusable(_, isTooLarge: true) where progress.page > 1:
      progress.page = max(1, progress.page / 8)
      return nil
    case .unusable(let fault, _): throw fault
    }
  }

  private static let malformed = RoleTargetFault(
    .malformed, "its list is not what SCIM 2.0 says (RFC 7644 section 3.4.2); look at the URL")

  /// Takes a page.
  ///
  /// - Returns: whether it goes with those before it.
  private func take(_ json: SCIMJSON, _ progress: inout Progress) throws(RoleTargetFault) -> Bool {
    guard let total = json["totalResults"]?.whole, total >= 0 else { throw Self.malformed }
    let listed = json["Resources"]
    guard let elements = listed?.elements ?? (listed == nil ? [] : nil) else { throw Self.malformed }
    if let known = progress.total, known != total { return false }
    progress.total = total
    for element in elements {
      guard var resource = SCIMResource(element, slot) else { throw Self.malformed }
      resource.json = .null
      guard progress.ids.insert(resource.id).inserted else { return false }
      progress.resources.append(resource)
    }
    // More than the total is as wrong as a page that brings nothing on.
    return progress.resources.count <= total && (!elements.isEmpty || progress.resources.count == total)
  }
}
