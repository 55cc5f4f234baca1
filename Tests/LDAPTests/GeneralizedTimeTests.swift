import LDAP
import Testing

@Suite struct GeneralizedTimeTests {
  @Test(arguments: [
    ("19700101000000Z", 0), ("19691231235959Z", -1), ("20000229120000Z", 951_825_600),
    ("20261121224500Z", 1_795_301_100),
    ("202611212245Z", 1_795_301_100), ("2026112122Z", 1_795_298_400), ("20261121234500+0100", 1_795_301_100),
    ("20261121234500+01", 1_795_301_100), ("20261121174500-0500", 1_795_301_100),
    ("2026112122.75Z", 1_795_301_100),
    ("2026112122,75Z", 1_795_301_100), ("202611212245.5Z", 1_795_301_130), ("19981231235960Z", 915_148_800),
    ("00000101000000Z", -62_167_219_200), ("99991231235959Z", 253_402_300_799),
  ])
  func `a moment is read`(text: String, seconds: Int64) {
    #expect(GeneralizedTime(parsing: text)?.secondsSince1970 == seconds)
  }

  @Test(arguments: [
    "", "20261121224500", "2026112122450Z", "20261321000000Z", "20260229000000Z", "19000229000000Z",
    "20261100000000Z",
    "20261121240000Z", "20261121226000Z", "20261121224561Z", "20261121224500.Z", "20261121224500z",
    "2026-11-21",
    "20261121224500+2400", "20261121224500+0160", "20261121224500+1", "20261121224500ZZ", "2026112122450 Z",
    "00000101000000+0100", "99991231235959-0100", "20261121224500Z\u{0}", "２０２６1121224500Z",
  ])
  func `what is no moment is refused`(text: String) {
    #expect(GeneralizedTime(parsing: text) == nil)
  }

  @Test func `fractions are kept`() {
    let time = GeneralizedTime(parsing: "20261121224500.0625Z")
    #expect(time?.nanoseconds == 62_500_000)
    #expect(time?.description == "20261121224500.0625Z")
    #expect(GeneralizedTime(parsing: "20261121224500.000Z")?.description == "20261121224500Z")
  }

  @Test func `every day of four centuries is read as it was written`() {
    var previous = Int64.min
    for day in 0..<146_097 {
      let time = GeneralizedTime(secondsSince1970: Int64(day) * 86_400 - 5_000_000_000)
      #expect(GeneralizedTime(parsing: time.description) == time)
      #expect(time.secondsSince1970 > previous)
      previous = time.secondsSince1970
    }
  }

  @Test func `what four digits of year cannot write becomes the nearest that they can`() {
    #expect(GeneralizedTime(secondsSince1970: .max).description == "99991231235959Z")
    #expect(GeneralizedTime(secondsSince1970: .min).description == "00000101000000Z")
  }
}
