import Directory
import Foundation
import LDAP

// Files that are read alone.
extension DesiredSet {
  enum PartReading {
    /// No file says anything else.
    case same
    /// What is in force says what the files say.
    case taken(Touched)
    /// All files have to be read; nothing was changed.
    case doubt
  }

  /// Reads the files that have changed, and puts their rows in the place of those that they had.
  ///
  /// It is left to a reading of all files when there are others than there were, when a manifest has a say, when
  /// files share an entry, when what a file speaks for has changed, and when anything is wrong.
  ///
  /// - Parameter isOfValuesOnly: whether nothing may be taken but one file that was put in place of another, in which
  ///   nobody comes, goes, moves or is named by others, and which shares nothing with other files.
  mutating func takePart(
    _ look: DesiredLook, at instant: Date, ofValuesOnly isOfValuesOnly: Bool = false
  ) -> PartReading {
    guard isInForce, look.found.findings.isEmpty, look.hasSameFiles(as: self.look),
      loaded.contents.count == look.found.files.count,
      let changed = sift(suspects(look))
    else { return .doubt }
    guard !changed.isEmpty else {
      self.look = look
      return .same
    }
    guard !isOfValuesOnly || (changed.count == 1 && isAnother(changed[0], look)) else { return .doubt }
    guard let part = read(changed, look), let taking = judge(part, at: instant),
      !isOfValuesOnly || (taking.isOfValues && !isShared), DesiredLook(configuration) == look
    else { return .doubt }
    put(part, taking)
    self.look = look
    return .taken(taking.touched)
  }

  /// Whether a file is not the one that lay there, as after a renaming: the one that lay there may be half written.
  private func isAnother(_ file: Int, _ look: DesiredLook) -> Bool {
    let (now, before) = (look.found.files[file].stamp, loaded.contents[file].stamp)
    return (now.device, now.number) != (before.device, before.number)
  }

  /// Files that may have changed.
  private func suspects(_ look: DesiredLook) -> [Int] {
    loaded.contents.indices.filter { file in
      let content = loaded.contents[file]
      return look.found.files[file].stamp != content.stamp || content.stamp.isFresh(at: content.readAt)
    }
  }

  /// Those that have; `nil` when one cannot be read. What the system says of the others is noted.
  private mutating func sift(_ suspects: [Int]) -> [Int]? {
    var changed: [Int] = []
    for file in suspects {
      let now = FileStamp.now
      guard let opened = try? RegularFile(look.found.files[file].path), let sum = try? FileSum.of(opened)
      else {
        return nil
      }
      guard sum.sha256 == loaded.contents[file].file.sha256 else {
        changed.append(file)
        continue
      }
      // Who may write it is told of each file, and is not in its sum.
      guard opened.isWorldWritable == isToldOfWriters(file) else { return nil }
      loaded.contents[file].stamp = opened.fileStamp
      loaded.contents[file].readAt = now
    }
    return changed
  }

  private func isToldOfWriters(_ file: Int) -> Bool {
    let path = look.found.files[file].path
    return loaded.findings.contains { $0.code == DesiredLoading.writersCode && $0.position?.file == path }
  }

  /// Files that were read alone.
  struct Part {
    /// Their places among all files.
    var files: [Int]
    var loaded: LoadedDesired
    var translation: DesiredState.Translation
  }

  /// Reads files alone; `nil` in doubt.
  private func read(_ files: [Int], _ look: DesiredLook) -> Part? {
    guard canRead(files, look) else { return nil }
    let part = DesiredLoading.load(configuration, reader, look.found.only(files), [])
    guard !Task.isCancelled, !part.findings.haveErrors, part.contents.count == files.count,
      part.contents.reduce(0, { $0 + $1.file.rows }) == part.state.rows.count,
      zip(files, part.state.sources).allSatisfy({ loaded.state.sources[$0].declaresSame(as: $1) }),
      let names = names(part, files)
    else { return nil }
    return Part(
      files: files, loaded: part, translation: .init(names: names, parents: numbers(of: part.state.parents)))
  }

