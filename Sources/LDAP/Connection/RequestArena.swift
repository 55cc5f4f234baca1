internal import CLDAP
import Foundation

/// The C structures of one request, freed together when the request has been sent.
///
/// libldap copies what it needs into the message before a call returns, so nothing here outlives the call.
internal struct RequestArena: ~Copyable {
  internal typealias CString = UnsafeMutablePointer<CChar>
  internal typealias Controls = UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>
  internal typealias Modifications = UnsafeMutablePointer<UnsafeMutablePointer<LDAPMod>?>
  internal typealias Values = UnsafeMutablePointer<UnsafeMutablePointer<berval>?>

  private var blocks: [UnsafeMutableRawPointer] = []

  internal init() {}

  deinit { for block in blocks { block.deallocate() } }

  private mutating func allocate<T>(_ type: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(count, 1))
    blocks.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  /// A NUL-terminated copy.
  ///
  /// - Throws: ``LDAPError`` when the text holds a NUL: C would take what is before it for the whole.
  internal mutating func string(_ text: String, of operation: String) throws(LDAPError) -> CString {
    guard !text.utf8.contains(0) else {
      throw LDAPError(.badConfiguration, operation, reason: "a name holds a NUL")
    }
    let pointer = allocate(CChar.self, text.utf8.count + 1)
    for (index, octet) in text.utf8.enumerated() { pointer[index] = CChar(bitPattern: octet) }
    pointer[text.utf8.count] = 0
    return pointer
  }

  /// A counted copy; its pointer is never NULL, which EXTERNAL's empty credentials depend on.
  internal mutating func octets(_ bytes: UnsafeRawBufferPointer) -> berval {
    let pointer = allocate(CChar.self, bytes.count)
    UnsafeMutableRawBufferPointer(start: pointer, count: bytes.count).copyMemory(from: bytes)
    return berval(bv_len: ber_len_t(bytes.count), bv_val: pointer)
  }

  internal mutating func octets(_ bytes: [UInt8]) -> berval {
    let pointer = allocate(CChar.self, bytes.count)
    for (index, octet) in bytes.enumerated() { pointer[index] = CChar(bitPattern: octet) }
    return berval(bv_len: ber_len_t(bytes.count), bv_val: pointer)
  }

  /// A NULL-terminated list of pointers to the elements.
  private mutating func list<T>(_ elements: [T]) -> UnsafeMutablePointer<UnsafeMutablePointer<T>?> {
    let storage = allocate(T.self, elements.count)
    let pointers = allocate(UnsafeMutablePointer<T>?.self, elements.count + 1)
    for (index, element) in elements.enumerated() {
      (storage + index).initialize(to: element)
      (pointers + index).initialize(to: storage + index)
    }
    (pointers + elements.count).initialize(to: nil)
    return pointers
  }

  internal mutating func strings(
    _ texts: [String], of operation: String
  ) throws(LDAPError) -> UnsafeMutablePointer<CString?> {
    let pointers = allocate(CString?.self, texts.count + 1)
    for (index, text) in texts.enumerated() {
      (pointers + index).initialize(to: try string(text, of: operation))
    }
    (pointers + texts.count).initialize(to: nil)
    return pointers
  }

  internal mutating func controls(_ controls: [Control], of operation: String) throws(LDAPError) -> Controls?
  {
    guard !controls.isEmpty else { return nil }
    var made: [LDAPControl] = []
    for control in controls {
      var each = LDAPControl()
      each.ldctl_oid = try string(control.oid, of: operation)
      each.ldctl_iscritical = control.isCritical ? 1 : 0
      if let value = control.value { each.ldctl_value = octets(value) }
      made.append(each)
    }
    return list(made)
  }

  internal mutating func modifications(
    _ changes: [Modification], of operation: String
  ) throws(LDAPError) -> Modifications {
    var made: [LDAPMod] = []
    for change in changes {
      let kind =
        switch change.kind {
        case .add: LDAP_MOD_ADD
        case .delete: LDAP_MOD_DELETE
        case .replace: LDAP_MOD_REPLACE
        }
      var each = LDAPMod()
      each.mod_op = Int32(kind | LDAP_MOD_BVALUES)
      each.mod_type = try string(change.attribute, of: operation)
      each.mod_vals.modv_bvals = change.values.isEmpty ? nil : values(change.values)
      made.append(each)
    }
    return list(made)
  }

  private mutating func values(_ values: [Value]) -> Values {
    var made: [berval] = []
    made.reserveCapacity(values.count)
    for value in values { made.append(octets(value.bytes)) }
    return list(made)
  }
}
