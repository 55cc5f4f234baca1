import ArgumentParser
import Directory
import Foundation
import Reconciler

/// `hsasync audit`: the log of who wrote what.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Looks after the audit log.",
    discussion: """
      The audit log lies in the folder `audit` of the store: one line for each plan, refusal, approval, write, outcome \
      and undo, with who did it, for whom, in which run, to which HSA-id and which attributes; never a value. Each \
      line is on the disk before what it describes is done, and holds the hash of the one before.

      EXAMPLES
        hsasync audit verify
        journalctl -t hsasync | hsasync audit verify --head -

      \(Manual.exitCodes)
      """,
    subcommands: [AuditVerifyCommand.self])
}

/// `hsasync audit verify`: is the log what was written?
struct AuditVerifyCommand: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Finds the first line of the audit log that is not what was written.",
    discussion: """
      Follows the chain of records through all files of the log, also while it is being written, and tells the first \
      line that was changed, moved, added, doubled or put in from elsewhere, or before which something is missing, \
      and how many records before it are sound. Ends with 65 when there is one.

      That the end was cut off, or all of it written anew, shows only against heads: the number and hash of a last \
      record, told earlier to places that whoever did it could not reach. Those in files that `audit: head` in the \
      configuration names are compared by themselves; give those in the system's journal with --head -.

      Files may be taken away to an archive, the oldest first. Say then with --from where the log begins.

      EXAMPLES
        hsasync audit verify
        journalctl -t hsasync | hsasync audit verify --head -
        hsasync audit verify /mnt/backup/audit --head /mnt/elsewhere/hsasync-head
        hsasync audit verify --from 170001

      \(Manual.exitCodes)
      """)

  @OptionGroup var source: ConfigurationOptions

  @Argument(
    help: ArgumentHelp(
      "The log's folder; without it that of the configuration, with its heads.", valueName: "folder"))
  var folder: String?

  @Option(
    help: ArgumentHelp(
      "Compare with the heads in this file; - for standard input. May be given several times.",
      valueName: "file"))
  var head: [String] = []

  @Option(help: ArgumentHelp("The number of the first record that must be there.", valueName: "record"))
  var from = 1

  @Option(help: "How the result is written.")
  var format = Format.text

  @OptionGroup var spoken: LanguageOptions

  func validate() throws {
    guard from >= 1 else {
      throw ValidationError("--from is the number of a record, and they are counted from 1.")
    }
  }

  func run() async throws {
    // What is told elsewhere first: a log that is being written is ahead of it then, never behind.
    var heads: [AuditMark] = []
    for path in head { heads += path == "-" ? try standardInput() : try AuditMark.heads(inFile: path) }
    let place = try place(&heads)
    let verification = try AuditVerification.verify(folder: place, from: from, heads: heads)
    var out = StandardStream.output
    switch format {
    case .text: AuditVerificationText(verification, language: spoken.language).write(to: &out)
    case .json: out.write(verification.json.text + "\n")
    }
    try out.finish()
    if verification.fault != nil { throw Ended(code: .desiredStateWrong) }
  }

  private func standardInput() throws -> [AuditMark] {
    let heads = AuditMark.heads(in: Array(try FileHandle.standardInput.readToEnd() ?? Data()))
    guard heads.isEmpty else { return heads }
    throw ValidationError("No head of an audit log came in on standard input.")
  }

  private func place(_ heads: inout [AuditMark]) throws -> String {
    if let folder { return folder }
    let configuration = try source.load(bindsAsAgent: false)
    for case .file(let path) in configuration.audit.head {
      do throws(Refusal) { heads += try AuditMark.heads(inFile: path) } catch {
        StandardStream.say("hsasync: warning: \(VisibleText(error.message).text)")
      }
    }
    return configuration.auditFolder
  }
}
