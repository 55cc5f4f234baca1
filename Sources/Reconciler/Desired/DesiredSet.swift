import Directory
import Foundation
import LDAP

/// The desired files as the agent keeps them all day: what they want, and which of it has changed.
///
/// A set of files is taken as a whole. When one of them is wrong, the set that was in force stays in force and the
/// faults are told, once. A file that has changed is read alone where that gives what reading all of them would give;
/// where there is a doubt, all are read.
package struct DesiredSet: Sendable {
  let configuration: Configuration
  let schema: Schema
  /// The desired state of the last accepted run: a set that is older by its manifest is a fault. To be kept up to date
  /// by who applies.
  package var accepted: DesiredSummary?
  /// Reads what rows are tied to, as entries are read.
  package let links: LinkReader
  /// The rows of what is in force, by what a change asks for.
  package internal(set) var index: DesiredIndex
  /// Whether a set without errors has been read; until then nothing is wanted and nothing may be concluded.
  package internal(set) var isInForce = false
  /// What is in force, with what is wrong with how it is written.
  package internal(set) var loaded = LoadedDesired(state: DesiredState(), findings: [], files: 0)
  /// What is wrong with what is wanted, as far as it can be told without the directory.
  package internal(set) var checked: [Finding] = []
  /// Why the files as they lie there are not in force; empty when they are.
  package internal(set) var rejected: [Finding] = []
  /// How many times all files have been read.
  package internal(set) var wholeReadings = 0
  /// How many times it has been looked how the files lie.
  package private(set) var looks = 1

  /// How the files lay there when what is in force was read.
  var look: DesiredLook
  /// When the files that are not in force were looked at, and how they lay there.
  var rejectedLook: Rejection?
  var owners: DesiredOwners
  var parents: [DesiredState.Parent: UInt32] = [:]
  /// The octets of names and values when all files were read last.
  var tableOctets = 0
  /// A reader that has read nothing, and the rules for the names that it knows.
  let reader: DesiredReader
  let readerRules: CheckRules
  /// The rules for the names of what is in force.
  var rules: CheckRules

  struct Rejection: Sendable {
    var look: DesiredLook
    var readAt: Int64
    /// Some faults are of today: who was born tomorrow is not born.
    var day: Int64
  }

  package var state: DesiredState { loaded.state }
  package var summary: DesiredSummary { loaded.summary }
  /// All that is wrong with what is in force: warnings; or with what would be, when nothing is.
  package var findings: [Finding] { isInForce ? (loaded.findings + checked).inOrder : rejected }
  /// How many files there are.
  package var files: Int { loaded.files }

  /// Reads all files.
  ///
  /// - Parameters:
  ///   - accepted: the desired state of the last accepted run.
  ///   - instant: now.
  package static func load(
    _ configuration: Configuration, schema: Schema, accepted: DesiredSummary? = nil, at instant: Date = Date()
  ) -> DesiredSet {
    var set = DesiredSet(configuration, schema, accepted)
    _ = set.takeWhole(set.look, at: instant)
    return set
  }

  private init(_ configuration: Configuration, _ schema: Schema, _ accepted: DesiredSummary?) {
    self.configuration = configuration
    self.schema = schema
    self.accepted = accepted
    look = DesiredLook(configuration)
    reader = configuration.desiredReader(schema)
    readerRules = CheckRules(
      reader.names, profile: configuration.profile, management: configuration.management, schema: schema)
    rules = readerRules
    owners = DesiredOwners(DesiredState(), readerRules)
    links = LinkReader(
      profile: configuration.profile, management: configuration.management, rules: configuration.roles?.rules,
      schema: schema)
    index = DesiredIndex(DesiredState(), reader: links)
  }

  /// Looks at the files again, and reads those that have changed.
  ///
  /// - Parameters:
  ///   - sign: what is known of the files. Of some that have arrived, and that others may follow, only what would be
  ///     right by itself is taken: other values of the same persons, functions and commissions in the same places.
  ///     Who comes, goes or moves, and who is a member or named by somebody, may do so from one file to another:
  ///     that waits until the files are still.
  ///   - instant: now.
  package mutating func reload(
    _ sign: DesiredWatch.Sign = .still, at instant: Date = Date()
  ) -> DesiredReload {
    let look = DesiredLook(configuration)
    looks += 1
    if wasRejected(look, at: instant) { return .unchanged }
    let isStill = sign == .still
    if !isStill, rejectedLook != nil { return .unchanged }
    switch takePart(look, at: instant, ofValuesOnly: !isStill) {
    case .same: return isStill ? settle(Touched(), isNew: false) : .unchanged
    case .taken(let touched): return settle(touched, isNew: true)
    case .doubt: return isStill ? takeWhole(look, at: instant) : .unchanged
    }
  }

  /// Whether these very files have been refused already.
  private func wasRejected(_ look: DesiredLook, at instant: Date) -> Bool {
    guard let rejectedLook else { return false }
    return rejectedLook.look == look && !look.isFresh(at: rejectedLook.readAt)
      && rejectedLook.day == DesiredSet.day(instant)
  }

  /// What is to be told of a set that is in force now.
  private mutating func settle(_ touched: Touched, isNew: Bool) -> DesiredReload {
    let wasRejected = rejectedLook != nil
    rejectedLook = nil
    rejected = []
    return isNew || wasRejected ? .changed(touched) : .unchanged
  }

  static func day(_ instant: Date) -> Int64 { Int64((instant.timeIntervalSince1970 / 86_400).rounded(.down)) }
}

