import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `An index that was closed` {
  static let note = "store/index.sqlite.closed"

  private func left() throws -> IndexFixture {
    let fixture = try IndexFixture()
    _ = try fixture.filled([])
    return fixture
  }

  @Test func `is known as it was left, once`() throws {
    let fixture = try left()
    let folder = StoreFolder(path: fixture.path, name: "index.sqlite")
    #expect(folder.takeClosing())
    // Whoever opened it then may have fallen.
    #expect(!folder.takeClosing())
  }

  @Test func `has no note while it is open`() throws {
    let fixture = try left()
    let index = try fixture.open()
    #expect(access(fixture.folder.path(Self.note), F_OK) != 0)
    #expect(index.beginning == .asLeft)
    withExtendedLifetime(index) {}
  }

  @Test func `is gone through when anybody has written to it, or put another in its place`() throws {
    let fixture = try left()
    let folder = StoreFolder(path: fixture.path, name: "index.sqlite")
    let handle = try FileHandle(forUpdating: URL(filePath: fixture.file))
    try handle.seek(toOffset: 4_096 * 2)
    try handle.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
    try handle.close()
    #expect(!folder.takeClosing())
    let other = try left()
    try fixture.folder.write("store/index.sqlite", Array(try Data(contentsOf: URL(filePath: other.file))))
    #expect(!folder.takeClosing())
  }

  @Test func `is gone through when a log lies beside it that has not been taken in`() throws {
    let fixture = try left()
    try fixture.folder.write("store/index.sqlite-wal", "of a crash")
    #expect(!StoreFolder(path: fixture.path, name: "index.sqlite").takeClosing())
  }
}
