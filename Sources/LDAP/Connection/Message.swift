internal import CLDAP

/// The result part of an answer (RFC 4511 section 4.1.9), with what came along.
internal struct Answer: Sendable {
  internal var result: ResultCode
  internal var matchedDN = ""
  internal var diagnostic = ""
  internal var controls: [Control] = []
  /// The value of an extended answer.
  internal var value: [UInt8]?

  /// The answer as an error of `operation`.
  internal func error(_ code: LDAPError.Code, _ operation: String, server: LDAPURL) -> LDAPError {
    LDAPError(
      code, operation, server: server.description, result: result, matchedDN: matchedDN,
      diagnostic: diagnostic)
  }
}

/// Which answer a message is, as `ldap_msgtype` tells it.
internal enum MessageKind {
  internal static let entry = Int32(LDAP_RES_SEARCH_ENTRY)
  internal static let reference = Int32(LDAP_RES_SEARCH_REFERENCE)
  internal static let intermediate = Int32(LDAP_RES_INTERMEDIATE)
  internal static let extended = Int32(LDAP_RES_EXTENDED)
}

extension Message {
  /// The request that this answers.
  internal var id: Int32 { ldap_msgid(pointer) }

  /// Which answer it is: one of libldap's `LDAP_RES_…`.
  internal var kind: Int32 { ldap_msgtype(pointer) }

  /// Adds the entry to a table, reading it in place: one allocation an entry (libldap's), none a value.
  ///
  /// - Returns: `false`, with the table as it was, when the octets are not those of a SearchResultEntry.
  internal borrowing func append(to builder: inout EntryTableBuilder, of session: Session) -> Bool {
    var dn = berval()
    var rest: OpaquePointer?
    guard ldap_get_dn_ber(session.pointer, pointer, &rest, &dn) == LDAP_SUCCESS, let rest else {
      return false
    }
    defer { ber_free(rest, 0) }
    builder.beginEntry(dn: UnsafeRawBufferPointer(start: dn.bv_val, count: Int(dn.bv_len)))
    var element = berval()
    while true {
      let tag = ber_skip_element(rest, &element)
      if tag == Message.atEnd { break }
      let attribute = UnsafeRawBufferPointer(start: element.bv_val, count: Int(element.bv_len))
      guard tag == ber_tag_t(BERTag.sequence), Message.append(attribute, to: &builder) else {
        builder.abandonEntry()
        return false
      }
    }
    builder.endEntry()
    return true
  }

  /// What liblber gives where there is no further element: LBER_DEFAULT, all bits set.
  private static let atEnd = ber_tag_t.max

  private static func append(_ contents: UnsafeRawBufferPointer, to builder: inout EntryTableBuilder) -> Bool
  {
    var attribute = BERReader(contents)
    guard let name = attribute.next(BERTag.octetString), var values = attribute.enter(BERTag.set) else {
      return false
    }
    builder.beginAttribute(name)
    while !values.isAtEnd {
      guard let value = values.next(BERTag.octetString) else { return false }
      builder.appendValue(value)
    }
    return true
  }

  /// Reads a final answer; `nil` when it is not one.
  internal borrowing func answer(of session: Session) -> Answer? {
    var code: Int32 = 0
    var (matched, diagnostic): (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?) = (nil, nil)
    var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
    let status = ldap_parse_result(session.pointer, pointer, &code, &matched, &diagnostic, nil, &controls, 0)
    defer {
      ldap_memfree(matched)
      ldap_memfree(diagnostic)
      ldap_controls_free(controls)
    }
    guard status == LDAP_SUCCESS else { return nil }
    var answer = Answer(result: ResultCode(rawValue: code))
    answer.matchedDN = matched.map { String(cString: $0) } ?? ""
    answer.diagnostic = diagnostic.map { String(cString: $0) } ?? ""
    answer.controls = Control.list(controls)
    answer.value = kind == MessageKind.extended ? extendedValue(of: session) : nil
    return answer
  }

  /// The controls that came with an entry; `nil` when they cannot be read.
  internal borrowing func entryControls(of session: Session) -> [Control]? {
    var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
    guard ldap_get_entry_controls(session.pointer, pointer, &controls) == LDAP_SUCCESS else { return nil }
    defer { ldap_controls_free(controls) }
    return Control.list(controls)
  }

  /// Name and value of an intermediate answer (RFC 4511 section 4.13); `nil` when it is not one.
  internal borrowing func intermediate(of session: Session) -> (name: String, value: [UInt8])? {
    var name: UnsafeMutablePointer<CChar>?
    var value: UnsafeMutablePointer<berval>?
    guard ldap_parse_intermediate(session.pointer, pointer, &name, &value, nil, 0) == LDAP_SUCCESS else {
      return nil
    }
    defer {
      ldap_memfree(name)
      ber_bvfree(value)
    }
    return (name.map { String(cString: $0) } ?? "", value.map { Array(octets: $0.pointee) } ?? [])
  }

  private borrowing func extendedValue(of session: Session) -> [UInt8]? {
    var value: UnsafeMutablePointer<berval>?
    guard ldap_parse_extended_result(session.pointer, pointer, nil, &value, 0) == LDAP_SUCCESS else {
      return nil
    }
    defer { ber_bvfree(value) }
    return value.map { Array(octets: $0.pointee) }
  }
}

extension [UInt8] {
  fileprivate init(octets: berval) {
    self.init(UnsafeRawBufferPointer(start: octets.bv_val, count: Int(octets.bv_len)))
  }
}

extension Control {
  /// Copies a NULL-terminated list of libldap's.
  fileprivate static func list(_ list: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?) -> [Control]
  {
    guard var next = list else { return [] }
    var controls: [Control] = []
    while let control = next.pointee?.pointee {
      let value = control.ldctl_value
      controls.append(
        Control(
          oid: control.ldctl_oid.map { String(cString: $0) } ?? "", isCritical: control.ldctl_iscritical != 0,
          value: value.bv_val.map { Array(UnsafeRawBufferPointer(start: $0, count: Int(value.bv_len))) }))
      next += 1
    }
    return controls
  }
}

extension [Control] {
  /// The value of the control with this OID, when there is one.
  internal func value(_ oid: String) -> [UInt8]? { first { $0.oid == oid }?.value }
}
