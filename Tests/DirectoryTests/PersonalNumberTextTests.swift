import Testing

@testable import Directory

@Suite struct PersonalNumberTextTests {
  @Test(arguments: PersonalNumberTests.personal)
  func `a personal number is masked however it is written`(number: String) {
    let (date, tail) = (number.prefix(8), number.suffix(4))
    let forms = [number, "\(date)-\(tail)", "\(date.dropFirst(2))-\(tail)", "\(date.dropFirst(2))+\(tail)"]
    for form in forms {
      #expect(PersonalNumber.masked(in: form) == "••••", "\(form)")
      #expect(PersonalNumber.masked(in: "åäö (\(form)), \(form).") == "åäö (••••), ••••.", "\(form)")
    }
  }

  @Test(arguments: [
    "+46812310011", "0701234567", "SE2321000016-7X3K", "20260101000000Z", "199001192384", "a199001192385",
    "1990011923856", "556677-1234", "2026-01-01", "", "å", "19900119-238", "19900119-23856",
    "20260101;20261231",
  ])
  func `what is no personal number is left as it is`(text: String) {
    #expect(PersonalNumber.masked(in: text) == text)
  }
}
