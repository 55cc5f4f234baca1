import Foundation
import Testing

@testable import Reconciler

@Suite struct `What the system knows of users` {
  @Test func `is asked for with more room until it fits`() {
    var rooms: [Int] = []
    let found: String? = NameService.answer(from: 16, upTo: 4_096) { _, room in
      rooms.append(room)
      if rooms.count == 2 { return (EINTR, nil) }
      return room < 1_000 ? (ERANGE, nil) : (0, "anna")
    }
    #expect(found == "anna" && rooms == [16, 64, 64, 256, 1_024])
  }

  @Test func `is nothing where it never fits, or is not there`() {
    var count = 0
    let tooLong: String? = NameService.answer(from: 16, upTo: 4_096) { _, _ in
      count += 1
      return (ERANGE, nil)
    }
    #expect(tooLong == nil && count == 5)
    #expect(NameService.user(4_294_000_000) == nil && NameService.group("no such group") == nil)
  }

  @Test func `has a name, a first group and all groups`() throws {
    let root = try #require(NameService.user(0))
    #expect(root.name == "root" && root.group == 0)
    #expect(NameService.groups(of: "root", first: 0).contains(0))
    #expect(NameService.group("daemon") == 1)
  }
}
