/// Reads content records of LDIF (RFC 2849), chunk by chunk, into an ``EntryTableBuilder``.
///
/// Whatever the chunks, the result is the same. A record with a fault is left out whole and the fault is noted;
/// reading goes on with the next record, so that all faults of a file are found at once. Departures from RFC 2849:
/// UTF-8 may stand unencoded, a byte order mark before the first line is skipped, and URLs are refused.
public struct LDIFReader: Sendable {
  /// How much is taken in.
  public struct Limits: Hashable, Sendable {
    /// The longest line, in octets with its folds.
    public var lineLength = 64 << 20
    /// Whether unencoded values have to be UTF-8; names always have to.
    public var requiresUTF8 = true

    /// The usual limits: lines up to 64 MiB, which are UTF-8.
    public init() {}
  }

  /// The line of the `dn:` of each entry added, in order.
  public private(set) var lines: [UInt32] = []
  /// The first hundred faults, in the order of the file.
  public private(set) var faults: [LDIFFault] = []
  /// How many faults there were in all.
  public private(set) var faultCount = 0

  private enum State { case start, between, record, skipping }
  private var state = State.start
  private var splitter: LDIFLineSplitter
  private let limits: Limits
  private let names: LDIFNames
  private var nameCache: LDIFNames.Cache
  /// The attribute of the line before, so that values that stand together are begun once.
  private var lastName: Int?
  private var hasAttribute = false
  private var dnLine: UInt32 = 0
  private var decoded: [UInt8] = []

  /// Makes a reader that keeps all attributes, or those named.
  ///
  /// - Parameter keeping: the attributes to keep, in small letters; one without options is kept with any.
  public init(keeping: Set<String>? = nil, limits: Limits = Limits()) {
    self.limits = limits
    names = LDIFNames(keeping: keeping)
    nameCache = LDIFNames.Cache()
    splitter = LDIFLineSplitter(maximumLength: limits.lineLength)
  }

  /// Reads the next octets of the file. Whole entries are added to the builder; the last one is open until more comes.
  public mutating func read(_ chunk: UnsafeRawBufferPointer, into builder: inout EntryTableBuilder) {
    var splitter = LDIFLineSplitter(maximumLength: 0)
    swap(&splitter, &self.splitter)
    splitter.read(chunk) { line, number in take(line, number, &builder) }
    swap(&splitter, &self.splitter)
  }

  /// Ends the file: its last line need not have a line end, nor its last record an empty line.
  public mutating func finish(into builder: inout EntryTableBuilder) {
    var splitter = LDIFLineSplitter(maximumLength: 0)
    swap(&splitter, &self.splitter)
    splitter.finish { line, number in take(line, number, &builder) }
    swap(&splitter, &self.splitter)
    endRecord(&builder)
  }

  /// Gives ``lines`` and begins an empty list, to go with ``EntryTableBuilder/take()``.
  public mutating func takeLines() -> [UInt32] {
    defer { lines = [] }
    return lines
  }

  @inline(__always)
  private mutating func take(
    _ line: UnsafeRawBufferPointer?, _ number: Int, _ builder: inout EntryTableBuilder
  ) {
    guard let line else {
      return note(
        .init(.limit, line: number, reason: "a line is longer than \(limits.lineLength) octets"), &builder)
    }
    if line.isEmpty { return endRecord(&builder) }
    if line[0] == ASCII.sharp || state == .skipping { return }
    guard let parsed = LDIFLine(line) else {
      return note(.init(.syntax, line: number, reason: "a line has a name, a colon and a value"), &builder)
    }
    if state == .record {
      addValue(parsed, number, &builder)
    } else {
      beginRecord(parsed, number, &builder)
    }
  }

  private mutating func endRecord(_ builder: inout EntryTableBuilder) {
    switch state {
    case .record where hasAttribute:
      builder.endEntry()
      lines.append(dnLine)
    case .record:
      note(.init(.record, line: Int(dnLine), reason: "a record has at least one attribute"), &builder)
    case .start: return
    case .between, .skipping: break
    }
    state = .between
  }

  /// Drops the record that the fault is in.
  private mutating func note(_ fault: LDIFFault, _ builder: inout EntryTableBuilder) {
    if state == .record { builder.abandonEntry() }
    state = .skipping
    faultCount += 1
    if faults.count < 100 { faults.append(fault) }
  }
}

