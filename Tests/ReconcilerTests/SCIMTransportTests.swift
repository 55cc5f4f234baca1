import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `The way to a SCIM target` {
  private func front(_ identity: TestCA.Identity, clients: String? = nil) async throws -> SCIMFront {
    var options = SCIMFront.Options()
    options.identity = identity
    options.clients = clients
    options.token = "t0ken"
    options.users = [SCIMFixture.user(1, ["NPÖ;A"])]
    return try await SCIMFront(options)
  }

  private func fault(_ front: SCIMFront, _ adjust: (inout SCIMSettings) -> Void) async throws
    -> RoleTargetFault?
  {
    let fixture = try SCIMFixture(front, adjust)
    let fault = await #expect(throws: RoleTargetFault.self) { try await fixture.target.held() }
    let outcomes = await fixture.push([SCIMFixture.loss(1, "NPÖ;A")])
    #expect(outcomes.allSatisfy { $0.verdict == .failed } && front.requests.isEmpty)
    return fault
  }

  @Test func `is TLS with a token and a client certificate`() async throws {
    let authority = try await TestCA()
    let client = try await authority.issue()
    let front = try await front(try await authority.issue(), clients: authority.certificate)
    let fixture = try SCIMFixture(front) { settings in
      settings.ca = authority.certificate
      settings.certificate = client.certificate
      settings.key = client.key
    }
    #expect(try await fixture.roles() == ["SE2321000016-P1 NPÖ;A"])
    #expect(await fixture.push([SCIMFixture.loss(1, "NPÖ;A")]) == [RoleOutcome(.applied)])
    #expect(front.requests.allSatisfy { $0.authorization == "Bearer t0ken" })
  }

  @Test func `is not taken when the authority is not trusted`() async throws {
    let authority = try await TestCA()
    let other = try await TestCA()
    let fault = try await fault(try await front(try await authority.issue())) { $0.ca = other.certificate }
    #expect(fault?.code == .tls && fault?.description.contains("authority") == true)
  }

  @Test func `is not taken when the certificate is not valid any longer, or not yet`() async throws {
    let authority = try await TestCA()
    for days in [-20...(-1), 2...20] {
      var request = TestCA.Request()
      request.days = days
      let fault = try await fault(try await front(try await authority.issue(request))) {
        $0.ca = authority.certificate
      }
      #expect(fault?.code == .tls && fault?.description.contains("not valid now") == true)
    }
  }

  @Test func `is not taken when the certificate is for another name`() async throws {
    let authority = try await TestCA()
    for names in ["DNS:idp.example.org", "IP:127.0.0.2"] {
      var request = TestCA.Request()
      request.subject = "/CN=127.0.0.1"
      request.alternativeNames = names
      let fault = try await fault(try await front(try await authority.issue(request))) {
        $0.ca = authority.certificate
      }
      #expect(
        fault?.code == .tls && fault?.description.contains("another name") == true,
        "\(String(describing: fault))")
    }
  }

  @Test func `is not open without the client certificate that the server wants`() async throws {
    let authority = try await TestCA()
    let other = try await TestCA().issue()
    let front = try await front(try await authority.issue(), clients: authority.certificate)
    let missing = try await fault(front) { $0.ca = authority.certificate }
    #expect(
      missing?.code == .tls && missing?.description.contains("client certificate") == true,
      "\(String(describing: missing))")
    let foreign = try await fault(front) { settings in
      settings.ca = authority.certificate
      settings.certificate = other.certificate
      settings.key = other.key
    }
    #expect(
      foreign?.code == .tls && foreign?.description.contains("client certificate") == true,
      "\(String(describing: foreign))")
  }

  @Test func `is told when its files cannot be read`() async throws {
    let authority = try await TestCA()
    let front = try await front(try await authority.issue())
    let fixture = try SCIMFixture(front) { $0.ca = front.folder.path("none") }
    #expect(await #expect(throws: RoleTargetFault.self) { try await fixture.target.held() }?.code == .tls)
    for token in ["", "two words", "å", "a\nb"] {
      let fixture = try SCIMFixture(front, token: token) { $0.ca = authority.certificate }
      let fault = await #expect(throws: RoleTargetFault.self) { try await fixture.target.held() }
      #expect(fault?.code == .notPermitted)
      #expect(token.isEmpty || fault?.description.contains(token) == false)
    }
    #expect(front.requests.isEmpty)
  }

  @Test func `finds a new token without being made anew`() async throws {
    let authority = try await TestCA()
    let front = try await front(try await authority.issue())
    let fixture = try SCIMFixture(front, token: "old") { $0.ca = authority.certificate }
    #expect(
      await #expect(throws: RoleTargetFault.self) { try await fixture.target.held() }?.code == .notPermitted)
    try front.folder.write("token", "t0ken\n")
    #expect(try await fixture.roles().count == 1)
  }

  @Test(arguments: [
    "http://idp.example.org/scim", "ftp://127.0.0.1/", "idp.example.org", "https://",
    "https://a:b@idp.example.org/",
    "https://idp.example.org/?x=1", "https://idp.example.org/#x", "http://127.0.0.1.example.org/",
    "https://idp.example.org/å",
  ])
  func `is not any other URL`(url: String) {
    var settings = SCIMSettings(url: url)
    settings.tokenFile = "/token"
    #expect(settings.fault?.code == .unsuitable)
  }

  @Test func `is https, or http on this machine`() throws {
    for url in [
      "https://idp.example.org/scim/v2/", "http://127.0.0.1:8080", "http://[::1]:80/v2", "http://localhost/",
    ] {
      var settings = SCIMSettings(url: url)
      #expect(settings.fault?.code == .unsuitable)
      settings.tokenFile = "/token"
      #expect(settings.fault == nil, "\(url)")
    }
    let address = try SCIMAddress("https://idp.example.org/v2/")
    #expect(
      address.url(["Users", "a/ö"], [("filter", "a eq \"&=\"")])
        == "https://idp.example.org/v2/Users/a%2F%C3%B6?filter=a%20eq%20%22%26%3D%22")
  }
}
