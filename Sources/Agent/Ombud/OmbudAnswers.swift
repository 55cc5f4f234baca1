import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Reconciler

extension Response {
  static func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    .octets(Array(text.utf8), "text/html; charset=utf-8", status)
  }

  static func octets(
    _ octets: [UInt8], _ type: String, _ status: HTTPResponse.Status = .ok, named name: String? = nil
  ) -> Response {
    var response = Response(
      status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: octets)))
    if let name { response.headers[.contentDisposition] = "attachment; filename=\"\(name)\"" }
    return response
  }

  /// After a form was taken: the page that tells what became of it (RFC 9110 section 15.4.4).
  static func seeOther(_ path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path])
  }
}

extension Request {
  /// The language that was asked for, is remembered, or is preferred; Swedish unless English comes first.
  var pageLanguage: PageFrame.Language {
    let asked = uri.queryParameters["language"].map { String($0) } ?? cookies["language"]?.value
    if let asked, let language = PageFrame.Language(rawValue: asked) { return language }
    let preferred = headers[.acceptLanguage]?.lowercased() ?? "sv"
    let swedish = preferred.firstRange(of: "sv")?.lowerBound
    let english = preferred.firstRange(of: "en")?.lowerBound
    guard let english else { return .swedish }
    return swedish.map { $0 < english } ?? false ? .swedish : .english
  }

  /// All of a body, up to a size.
  ///
  /// - Throws: ``ControlFault`` 413 when there is more.
  func octets(upTo most: Int) async throws -> [UInt8] {
    let fault = ControlFault(
      Refusal(
        .requestMalformed, .usage, "what was sent is larger than \(most / 1_000_000) MB",
        advice: "hand in a smaller file, or have the region take it"), .contentTooLarge)
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > most { throw fault }
    do { return Array(try await body.collect(upTo: most).readableBytesView) } catch is NIOTooManyBytesError {
      throw fault
    }
  }
}