extension LDIFReader {
  private mutating func beginRecord(_ line: LDIFLine, _ number: Int, _ builder: inout EntryTableBuilder) {
    if state == .start, line.name.elementsEqual("version".utf8) {
      state = .between
      guard line.form == .text, line.value.elementsEqual("1".utf8) else {
        return note(
          .init(.version, line: number, column: line.column, reason: "the version is not 1"), &builder)
      }
      return
    }
    guard LDIFNames.isDN(line.name) else {
      return note(.init(.record, line: number, reason: "a record begins with dn:"), &builder)
    }
    lastName = nil
    hasAttribute = false
    dnLine = UInt32(clamping: number)
    withOctets(of: line, number, isName: true, &builder) { dn, builder in
      builder.beginEntry(dn: dn)
      return .record
    }
  }

  @inline(__always)
  private mutating func addValue(_ line: LDIFLine, _ number: Int, _ builder: inout EntryTableBuilder) {
    let previous = lastName
    let index = names.index(of: line.name, after: previous, &nameCache)
    let use = nameCache.entries[index].use
    guard use != .refused else { return refuse(line, number, &builder) }
    hasAttribute = true
    lastName = index
    // A value that is not kept is checked all the same: what is wrong in a file is said.
    withOctets(of: line, number, isName: false, &builder) { value, builder in
      if use == .kept {
        if index != previous { builder.beginAttribute(line.name) }
        builder.appendValue(value)
      }
      return .record
    }
  }

  /// Lends the octets of a value after checking and decoding them; what `body` gives is the new state.
  @inline(__always)
  private mutating func withOctets(
    of line: LDIFLine, _ number: Int, isName: Bool, _ builder: inout EntryTableBuilder,
    _ body: (UnsafeRawBufferPointer, inout EntryTableBuilder) -> State
  ) {
    guard builder.hasRoom(for: line.value.count) else {
      return note(.init(.limit, line: number, reason: "the entries take more than 4 GiB"), &builder)
    }
    if line.form == .text {
      if let fault = LDIFText.firstFault(in: line.value, requiresUTF8: isName || limits.requiresUTF8) {
        return noteText(fault, line, number, &builder)
      }
      if isName, let fault = DistinguishedNameCheck.fault(in: line.value) {
        return noteName(fault, line, number, &builder)
      }
      state = body(line.value, &builder)
    } else {
      withDecoded(line, number, isName, &builder, body)
    }
  }

  private mutating func withDecoded(
    _ line: LDIFLine, _ number: Int, _ isName: Bool, _ builder: inout EntryTableBuilder,
    _ body: (UnsafeRawBufferPointer, inout EntryTableBuilder) -> State
  ) {
    guard line.form == .base64 else {
      let reason = "values are not fetched from URLs; write the value itself, in base64 if need be"
      return note(.init(.url, line: number, column: line.column, reason: reason), &builder)
    }
    var octets: [UInt8] = []
    swap(&octets, &decoded)
    defer { swap(&octets, &decoded) }
    guard Base64.decode(line.value, into: &octets) else {
      return note(
        .init(.base64, line: number, column: line.column, reason: "the value is not base64"), &builder)
    }
    octets.withUnsafeBytes { value in
      if isName, let fault = DistinguishedNameCheck.fault(in: value) {
        noteName(fault, line, number, &builder)
      } else {
        state = body(value, &builder)
      }
    }
  }

  private mutating func refuse(_ line: LDIFLine, _ number: Int, _ builder: inout EntryTableBuilder) {
    if LDIFNames.isChange(line.name) {
      let reason = "a record that describes a change stands among entries"
      return note(.init(.record, line: number, reason: reason), &builder)
    }
    note(.init(.syntax, line: number, reason: "the attribute's name is not one (RFC 4512)"), &builder)
  }

  private mutating func noteText(
    _ fault: (offset: Int, isUTF8: Bool), _ line: LDIFLine, _ number: Int, _ builder: inout EntryTableBuilder
  ) {
    let column = line.column + fault.offset
    let reason =
      fault.isUTF8
      ? "NUL and carriage return are written in base64" : "not UTF-8; write other octets in base64"
    note(.init(fault.isUTF8 ? .syntax : .encoding, line: number, column: column, reason: reason), &builder)
  }

  private mutating func noteName(
    _ fault: DistinguishedName.SyntaxError, _ line: LDIFLine, _ number: Int,
    _ builder: inout EntryTableBuilder
  ) {
    // In base64 the octets of the name have no columns of their own.
    let column = line.column + (line.form == .text ? fault.offset : 0)
    note(.init(.dn, line: number, column: column, reason: fault.reason), &builder)
  }
}
