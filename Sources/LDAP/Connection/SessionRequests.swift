internal import CLDAP
import Foundation

/// The calls that send a request and give its message id.
extension Session {
  internal func send(_ write: WriteOperation, _ controls: [Control]) throws(LDAPError) -> Int32 {
    var arena = RequestArena()
    var id: Int32 = 0
    let name = write.name
    let dn = try arena.string(write.dn.description, of: name)
    let list = try arena.controls(controls, of: name)
    let code: Int32
    switch write {
    case .add(let entry):
      let attributes = entry.attributes.map { Modification(.add, $0.name, $0.values) }
      code = ldap_add_ext(pointer, dn, try arena.modifications(attributes, of: name), list, nil, &id)
    case .modify(_, let changes):
      code = ldap_modify_ext(pointer, dn, try arena.modifications(changes, of: name), list, nil, &id)
    case .rename(_, let rdn, let deleteOldRDN, let superior):
      let rdn = try arena.string(rdn.description, of: name)
      var above: RequestArena.CString?
      if let superior { above = try arena.string(superior.description, of: name) }
      code = ldap_rename(pointer, dn, rdn, above, deleteOldRDN ? 1 : 0, list, nil, &id)
    case .delete: code = ldap_delete_ext(pointer, dn, list, nil, &id)
    }
    try check(code, name)
    return id
  }

  internal func send(_ search: SearchRequest, extra: [Control]) throws(LDAPError) -> Int32 {
    var arena = RequestArena()
    var id: Int32 = 0
    var limit = timeval()
    // Without a limit of ours libldap would pass its own default on, which is none either; 0 tells the server "none".
    if let time = search.timeLimit { limit.tv_sec = max(1, (Int(time.milliseconds) + 999) / 1000) }
    let attributes = search.attributes.isEmpty ? nil : try arena.strings(search.attributes, of: "search")
    let base = try arena.string(search.base.description, of: "search")
    let filter = try arena.string(search.filter.description, of: "search")
    let controls = try arena.controls(search.controls + extra, of: "search")
    let code = withUnsafeMutablePointer(to: &limit) {
      ldap_search_ext(
        pointer, base, search.scope.rawValue, filter, attributes, 0, controls, nil,
        search.timeLimit == nil ? nil : $0, Int32(clamping: search.sizeLimit), &id)
    }
    try check(code, "search")
    return id
  }

  internal func sendCompare(_ dn: DistinguishedName, _ attribute: String, _ value: Value) throws(LDAPError)
    -> Int32
  {
    var arena = RequestArena()
    var id: Int32 = 0
    var octets = arena.octets(value.bytes)
    let name = try arena.string(dn.description, of: "compare")
    let attribute = try arena.string(attribute, of: "compare")
    let code = ldap_compare_ext(pointer, name, attribute, &octets, nil, nil, &id)
    try check(code, "compare")
    return id
  }

  internal func sendExtended(_ oid: String, _ value: [UInt8]? = nil) throws(LDAPError) -> Int32 {
    var arena = RequestArena()
    var id: Int32 = 0
    let name = try arena.string(oid, of: "extended operation")
    let code: Int32
    if let value {
      var octets = arena.octets(value)
      code = ldap_extended_operation(pointer, name, &octets, nil, nil, &id)
    } else {
      code = ldap_extended_operation(pointer, name, nil, nil, nil, &id)
    }
    try check(code, "extended operation")
    return id
  }

  /// Sorts a failed send: a request that cannot be put into octets never left, everything else ends the session.
  internal func check(_ code: Int32, _ operation: String) throws(LDAPError) {
    switch code {
    case LDAP_SUCCESS: return
    case LDAP_FILTER_ERROR, LDAP_ENCODING_ERROR, LDAP_PARAM_ERROR:
      throw LDAPError(
        .badConfiguration, operation, result: ResultCode(rawValue: code),
        reason: "the request cannot be put into LDAP; nothing was sent")
    default: throw lost(operation)
    }
  }
}

extension WriteOperation {
  /// The operation's name in messages.
  internal var name: String {
    switch self {
    case .add: "add"
    case .modify: "modify"
    case .rename: "rename"
    case .delete: "delete"
    }
  }
}
