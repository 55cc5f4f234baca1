import Foundation
import X509

@testable import Agent

extension WrongCard {
  /// By what their issuer's revocation list is.
  static let lists: [WrongCard] = [
    WrongCard("there is no file", .noRevocationList) { cards in
      try FileManager.default.removeItem(atPath: cards.listPath)
      return try cards.card("SE1-1").der
    },
    .list("the list is another issuer's", .noRevocationList) { list, cards in
      list.issuer = cards.root.name
      list.signer = cards.root.key
    },
    .list("past its next update", .staleRevocationList) { list, cards in list.nextUpdate = cards.now - 1 },
    .list("signed by another key", .wrongRevocationList) { list, cards in list.signer = cards.root.key },
    .list("made in six minutes", .wrongRevocationList) { list, cards in list.thisUpdate = cards.now + 360 },
    .list("changes only", .wrongRevocationList) { list, _ in
      list.more = [.init(oid: [2, 5, 29, 27], critical: true, value: [2, 1, 1])]
    },
    .list("changes only, said without weight", .wrongRevocationList) { list, _ in
      list.more = [.init(oid: [2, 5, 29, 27], critical: false, value: [2, 1, 1])]
    },
    .list("a part", .wrongRevocationList) { list, _ in
      list.more = [.init(oid: [2, 5, 29, 28], critical: true, value: [0x30, 0x03, 0x81, 0x01, 0xFF])]
    },
    .list("an unknown critical extension", .wrongRevocationList) { list, _ in
      list.more = [.init(oid: [1, 2, 3], critical: true, value: [5, 0])]
    },
    .list("an entry with a critical extension", .wrongRevocationList) { list, _ in
      list.entries = [
        .init(serial: 77, extensions: [.init(oid: [2, 5, 29, 29], critical: true, value: [0x30, 0])])
      ]
    },
    .list("of version 1", .wrongRevocationList) { list, _ in
      list.version = nil
      list.number = nil
    },
    WrongCard("signed with SHA-1", .wrongRevocationList) { cards in
      cards = try SampleCards(folder: cards.folder, keys: .rsa, now: cards.now)
      try cards.writeList { $0.algorithm = .sha1WithRSAEncryption }
      return try cards.card("SE1-1").der
    },
    WrongCard("revoked", .revoked) { cards in
      let card = try cards.card("SE1-1")
      cards.revoke(card)
      try cards.writeList()
      return card.der
    },
    WrongCard("held for the time being", .revoked) { cards in
      let card = try cards.card("SE1-1")
      cards.revoke(card, extensions: [.init(oid: [2, 5, 29, 21], critical: false, value: [0x0A, 1, 6])])
      try cards.writeList()
      return card.der
    },
    WrongCard("revoked, with a serial number whose first bit is set, among others", .revoked) { cards in
      let card = try cards.card("SE1-1", shape: SampleCardShape { $0.serial = 0x8000_0000_0000_0000_0001 })
      cards.revoke(try cards.card("SE1-2"))
      cards.revoke(card)
      cards.revoke(try cards.card("SE1-3"))
      try cards.writeList()
      return card.der
    },
  ]
}