/// What has become of the desired files since they were looked at last.
package enum DesiredReload: Hashable, Sendable {
  case unchanged
  /// What is in force is another set, or is what lies there again. Nothing is touched when it wants the same.
  case changed(Touched)
  /// The files are wrong: what was in force still is. All that is wrong with them, in the order of its places.
  case invalid([Finding])
}

// All files.
extension DesiredSet {
  /// How often files are read again that were written to meanwhile.
  private static let attempts = 3

  /// Reads all files, and puts them in force if they have no errors.
  mutating func takeWhole(_ first: DesiredLook, at instant: Date) -> DesiredReload {
    var look = first
    for _ in 0..<DesiredSet.attempts {
      let readAt = FileStamp.now
      wholeReadings += 1
      let (loaded, checked) = configuration.loadSound(look.found, schema, accepted, instant)
      // Whoever was told to end has read a part, and a part is not what is wanted.
      guard !Task.isCancelled else {
        return isInForce ? .unchanged : reject([configuration.restless], look, readAt, instant)
      }
      // What was read is one set only if nobody wrote to it meanwhile.
      let after = DesiredLook(configuration)
      guard after == look else {
        look = after
        continue
      }
      let findings = (loaded.findings + checked.filter { $0.severity == .error }).inOrder
      guard !findings.haveErrors else { return reject(findings, look, readAt, instant) }
      return take(loaded, checked, look)
    }
    return reject([configuration.restless], look, FileStamp.now, instant)
  }

  private mutating func reject(
    _ findings: [Finding], _ look: DesiredLook, _ readAt: Int64, _ instant: Date
  ) -> DesiredReload {
    rejectedLook = Rejection(look: look, readAt: readAt, day: DesiredSet.day(instant))
    guard rejected != findings else { return .unchanged }
    rejected = findings
    return .invalid(findings)
  }

  private mutating func take(_ new: LoadedDesired, _ checked: [Finding], _ look: DesiredLook) -> DesiredReload
  {
    let touched = isInForce ? RowDifference.whole(from: loaded.state, to: new.state) : .whole
    let isNew = !isInForce || !touched.isEmpty || new.summary != loaded.summary
    put(new, checked)
    self.look = look
    return settle(touched, isNew: isNew)
  }

  /// Puts all that was read in force.
  mutating func put(_ new: LoadedDesired, _ checked: [Finding]) {
    isInForce = true
    index.release()
    loaded = new
    self.checked = checked
    learn()
  }

  /// Learns who has what in what is in force.
  private mutating func learn() {
    index = DesiredIndex(loaded.state, reader: links)
    let names = loaded.state.table.names
    rules = names == readerRules.names ? readerRules : configuration.checkRules(names, schema)
    owners = DesiredOwners(loaded.state, rules)
    parents = [:]
    for (number, parent) in loaded.state.parents.enumerated() where parents[parent] == nil {
      parents[parent] = UInt32(number)
    }
    tableOctets = loaded.state.table.storedOctets
  }
}

extension Configuration {
  func checkRules(_ names: [String], _ schema: Schema) -> CheckRules {
    CheckRules(names, profile: profile, management: management, schema: schema)
  }

  /// Said of files that are written to all the time.
  fileprivate var restless: Finding {
    Finding(
      "files-restless", at: SourcePosition(file: file, line: 1),
      "the desired files were written to each time they were read",
      advice: "write a new set elsewhere and rename it into place")
  }
}
