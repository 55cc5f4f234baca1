import Foundation

/// What the checks need of an X.509 certificate (RFC 5280 section 4.1): serial, validity and alternative names.
internal struct Certificate {
  internal let serial: [UInt8]
  internal let notBefore: Int
  internal let notAfter: Int
  /// `dNSName` entries, as octets: nothing but plain letters can match a host's name.
  internal private(set) var dnsNames: [[UInt8]] = []
  /// `iPAddress` entries: 4 or 16 octets.
  internal private(set) var addresses: [[UInt8]] = []

  /// Reads a DER certificate; `nil` when it is not one.
  internal init?(der: [UInt8]) {
    let read = der.withUnsafeBytes {
      bytes -> (serial: [UInt8], dates: (Int, Int), names: [[UInt8]], addresses: [[UInt8]])? in
      var outer = BERReader(bytes)
      guard var certificate = outer.enter(BERTag.sequence), var body = certificate.enter(BERTag.sequence)
      else { return nil }
      _ = body.next(0xa0)
      guard let serial = body.octets(BERTag.integer), body.next(BERTag.sequence) != nil,
        body.next(BERTag.sequence) != nil, var validity = body.enter(BERTag.sequence),
        let notBefore = validity.time(), let notAfter = validity.time()
      else { return nil }
      let (names, addresses) = Certificate.alternativeNames(in: &body)
      return (serial, (notBefore, notAfter), names, addresses)
    }
    guard let read else { return nil }
    serial = read.serial
    (notBefore, notAfter) = read.dates
    (dnsNames, addresses) = (read.names, read.addresses)
  }

  private static func alternativeNames(in body: inout BERReader) -> ([[UInt8]], [[UInt8]]) {
    var names: [[UInt8]] = []
    var addresses: [[UInt8]] = []
    while let element = body.next() {
      guard element.tag == 0xa3 else { continue }
      var wrapper = BERReader(element.contents)
      guard var extensions = wrapper.enter(BERTag.sequence) else { continue }
      while var each = extensions.enter(BERTag.sequence) {
        // 2.5.29.17, subjectAltName.
        guard let oid = each.octets(BERTag.objectIdentifier), oid == [0x55, 0x1d, 0x11] else { continue }
        _ = each.boolean()
        guard var value = each.enter(BERTag.octetString), var list = value.enter(BERTag.sequence) else {
          continue
        }
        while let name = list.next() {
          if name.tag == 0x82 { names.append(Array(name.contents)) }
          if name.tag == 0x87 { addresses.append(Array(name.contents)) }
        }
      }
    }
    return (names, addresses)
  }

  /// Whether the certificate is for the host (RFC 6125, RFC 4513 section 3.1.3): by `dNSName`, or by `iPAddress` when the
  /// host is an address. The subject's common name does not count; `*` stands for one whole left-most label.
  internal func isFor(_ host: String) -> Bool {
    if let address = Certificate.address(host) { return addresses.contains(address) }
    var wanted = Array(host.asciiLowercased.utf8)
    if wanted.last == UInt8(ascii: ".") { wanted.removeLast() }
    return dnsNames.contains { Certificate.matches($0.map(\.asciiLowercased), wanted) }
  }

  private static func matches(_ pattern: [UInt8], _ host: [UInt8]) -> Bool {
    let dot = UInt8(ascii: ".")
    guard pattern.starts(with: [UInt8(ascii: "*"), dot]) else { return !host.isEmpty && pattern == host }
    let rest = pattern.dropFirst()
    guard let label = host.firstIndex(of: dot), label > 0, rest.dropFirst().contains(dot) else {
      return false
    }
    return host[label...].elementsEqual(rest)
  }

  private static func address(_ host: String) -> [UInt8]? {
    var (four, six) = (in_addr(), in6_addr())
    if inet_pton(AF_INET, host, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
    if inet_pton(AF_INET6, host, &six) == 1 { return withUnsafeBytes(of: six) { Array($0) } }
    return nil
  }
}

/// What the checks need of a revocation list (RFC 5280 section 5.1).
internal struct RevocationList {
  /// When the next list was to come, in seconds since 1970; `nil` when the list does not say.
  internal let nextUpdate: Int?
  internal let serials: Set<[UInt8]>

  /// Reads the lists of a PEM file, which is what libldap takes.
  internal static func lists(inPEMFile path: String) -> [RevocationList] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var rest = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)[...]
    var lists: [RevocationList] = []
    while let begin = rest.firstIndex(where: { $0.hasPrefix("-----BEGIN X509 CRL-----") }) {
      let body = rest[rest.index(after: begin)...].prefix { !$0.hasPrefix("-----END") }
      if let der = Data(base64Encoded: body.joined()), let list = RevocationList(der: Array(der)) {
        lists.append(list)
      }
      rest = rest[body.endIndex...]
    }
    return lists
  }

  private init?(der: [UInt8]) {
    let read = der.withUnsafeBytes { bytes -> (Int?, Set<[UInt8]>)? in
      var outer = BERReader(bytes)
      guard var list = outer.enter(BERTag.sequence), var body = list.enter(BERTag.sequence) else {
        return nil
      }
      _ = body.integer()
      guard body.next(BERTag.sequence) != nil, body.next(BERTag.sequence) != nil, body.time() != nil else {
        return nil
      }
      let nextUpdate = body.time()
      var serials: Set<[UInt8]> = []
      if var revoked = body.enter(BERTag.sequence) {
        while var each = revoked.enter(BERTag.sequence) {
          if let serial = each.octets(BERTag.integer) { serials.insert(serial) }
        }
      }
      return (nextUpdate, serials)
    }
    guard let read else { return nil }
    (nextUpdate, serials) = read
  }
}

extension BERReader {
  /// Takes a UTCTime or GeneralizedTime in the forms that RFC 5280 section 4.1.2.5 allows, as seconds since 1970.
  fileprivate mutating func time() -> Int? {
    guard let tag = peekedTag, tag == 0x17 || tag == 0x18, let octets = octets(tag) else { return nil }
    var text = String(decoding: octets, as: UTF8.self)
    if tag == 0x17, let year = Int(text.prefix(2)) { text = (year < 50 ? "20" : "19") + text }
    guard text.utf8.count == 15, text.last == "Z", text.dropLast().utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let digits = text.utf8.map { Int32($0) - 48 }
    func pair(_ index: Int) -> Int32 { digits[index] * 10 + digits[index + 1] }
    var broken = tm()
    broken.tm_year = pair(0) * 100 + pair(2) - 1900
    (broken.tm_mon, broken.tm_mday) = (pair(4) - 1, pair(6))
    (broken.tm_hour, broken.tm_min, broken.tm_sec) = (pair(8), pair(10), pair(12))
    return timegm(&broken)
  }
}
