extension SCIMSettings {
  /// What is wrong with the settings themselves; `nil` when nothing is. Reads no file.
  package var fault: RoleTargetFault? {
    do throws(RoleTargetFault) {
      _ = try SCIMAddress(url)
    } catch {
      return error
    }
    guard (certificate == nil) == (key == nil) else {
      return RoleTargetFault(.unsuitable, "a client certificate and its key are given together or not at all")
    }
    guard tokenFile != nil || certificate != nil else {
      return RoleTargetFault(
        .unsuitable, "the SCIM target has neither a token nor a client certificate; give one of them")
    }
    guard (1...1_000).contains(page) else {
      return RoleTargetFault(.unsuitable, "the page size of the SCIM target is not from 1 to 1,000")
    }
    return nil
  }

  /// The attribute that holds what is changed, and the resources that have it.
  var slot: SCIMSlot {
    switch place {
    case .roles: SCIMSlot(resources: "Users", attribute: "roles")
    case .entitlements: SCIMSlot(resources: "Users", attribute: "entitlements")
    case .groups: SCIMSlot(resources: "Groups", attribute: "members")
    }
  }
}

/// Where the values lie that are added and removed.
struct SCIMSlot: Hashable, Sendable {
  /// The endpoint of the resources (RFC 7644 section 3.2).
  var resources: String
  /// A multi-valued attribute whose elements have a `value`.
  var attribute: String

  /// What is asked for: no more of a person than must be known.
  var attributes: String {
    (resources == "Users" ? "externalId,userName," : "displayName,") + attribute + ",meta"
  }
}
