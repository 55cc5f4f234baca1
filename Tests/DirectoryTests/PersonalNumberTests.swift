import Foundation
import LDAP
import Testing

@testable import Directory

@Suite struct PersonalNumberTests {
  private func form(_ number: String, today: Int = 2026_06_01) -> Result<
    PersonalNumber.Form, PersonalNumber.Fault
  > {
    Array(number.utf8).withUnsafeBytes { octets in
      Result { () throws(PersonalNumber.Fault) in try PersonalNumber.form(of: octets, today: today) }
    }
  }

  /// Skatteverket's published test numbers: nobody has them.
  static let personal = """
    195808052384 199001192385 199003082394 199004262383 199006132394 199008012388 199009182396
    199011062388 199012242393 199102112381 199103312394 199105192380 199107062391 199108242380
    199110112399 199111292380 199201162394 199203052387 199204222393 199206102387 199207282394
    199209152389 199211022398 199212212386 199302072393 199303282389 199305152390 199307032384
    199308202390 199310082384 199311252390 199401252391 199405022386 199408072396 199411122386
    199502172399 199505252388 199508302396 199512052383 199603112393 199606162387 199609212395
    199612272386 199704032391 199707092384 199710142390 199801192387 199804262393 199808012380
    199811062398 199902122390 199905202389 199908252399 199911302389 200003062395 200006112387
    200009162397 200012232393 200103312393 200107062382 200110112398 200201162385 200204232391
    200207292392
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  /// With days 60 to 91 and month 00.
  static let coordination = """
    195704882397 196100602397 196507712385 196809672386 197203912386 197512622395 197911882392
    198300902395 198706602391 199106762397 195800682394 195800702390 195800732389 195807602395
    196009602399
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  @Test(arguments: personal) func `a published personal number is right, and every other check digit wrong`(
    _ number: String
  ) {
    #expect(form(number) == .success(.personal))
    for digit in 0...9 where "\(digit)" != number.suffix(1) {
      #expect(form(number.dropLast() + "\(digit)") == .failure(.checkDigit))
    }
  }

  @Test(arguments: coordination) func `a published coordination number is right, odd forms included`(
    _ number: String
  ) {
    #expect(form(number) == .success(.coordination))
    for digit in 0...9 where "\(digit)" != number.suffix(1) {
      #expect(form(number.dropLast() + "\(digit)") == .failure(.checkDigit))
    }
  }

  @Test(arguments: ["991981000010", "991945000023", "991993000032"])
  func `a reserve number of Region Stockholm is judged by its last eight digits`(_ number: String) {
    #expect(form(number) == .success(.stockholmReserve))
    #expect(form(number.dropLast() + "9") == .failure(.checkDigit))
  }

  @Test func `other reserve numbers are judged by their form`() {
    #expect(form("19810829M071") == .success(.vgrReserve))
    #expect(form("19810829BF1K") == .success(.varmlandReserve))
    #expect(form("22810829AB13") == .success(.nationalReserve))
    #expect(form("00812045AB13") == .success(.nationalReserve))
    #expect(form("198108450009") == .success(.carelinkReserve))
    #expect(form("22810829IB13") == .failure(.form), "I is not used in national reserve ids")
    #expect(form("00810829AB13") == .failure(.date))
    #expect(form("19811329M071") == .failure(.date))
    #expect(form("19810829Z071") == .failure(.form))
  }

  @Test func `a day that does not exist is told apart from a wrong check digit`() {
    #expect(form("199002302383") == .failure(.date))
    #expect(form("199013012383") == .failure(.date))
    #expect(form("199000102383") == .failure(.date))
    #expect(form("199001002383") == .failure(.date))
    #expect(form("199001922383") == .failure(.date))
    #expect(form("190002292383") == .failure(.date), "1900 was no leap year")
  }

  @Test func `nobody is born after the plan's day`() throws {
    let number = try #require(Self.personal.last)
    #expect(form(number, today: try #require(Int(number.prefix(8)))) == .success(.personal))
    #expect(form(number, today: 2000_01_01) == .failure(.date))
  }

  @Test func `hyphens, ten digits and letters are no form`() {
    for number in [
      "", "9001192385", "900119-2385", "19900119-2385", "1990011923855", "19900119238X", "１９９００１１９２３",
    ] {
      #expect(form(number) == .failure(.form), "\(number.utf8.count) octets")
    }
  }
}

@Suite struct HSAIdentityFormTests {
  private func isRight(_ text: String, _ prefixes: [String] = []) -> Bool {
    Array(text.utf8).withUnsafeBytes { HSAIdentity.isWellFormed($0, prefixes: prefixes) }
  }

  @Test(arguments: [
    "SE2321000016-1A2B", "SE2321000131-P000000000123", "SE2321000016-a", "SE2321000016-0123456789ABCDEFGH",
  ])
  func `an HSA-id is SE, ten digits, a hyphen and letters or digits`(_ text: String) {
    #expect(isRight(text))
  }

  @Test(arguments: [
    "", "SE2321000016", "SE2321000016-", "SE232100001-1A2B", "SE23210000167-1A2B", "se2321000016-1A2B",
    "SE2321000016-1Å",
    "SE2321000016-1A 2B", " SE2321000016-1A2B", "SE2321000016-1A-2B", "SЕ2321000016-1A2B",
    "SE2321000016-0123456789ABCDEFGHI",
    "TSTNMT2321000156-1", "NO2321000016-1A2B",
  ]) func `anything else is not, Cyrillic letters included`(_ text: String) { #expect(!isRight(text)) }

  @Test func `test catalogues have prefixes of their own`() {
    #expect(isRight("TSTNMT2321000156-1", ["TSTNMT"]))
    #expect(isRight("IFV1239877878-103F", ["TSTNMT", "IFV1239877878-"]))
    #expect(!isRight("TSTNMT-", ["TSTNMT"]))
    #expect(!isRight("XTSTNMT1-1", ["TSTNMT"]))
  }
}
