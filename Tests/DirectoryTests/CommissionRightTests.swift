import LDAP
import Testing

@testable import Directory

@Suite struct CommissionRightTests {
  @Test(arguments: [
    ("Läsa;alla;SJF", "läsa", "alla", CommissionRight.Scope.others),
    ("SKRIVA;DIA;ve", "skriva", "dia", .unit),
    ("signera;Upp;Vg", "signera", "upp", .provider),
    ("La\u{308}sa;und;VG", "läsa", "und", .provider),
    ("Läsa;lko;VE", "läsa", "lak", .unit),
    ("Läsa;lkf;VE", "läsa", "lak", .unit),
    ("Läsa;vot;se2321000016-1b01", "läsa", "vot", .identity(HSAIdentity("SE2321000016-1B01"))),
  ])
  func `a right is activity, type and scope, whatever the letter case`(
    _ text: String, _ activity: String, _ type: String, _ scope: CommissionRight.Scope
  ) {
    #expect(
      CommissionRight(parsing: text) == CommissionRight(activity: activity, type: type, scope: scope))
  }

  @Test(arguments: [
    "", ";", ";;", "Läsa", "Läsa;alla", "Läsa;alla;", "Läsa;alla;VE;", "Läsa;alla;VE;VG", "Läsa;;VE",
    "Radera;alla;VE", "Läsa;allt;VE", " Läsa;alla;VE", "Läsa;alla;VE ", "Läsa; alla;VE", "Läsa;alla;VEG",
    "Läsa;alla;SE2321000016", "Läsa;alla;-", "Läsa;alla;SE-1*", "Lasa;alla;VE",
  ])
  func `what is not exactly a right gives nothing`(_ text: String) {
    #expect(CommissionRight(parsing: text) == nil)
  }

  @Test(arguments: [
    ("Läsa;alla;SJF", "Läsa;alla;SJF", true),
    ("Läsa;alla;SJF", "Läsa;dia;SJF", true),
    ("Läsa;dia;SJF", "Läsa;alla;SJF", false),
    ("Läsa;dia;SJF", "Läsa;und;SJF", false),
    ("Läsa;alla;SJF", "Skriva;alla;SJF", false),
    ("Signera;alla;VE", "Läsa;alla;VE", false),
    ("Läsa;alla;VG", "Läsa;dia;VE", true),
    ("Läsa;alla;VE", "Läsa;alla;VG", false),
    ("Läsa;alla;SJF", "Läsa;alla;VG", false),
    ("Läsa;alla;SJF", "Läsa;alla;VE", false),
    ("Läsa;alla;VG", "Läsa;alla;SJF", false),
    ("Läsa;lkf;VE", "Läsa;lak;VE", true),
    ("Läsa;lak;VE", "Läsa;lko;VE", true),
    ("Läsa;lak;VE", "Läsa;lkm;VE", false),
    ("Läsa;alla;SE2321000016-1B01", "Läsa;und;se2321000016-1b01", true),
    ("Läsa;alla;SE2321000016-1B01", "Läsa;und;SE2321000016-1B02", false),
    ("Läsa;alla;VG", "Läsa;und;SE2321000016-1B01", false),
    ("Läsa;alla;SE2321000016-1B01", "Läsa;alla;VE", false),
  ])
  func `alla covers every type and the provider its units, and nothing else covers another`(
    _ held: String, _ wanted: String, _ isCovered: Bool
  ) throws {
    let held = try #require(CommissionRight(parsing: held))
    #expect(held.covers(try #require(CommissionRight(parsing: wanted))) == isCovered)
  }

  @Test func `a right is written as HSA writes it, and read back`() throws {
    for text in ["Läsa;alla;SJF", "Skriva;dia;VE", "Signera;upp;VG", "Läsa;lkm;SE2321000016-1B01"] {
      let right = try #require(CommissionRight(parsing: text))
      #expect(right.description == text)
    }
  }
}
