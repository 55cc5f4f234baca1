import LDAP
import Testing

@testable import Directory

@Suite struct `Values that need no closer look` {
  @Test func `are told from others at every place of an octet`() {
    for octet in UInt8.min...UInt8.max {
      for place in 0..<17 {
        var text = Array("Vardcentral Norr!".utf8)
        text[place] = octet
        #expect(
          text.withUnsafeBytes(\.isPrintableASCII) == (octet >= 0x20 && octet <= 0x7E), "\(octet) at \(place)"
        )
      }
    }
  }
}