  /// Puts the rows of one file, read already, in the place of those that it had.
  ///
  /// - Returns: whom that touches; `nil` in doubt, and nothing was changed.
  mutating func take(_ loaded: LoadedDesired, inPlaceOf file: Int, at instant: Date) -> Touched? {
    guard loaded.contents.count == 1, loaded.contents[0].file.rows == loaded.state.rows.count,
      !(isShared && !self.loaded.state.sources[file].provides.isEmpty),
      self.loaded.state.sources[file].declaresSame(as: loaded.state.sources[0]),
      let names = names(loaded, [file])
    else { return nil }
    let part = Part(
      files: [file], loaded: loaded,
      translation: .init(names: names, parents: numbers(of: loaded.state.parents)))
    guard let taking = judge(part, at: instant) else { return nil }
    put(part, taking)
    return taking.touched
  }

  private func canRead(_ files: [Int], _ look: DesiredLook) -> Bool {
    let contents = loaded.contents
    let octets = files.reduce(0) { $0 + Int(clamping: look.found.files[$1].stamp.size) }
    let all = contents.reduce(0) { $0 + $1.file.octets }
    let unused = loaded.state.table.storedOctets - tableOctets
    return octets * 2 <= all && unused <= max(1 << 20, tableOctets / 4)
      && files.allSatisfy { file in
        !look.isSealed(look.found.files[file].root)
          && !(isShared && !loaded.state.sources[file].provides.isEmpty)
      }
  }

  /// Whether rows of several files are of one entry.
  private var isShared: Bool { loaded.contents.reduce(0) { $0 + $1.file.rows } != loaded.state.rows.count }

  /// The indices here of the names in files that were read alone; `nil` when a reading of all files would give
  /// its names other indices or another spelling.
  private func names(_ part: LoadedDesired, _ files: [Int]) -> [UInt32]? {
    let known = reader.names.count, here = loaded.state.table.names, there = part.state.table.names
    let common = (0..<known).map { UInt32($0) }
    let brought = files.map { loaded.contents[$0].names }
    if there.count == known, brought.allSatisfy(\.isEmpty) { return common }
    guard let brought = brought.first, files.count == 1 else { return nil }
    let others = there[known...].map { name in here.firstIndex(of: name) }
    guard !others.contains(nil) else { return nil }
    let found = others.compactMap { $0 }
    guard found.filter({ $0 >= brought.lowerBound }) == Array(brought) else { return nil }
    return common + found.map { UInt32($0) }
  }

  /// The numbers here of parents; those that are new get the next ones.
  private func numbers(of others: [DesiredState.Parent]) -> [UInt32] {
    var next = UInt32(loaded.state.parents.count)
    return others.map { parent in
      if let known = parents[parent] { return known }
      defer { next += 1 }
      return next
    }
  }
}

// What follows from them.
extension DesiredSet {
  /// What a part changes.
  struct Taking {
    var touched: Touched
    /// Whether only values are others: of the same entries, in the same places.
    var isOfValues: Bool
    /// What a check finds in the files of the part, or in all.
    var findings: [Finding]
    var isOfAll: Bool
  }

  /// What a part changes, and what is wrong with it; `nil` in doubt.
  private func judge(_ part: Part, at instant: Date) -> Taking? {
    let state = part.loaded.state
    let partRules =
      state.table.names == readerRules.names
      ? readerRules : configuration.checkRules(state.table.names, schema)
    let replaced = Set(part.files.map { UInt16($0) })
    guard !owners.collide(state, partRules, with: replaced) else { return nil }
    let rows = part.files.flatMap { loaded.state.rows(ofFile: $0) }
    let difference = RowDifference(
      from: loaded.state, rows, to: state, state.rows.indices, ties: configuration.profile.ties)
    let findings: [Finding]
    let isAlone = canCheckAlone(difference, part)
    if isAlone {
      findings = state.check(
        profile: configuration.profile, management: configuration.management, schema: schema,
        instant: instant, rules: partRules, among: Neighbours(owners, replacing: replaced))
    } else {
      var whole = loaded.state
      whole.take(part)
      findings = configuration.check(whole, schema, instant)
    }
    guard !findings.haveErrors else { return nil }
    return Taking(
      touched: difference.touched, isOfValues: difference.isOfValues, findings: findings, isOfAll: !isAlone)
  }

