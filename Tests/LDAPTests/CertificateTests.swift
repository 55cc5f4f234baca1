import Foundation
import Testing
import TestKit

@testable import LDAP

@Suite struct `The name in a certificate` {
  static func certificate(_ names: String) async throws -> Certificate {
    let ca = try await TestCA()
    var request = TestCA.Request()
    request.alternativeNames = names
    let file = try await ca.issue(request).certificate
    let der = try await Tool.run("/bin/sh", ["-c", "openssl x509 -in '\(file)' -outform DER | base64 -w0"])
    return try #require(Certificate(base64: der.output))
  }

  @Test func `is compared label by label, and the star is one whole left-most label`() async throws {
    let certificate = try await Self.certificate(
      "DNS:EK.example.org,DNS:*.region.example.org,DNS:k*.example.net,DNS:*.org,IP:10.0.0.1,IP:2001:db8::1")
    for host in [
      "ek.example.org", "EK.EXAMPLE.ORG.", "a.region.example.org", "10.0.0.1", "2001:db8::1", "2001:DB8:0::1",
    ] {
      #expect(certificate.isFor(host), "\(host)")
    }
    for host in [
      "example.org", "x.ek.example.org", "a.b.region.example.org", "region.example.org",
      ".region.example.org",
      "kx.example.net", "10.0.0.2", "2001:db8::2", "server", "", "10.0.0.1.example.org",
    ] {
      #expect(!certificate.isFor(host), "\(host)")
    }
  }

  @Test func `has its validity, and octets that are no certificate give none`() async throws {
    let certificate = try await Self.certificate("DNS:a.example.org")
    #expect((29...32).contains((certificate.notAfter - certificate.notBefore) / 86_400))
    #expect(Certificate(der: []) == nil)
    #expect(Certificate(der: [0x30, 0x84, 0xff, 0xff, 0xff, 0xff]) == nil)
    #expect(Certificate(der: [0x30, 0x80]) == nil)
  }
}

@Suite struct `Reading BER` {
  @Test func `every prefix and every changed octet of a message is read without leaving the buffer`() {
    let message = BERWriter.encode {
      $0.constructed(BERTag.sequence) {
        $0.integer(-129)
        $0.octets("värde")
        $0.constructed(BERTag.set) { $0.primitive(BERTag.octetString, [UInt8](repeating: 7, count: 300)) }
      }
    }
    var read = 0
    for length in 0...message.count {
      for index in 0..<min(length, 24) {
        for octet: UInt8 in [0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x85, 0x88, 0xff, 0x30, 0x31] {
          var copy = Array(message.prefix(length))
          copy[index] = octet
          copy.withUnsafeBytes { read += Self.walk(BERReader($0), depth: 0) }
        }
      }
    }
    #expect(read > 0)
    message.withUnsafeBytes { bytes in
      var outer = BERReader(bytes)
      var inner = outer.enter(BERTag.sequence)
      #expect(inner?.integer() == -129)
      #expect(inner?.octets() == Array("värde".utf8))
      #expect(inner?.enter(BERTag.set)?.peekedTag == BERTag.octetString)
      #expect(outer.isAtEnd)
    }
  }

  static func walk(_ reader: BERReader, depth: Int) -> Int {
    var (reader, count) = (reader, 0)
    while let (tag, contents) = reader.next() {
      count += 1 + Int(contents.last ?? 0) & 1
      if tag & 0x20 != 0, depth < 8 { count += walk(BERReader(contents), depth: depth + 1) }
    }
    return count
  }

  @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, -1, -128, -129, 1 << 40, Int.min, Int.max])
  func `an integer is written shortest and read back`(number: Int) {
    let octets = BERWriter.encode { $0.integer(number) }
    octets.withUnsafeBytes { bytes in
      var reader = BERReader(bytes)
      #expect(reader.integer() == number)
    }
    if (-128...127).contains(number) { #expect(octets.count == 3) }
  }
}

extension Certificate {
  fileprivate init?(base64: String) {
    guard let data = Data(base64Encoded: base64) else { return nil }
    self.init(der: Array(data))
  }
}
