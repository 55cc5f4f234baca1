import Directory
import LDAP

/// An LDIF export in place of the directory: for someone without directory rights, or for yesterday.
struct ObservedFile {
  let path: String
  /// What lies outside is not looked at, as in a search.
  let base: DistinguishedName
  let schema: Schema
  let sentinels: [SentinelWatch.Mark]

  /// The most octets of one export.
  private static let limit = 8 << 30

  /// Reads the file batch by batch into what `begin` makes, as ``Observer/read(_:progress:begin:take:)`` does.
  ///
  /// - Throws: ``Refusal`` when it is not sound LDIF through and through: a part of an export is worth nothing.
  func read<Content>(
    _ question: Observer.Question, progress: ProgressReport, begin: () async throws -> Content,
    take: (inout Content, EntryTable) throws -> Void
  ) async throws -> (content: Content, proof: ReadProof) {
    let clock = ContinuousClock()
    let started = clock.now
    let names = Set(question.attributes.flatMap { schema.names(of: $0) }.map(\.asciiLowercased))
    var reading = FileReading(self, LDIFReader(keeping: names), content: try await begin())
    do throws(RegularFile.Fault) {
      try RegularFile(path).read(chunk: 1 << 20, limit: Self.limit) { chunk in
        reading.feed(chunk, take)
        progress(.reading(entries: reading.proof.entries, elapsed: clock.now - started))
      }
    } catch {
      throw refusal([Finding(error.code, at: place(), error.reason, advice: error.advice)])
    }
    reading.finish(take)
    if let error = reading.error { throw error }
    guard reading.reader.faults.isEmpty else { throw refusal(reading.reader.faults.map(finding)) }
    progress(.read(reading.proof, elapsed: clock.now - started))
    return (reading.content, reading.proof)
  }

  private func place(line: Int = 1, column: Int = 1) -> SourcePosition {
    SourcePosition(file: path, line: line, column: column)
  }

  private func finding(_ fault: LDIFFault) -> Finding {
    Finding(
      "ldif-syntax", at: place(line: fault.line, column: fault.column),
      "the file is not LDIF here: \(fault.reason)",
      advice: "export the directory again: ldapsearch -LLL -o ldif-wrap=no '*' +, or slapcat")
  }

  private func refusal(_ findings: [Finding]) -> Refusal {
    Refusal(.observedFileWrong, .desiredStateWrong, "the observed file cannot be used", findings: findings)
  }
}

/// A file on its way into what is made of it.
private struct FileReading<Content> {
  private(set) var content: Content
  private(set) var proof: ReadProof
  private(set) var reader: LDIFReader
  /// What `take` threw; then the rest is not looked at.
  private(set) var error: (any Error)?
  private var builder = EntryTableBuilder()
  private var watch: SentinelWatch
  private let base: DistinguishedName
  private let schema: Schema

  init(_ file: ObservedFile, _ reader: LDIFReader, content: Content) {
    self.content = content
    self.reader = reader
    proof = ReadProof(method: .file, origin: file.path, authorizationIdentity: "")
    watch = SentinelWatch(file.sentinels)
    base = file.base
    schema = file.schema
  }

  mutating func feed(_ chunk: UnsafeRawBufferPointer, _ take: (inout Content, EntryTable) throws -> Void) {
    reader.read(chunk, into: &builder)
    handOver(take)
  }

  mutating func finish(_ take: (inout Content, EntryTable) throws -> Void) {
    reader.finish(into: &builder)
    handOver(take)
    proof.finished = true
    proof.faults = watch.faults
    if proof.entries == 0 { proof.add(.nothingRead, "no entry lies under the base") }
  }

  private mutating func handOver(_ take: (inout Content, EntryTable) throws -> Void) {
    let batch = builder.take().under(base, schema)
    guard batch.count > 0, error == nil else { return }
    proof.entries += batch.count
    watch.look(at: batch)
    do { try take(&content, batch) } catch { self.error = error }
  }
}

extension EntryTable {
  /// The entries at and below a name; the others are left out.
  fileprivate func under(_ base: DistinguishedName, _ schema: Schema) -> EntryTable {
    let wanted = base.normalForm(schema)
    return withRows { rows in
      let isOutside = (0..<rows.count).map { entry in
        guard let name = try? DistinguishedName(parsing: rows.dn(of: entry)) else { return true }
        return !name.isDescendant(of: base, schema: schema) && name.normalForm(schema) != wanted
      }
      return isOutside.contains(true) ? copy(rows) { !isOutside[$0] } : self
    }
  }

  private func copy(_ rows: Rows, _ isWanted: (Int) -> Bool) -> EntryTable {
    var builder = EntryTableBuilder(continuing: names)
    for entry in 0..<rows.count where isWanted(entry) {
      builder.beginEntry(dn: rows.dn(of: entry))
      for attribute in rows.attributes(of: entry) {
        builder.beginAttribute(id: UInt32(rows.name(of: attribute)))
        for value in rows.values(of: attribute) { builder.appendValue(rows.bytes(of: value)) }
      }
      builder.endEntry()
    }
    return builder.take()
  }
}

extension Schema {
  /// All names of an attribute; the name itself when the schema does not have it.
  func names(of attribute: String) -> [String] {
    guard let type = attributeType(attribute) else { return [attribute] }
    return [attribute, type.oid] + type.names
  }
}
