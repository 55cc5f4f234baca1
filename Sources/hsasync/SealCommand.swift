import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync seal`: says of the desired files as they are now that they are whole and the newest.
struct SealCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Seals the desired files, so that a cut, missing, changed or old one is refused.",
    discussion: """
      Reads all files of the desired state and writes beside them, into each folder that `desired` in the \
      configuration names, a manifest.json with a serial and the name, octets, rows and SHA-256 of each file in it. \
      Before a set is read again, every file is held against the manifest: with `manifest: required` a set without \
      one, and with either setting a set that differs from it or whose serial is lower than that of the last \
      accepted run, is refused (65) before anything is read from it.

      Seal where the files are made, as the last thing, and deliver the manifest with them. A set with files that \
      cannot be read is not sealed. A manifest is no signature: who may write to the folder can seal anew.

      EXAMPLES
        hsasync seal
        hsasync seal region/hr                one folder, as the configuration writes it
        hsasync seal --serial 20270115

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions

  @Argument(help: ArgumentHelp("Only these folders; without it all.", valueName: "folder"))
  var folders: [String] = []

  @Option(
    help: ArgumentHelp(
      "The serial, not lower than before; without it one more than the highest there was.",
      valueName: "number"))
  var serial: Int?

  @Option(help: "How the result is written.")
  var format = Format.text

  @OptionGroup var spoken: LanguageOptions

  func run() async throws {
    let configuration = try source.load(bindsAsAgent: false)
    let now = Date()
    let accepted = try Store.reading(configuration.store)?.history(at: now).accepted?.desired
    let sealed = try configuration.seal(serial: serial, folders: folders, accepted: accepted, at: now)
    // No values are in it, and the agent that reads the set is another user than whoever makes it.
    for folder in sealed { try OutputFile.write(folder.bytes, to: folder.path, mode: 0o644) }
    var out = StandardStream.output
    switch format {
    case .text: for folder in sealed { out.write(text(folder) + "\n") }
    case .json:
      out.write(
        CanonicalJSON.object(["formatVersion": 1, "sealed": .array(sealed.map(SealCommand.object))]).text
          + "\n")
    }
    try out.finish()
    record(sealed, configuration)
  }

  private func record(_ sealed: [SealedFolder], _ configuration: Configuration) {
    let actor = Actor.current()
    let events = sealed.map { folder in
      AuditEvent.sealed(
        manifest: folder.path, serial: folder.serial, files: folder.files, sha256: folder.sha256, by: actor)
    }
    guard let refusal = configuration.recordIfPossible(events) else { return }
    StandardStream.say("hsasync: warning: not recorded: \(VisibleText(refusal.message).text)")
  }

  private func text(_ folder: SealedFolder) -> String {
    let name = VisibleText(folder.folder).text
    return spoken.language.say(
      "Sealed \(name): serial \(folder.serial), \(folder.files.counting("file")), \(folder.rows.counting("row")).",
      "Förseglade \(name): löpnummer \(folder.serial), \(folder.files) \(folder.files == 1 ? "fil" : "filer"), "
        + "\(folder.rows) \(folder.rows == 1 ? "rad" : "rader").")
  }

  private static func object(_ folder: SealedFolder) -> CanonicalJSON {
    [
      "folder": .string(folder.folder), "manifest": .string(folder.path), "serial": .number(folder.serial),
      "files": .number(folder.files), "rows": .number(folder.rows), "sha256": .string(folder.sha256),
    ]
  }
}
