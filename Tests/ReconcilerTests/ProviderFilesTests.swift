import Directory
import Foundation
import TestKit
import Testing

@testable import Reconciler

@Suite struct `The files that ombuds have handed in` {
  private let provider = HSAIdentity("SE2321000016-4000")
  private let anna = Actor.holder(of: HSAIdentity("SE2321000016-9O01"))

  private func upload(_ text: String, _ format: ProviderFiles.Format = .yaml) -> ProviderFiles.Upload {
    .init(Array(text.utf8), format, note: "nytt nummer")
  }

  @Test func `are kept as versions, with whose they are, and the last is in force`() throws {
    let folder = try TemporaryFolder()
    let files = ProviderFiles(store: folder.path("store"))
    try files.prepare([provider])
    #expect(try files.versions(provider).isEmpty)
    #expect(folder.text("store/providers/SE2321000016-4000/desired.yaml") == "persons: []\n")
    for text in ["persons: [] # 1\n", "persons: [] # 2\n"] {
      _ = try files.take(upload(text), rows: 0, for: provider, by: anna, at: Date())
    }
    let versions = try files.versions(provider)
    #expect(versions.map(\.serial) == [2, 1])
    #expect(versions[0].actor == anna && versions[0].note == "nytt nummer")
    #expect(try files.octets(provider, versions[1]) == Array("persons: [] # 1\n".utf8))
    #expect(folder.text("store/providers/SE2321000016-4000/desired.yaml") == "persons: [] # 2\n")
    _ = try files.take(upload("dn: x\n", .ldif), rows: 1, for: provider, by: anna, at: Date())
    #expect(folder.text("store/providers/SE2321000016-4000/desired.ldif") == "dn: x\n")
    #expect(access(folder.path("store/providers/SE2321000016-4000/desired.yaml"), F_OK) != 0)
  }

  @Test func `are put in force by the next start after a crash, and not where there is no record`()
    throws
  {
    let folder = try TemporaryFolder()
    let files = ProviderFiles(store: folder.path("store"))
    try files.prepare([provider])
    _ = try files.take(upload("persons: [] # 1\n"), rows: 0, for: provider, by: anna, at: Date())
    let place = "store/providers/SE2321000016-4000/"
    // The version is there, and what is in force is the one before; a second one has octets and no record.
    try folder.write(place + "desired.yaml", "persons: []\n")
    try folder.write(place + "2.yaml", "persons: [] # 2\n")
    try files.prepare([provider])
    #expect(folder.text(place + "desired.yaml") == "persons: [] # 1\n")
    let next = try files.take(upload("persons: [] # 3\n"), rows: 0, for: provider, by: anna, at: Date())
    #expect(next.serial == 2 && folder.text(place + "2.yaml") == "persons: [] # 3\n")
  }

  @Test func `are refused where somebody has altered them`() throws {
    let folder = try TemporaryFolder()
    let files = ProviderFiles(store: folder.path("store"))
    try files.prepare([provider])
    let version = try files.take(upload("persons: []\n"), rows: 0, for: provider, by: anna, at: Date())
    try folder.write("store/providers/SE2321000016-4000/1.yaml", "persons: [] # mine\n")
    #expect(throws: Refusal.self) { try files.octets(provider, version) }
    #expect(throws: Refusal.self) { try files.prepare([provider]) }
    try folder.write("store/providers/SE2321000016-4000/1.json", "{")
    #expect(throws: Refusal.self) { try files.versions(provider) }
  }
}