  /// Whether nothing that is found in other files depends on what has changed in these.
  private func canCheckAlone(_ difference: RowDifference, _ part: Part) -> Bool {
    guard difference.gone == 0, !difference.touched.hasStructure else { return false }
    guard difference.came > 0 else { return true }
    let paths = Set(part.loaded.state.files)
    return !checked.contains { $0.isOfAbsence && !paths.contains($0.position?.file ?? "") }
  }

  /// Puts the rows of a part in the place of those that its files had, and all that is known of them.
  private mutating func put(_ part: Part, _ taking: Taking) {
    let paths = Set(part.loaded.state.files)
    for file in part.files {
      let rows = loaded.state.rows(ofFile: file)
      owners.remove(loaded.state, rows, rules)
      for row in rows { count(loaded.state.rows[row].kind, -1) }
    }
    let known = loaded.state.parents.count
    let isKept = keepsIndex(part)
    index.release()
    loaded.state.take(part)
    if isKept { index.take(back: loaded.state) } else { index = DesiredIndex(loaded.state, reader: links) }
    for number in known..<loaded.state.parents.count where parents[loaded.state.parents[number]] == nil {
      parents[loaded.state.parents[number]] = UInt32(number)
    }
    for (file, content) in zip(part.files, part.loaded.contents) {
      let rows = loaded.state.rows(ofFile: file)
      owners.add(loaded.state, rows, rules)
      for row in rows { count(loaded.state.rows[row].kind, 1) }
      note(content, file)
    }
    loaded.summary.digest = loaded.contents.digest
    loaded.findings = loaded.findings.replacing(paths, with: part.loaded.findings)
    checked = taking.isOfAll ? taking.findings : checked.replacing(paths, with: taking.findings)
  }

  private func keepsIndex(_ part: Part) -> Bool {
    part.files.enumerated().allSatisfy { place, file in
      let rows = part.loaded.state.rows(ofFile: place)
      return index.isKept(
        replacing: loaded.state.rows(ofFile: file), with: rows, of: part.loaded.state, part.translation)
    }
  }

  private mutating func count(_ kind: Kind, _ step: Int) {
    let count = loaded.summary.rows[kind, default: 0] + step
    loaded.summary.rows[kind] = count == 0 ? nil : count
  }

  /// Notes what a file was when it was read alone.
  private mutating func note(_ content: LoadedDesired.Content, _ file: Int) {
    loaded.contents[file].file = content.file
    loaded.contents[file].stamp = content.stamp
    loaded.contents[file].readAt = content.readAt
    loaded.summary.rowsBySource[look.found.files[file].path] = content.file.rows
  }
}

extension DesiredState {
  /// Puts the rows of files that were read alone in the place of those that they had.
  fileprivate mutating func take(_ part: DesiredSet.Part) {
    let other = part.loaded.state
    for (number, parent) in zip(part.translation.parents, other.parents) where number == parents.count {
      parents.append(parent)
    }
    for (place, file) in part.files.enumerated() {
      replace(file: file, with: other.rows(ofFile: place), of: other, part.translation)
    }
  }
}

extension DesiredState.Source {
  /// Whether another says that it speaks for the same.
  fileprivate func declaresSame(as other: DesiredState.Source) -> Bool {
    completeKinds == other.completeKinds && completeUnder == other.completeUnder && provides == other.provides
      && scope == other.scope
  }
}

extension Finding {
  /// Whether it says that nobody has an HSA-id.
  fileprivate var isOfAbsence: Bool { ["unknown-reference", "unknown-parent"].contains(code) }
}

extension [Finding] {
  /// The findings with those in some files replaced.
  fileprivate func replacing(_ files: Set<String>, with others: [Finding]) -> [Finding] {
    (filter { !files.contains($0.position?.file ?? "") } + others).inOrder
  }
}

extension RowDifference {
  /// Whether nobody came, went, moved, or is named by others than before, and no unit is among those that differ.
  fileprivate var isOfValues: Bool {
    came == 0 && gone == 0 && moved == 0 && retied == 0 && !touched.hasStructure && !touched.isWhole
  }
}
