import LDAP
import Testing

@testable import Directory

@Suite struct CivilTimeTests {
  private func read(_ text: String, _ bound: CivilTime.Bound) -> Result<String, CivilTime.Fault> {
    Result { () throws(CivilTime.Fault) in try CivilTime.generalizedTime(text, as: bound) }
  }

  @Test func `a bare start date is that day's first midnight in Sweden`() {
    #expect(read("2026-01-01", .start) == .success("20251231230000Z"))
    #expect(read("2026-07-01", .start) == .success("20260630220000Z"))
  }

  @Test func `a bare end date means through that day`() {
    #expect(read("2026-12-31", .end) == .success("20261231230000Z"))
    #expect(read("2026-06-30", .end) == .success("20260630220000Z"))
    #expect(read("2024-02-28", .end) == .success("20240228230000Z"))
  }

  @Test func `the days on which clocks change are 23 and 25 hours long`() {
    #expect(read("2026-03-29", .start) == .success("20260328230000Z"))
    #expect(read("2026-03-29", .end) == .success("20260329220000Z"))
    #expect(read("2026-10-25", .start) == .success("20261024220000Z"))
    #expect(read("2026-10-25", .end) == .success("20261025230000Z"))
  }

  @Test func `a moment with an offset is that moment, start or end`() {
    for bound in [CivilTime.Bound.start, .end] {
      #expect(read("2026-01-31T08:00:00+01:00", bound) == .success("20260131070000Z"))
      #expect(read("2026-01-31T08:00+0100", bound) == .success("20260131070000Z"))
      #expect(read("2026-01-31 08:00:30Z", bound) == .success("20260131080030Z"))
      #expect(read("2026-01-31T00:30:00+02:00", bound) == .success("20260130223000Z"))
    }
  }

  @Test(arguments: ["20260131070000Z", "2026013107Z", "20260131070000.5Z", "20260131080000+0100"])
  func `a value in the directory's form stays as it is`(_ text: String) {
    #expect(read(text, .end) == .success(text))
  }

  @Test(arguments: [
    "2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "9999-12-31", "1899-12-31",
    "2026-01-31T24:00Z",
    "2026-01-31T23:59:60Z", "2026-01-31T12:60Z", "20260231000000Z", "99991231235959Z",
  ]) func `an impossible day, time or year is told as such`(_ text: String) {
    #expect(read(text, .start) == .failure(.impossible))
  }

  @Test(arguments: ["2026-01-31T08:00:00", "2026-01-31 08:00", "20260131070000"])
  func `a time of day without zone is not guessed at`(_ text: String) {
    #expect(read(text, .start) == .failure(.zone))
  }

  @Test(arguments: [
    "", "soon", "2026-1-1", "26-01-01", "2026/01/01", "2026-01-01T", "2026-01-01T08Z", "2026-01-01x",
    "20260101", "2026-01-31T08:00 CET",
  ])
  func `other texts are no dates`(_ text: String) { #expect(read(text, .start) == .failure(.form)) }

  @Test func `the form that people read is read back as the same moment`() {
    for value in ["20251231230000Z", "20260630220000Z", "19000101000000Z"] {
      let written = Array(value.utf8).withUnsafeBytes { CivilTime.written($0) }
      #expect(written.map { read($0, .end) } == .success(value))
    }
    #expect(Array("2025123123Z".utf8).withUnsafeBytes { CivilTime.written($0) } == nil)
  }
}
