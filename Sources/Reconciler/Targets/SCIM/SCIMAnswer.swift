/// What is asked of a service provider.
struct SCIMRequest: Sendable {
  enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
  }
  var method = Method.get
  /// Below the base, not encoded.
  var path: [String]
  var query: [(String, String)] = []
  /// The version that the resource must still have (RFC 7644 section 3.14).
  var version: String?
  var body: SCIMJSON?
}

/// What a service provider answered.
struct SCIMAnswer: Sendable {
  enum Body: Sendable {
    case none
    case json(SCIMJSON)
    /// It is too large, broke off, or is no JSON.
    case unusable(RoleTargetFault, isTooLarge: Bool)
  }
  var status: Int
  var body = Body.none
  /// The octets of the body.
  var size = 0
  /// The resource's version, when the answer has it in its header.
  var version: String?
  /// In seconds from now.
  var retryAfter: Double?

  var isSuccess: Bool { (200..<300).contains(status) }
  /// Whether it says that it has done nothing, and is to be asked later.
  var isLater: Bool { status == 429 || status == 503 && retryAfter != nil }
  /// Whether it would be the same another time.
  var isLasting: Bool {
    (300..<500).contains(status) && ![408, 429].contains(status) || status == 501
  }
  var json: SCIMJSON? { if case .json(let json) = body { json } else { nil } }

  /// The number, and the kind of fault where it is one of those that RFC 7644 section 3.12 lists.
  var detail: String {
    guard !isSuccess, let type = json?["scimType"]?.text, SCIMAnswer.types.contains(type) else {
      return "\(status)"
    }
    return "\(status) \(type)"
  }

  private static let types = [
    "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget",
    "invalidValue", "invalidVers", "sensitive",
  ]

  /// What an answer to a reading means that is not a success.
  var fault: RoleTargetFault {
    switch status {
    case 401:
      RoleTargetFault(.notPermitted, "it does not know us (401); look at the token or the client certificate")
    case 403: RoleTargetFault(.notPermitted, "it does not let us read (403); ask its owner for the right")
    case 300..<400:
      RoleTargetFault(
        .unsuitable,
        "it sends us elsewhere (\(status)), which is never followed; give the URL that it means")
    case 404: RoleTargetFault(.unsuitable, "it has no such resources (404); look at the URL's path")
    case 408, 429, 500..<600:
      RoleTargetFault(.unavailable, "it cannot answer now (\(status))", retryAfter: retryAfter)
    default: RoleTargetFault(.unsuitable, "it does not do what SCIM 2.0 asks of it (\(status))")
    }
  }
}

/// That there is no answer.
struct SCIMFailure: Error, Sendable {
  var fault: RoleTargetFault
  /// Whether the request, or part of it, has gone out: then nobody knows what became of it.
  var wasSent: Bool
}
