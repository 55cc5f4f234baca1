import Foundation
import Testing
import X509

@testable import Agent

/// A card that is right but for one thing, or a world that is.
struct WrongCard: CustomTestStringConvertible, Sendable {
  let what: String
  let code: CertificateFault.Code
  let make: @Sendable (inout SampleCards) throws -> [UInt8]

  init(
    _ what: String, _ code: CertificateFault.Code,
    _ make: @escaping @Sendable (inout SampleCards) throws -> [UInt8]
  ) {
    self.what = what
    self.code = code
    self.make = make
  }

  /// Whose certificate has another shape.
  static func shape(
    _ what: String, _ code: CertificateFault.Code,
    _ change: @escaping @Sendable (inout SampleCardShape, SampleCards) throws -> Void
  ) -> WrongCard {
    WrongCard(what, code) { cards in
      var shape = SampleCardShape()
      try change(&shape, cards)
      return try cards.card("SE2321000016-1", shape: shape).der
    }
  }

  /// Whose issuer's list is another.
  static func list(
    _ what: String, _ code: CertificateFault.Code,
    _ change: @escaping @Sendable (inout SampleList, SampleCards) throws -> Void
  ) -> WrongCard {
    WrongCard(what, code) { cards in
      let world = cards
      try cards.writeList { try change(&$0, world) }
      return try cards.card("SE2321000016-1").der
    }
  }

  /// Whose subject is another.
  static func subject(
    _ what: String, _ make: @escaping @Sendable () throws -> [RelativeDistinguishedName.Attribute]
  ) -> WrongCard {
    shape(what, .noIdentity) { shape, _ in shape.subject = try make() }
  }

  var testDescription: String { "\(code.rawValue): \(what)" }
}

@Suite struct JudgeMatrixTests {
  @Test(arguments: WrongCard.certificates + WrongCard.uses + WrongCard.lists + WrongCard.identities)
  func `a card with one fault is refused for that and nothing else`(_ wrong: WrongCard) throws {
    let folder = try CardFolder()
    var cards = try SampleCards(folder: folder.path)
    let der = try wrong.make(&cards)
    #expect(try cards.fault(der) == wrong.code)
  }

  @Test func `there is a case for every fault`() {
    let all = WrongCard.certificates + WrongCard.uses + WrongCard.lists + WrongCard.identities
    #expect(Set(all.map(\.code)) == Set(CertificateFault.Code.allCases))
  }

  @Test func `a right card beside them all is let in`() throws {
    let folder = try CardFolder()
    let cards = try SampleCards(folder: folder.path)
    #expect(try cards.fault(try cards.card("SE2321000016-1").der) == nil)
  }
}
